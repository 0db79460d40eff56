//! Running jobs: when, by whom, and what becomes of a failure.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use futures_util::future::BoxFuture;
use kernel::{Ctx, Result, turn::Turn};
use tokio::time::sleep;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{outgoing::hooks::Hooks, signin::keys::KeyRing};

/// Longest wait before a job runs for the first time.
const FIRST: Duration = Duration::from_mins(1);

/// What jobs work with.
#[derive(Clone, Debug)]
pub struct Service {
    /// The service itself, writing because of a job.
    pub ctx: Ctx,
    /// The signing keys of this process.
    pub keys: KeyRing,
    /// Where webhooks are sent to.
    pub hooks: Hooks,
    /// Set when the process is told to stop; long jobs look at it between their steps.
    pub stopping: CancellationToken,
}

/// What a job does.
type Work = fn(Service) -> BoxFuture<'static, Result<()>>;

/// Something done again and again.
#[derive(Debug)]
pub struct Job {
    name: &'static str,
    interval: Duration,
    is_shared: bool,
    work: Work,
}

/// What became of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    /// The work is done.
    Done,
    /// Another process is at it.
    Elsewhere,
    /// The work failed, which is logged.
    Failed,
}

impl Job {
    /// A job for all processes on one database, of which one at a time does it.
    #[must_use]
    pub const fn shared(name: &'static str, interval: Duration, work: Work) -> Self {
        Self { name, interval, is_shared: true, work }
    }

    /// A job that each process does for itself.
    #[must_use]
    pub const fn own(name: &'static str, interval: Duration, work: Work) -> Self {
        Self { name, interval, is_shared: false, work }
    }

    /// Name of the job.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Runs the job once, unless another process is at it.
    pub async fn run(&self, service: &Service) -> Ran {
        let ran = match self.attempt(service).await {
            Ok(true) => Ran::Done,
            Ok(false) => Ran::Elsewhere,
            Err(why) => {
                tracing::warn!(job = self.name, "the job {} failed, to be tried again: {why}", self.name);
                Ran::Failed
            }
        };
        let outcome = match ran {
            Ran::Done => "done",
            Ran::Elsewhere => "elsewhere",
            Ran::Failed => "failed",
        };
        metrics::counter!("jobs_total", "job" => self.name, "outcome" => outcome).increment(1);
        ran
    }

    async fn attempt(&self, service: &Service) -> Result<bool, String> {
        let turn = if self.is_shared {
            let taken = Turn::take(&service.ctx.db, &format!("job {}", self.name)).await;
            let Some(turn) = taken.map_err(|error| error.to_string())? else { return Ok(false) };
            Some(turn)
        } else {
            None
        };
        // In a task of its own, so that a panic ends this run and not the job.
        let done = match tokio::spawn((self.work)(service.clone())).await {
            Ok(done) => done.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Some(turn) = turn {
            turn.end().await.map_err(|error| error.to_string())?;
        }
        done.map(|()| true)
    }

    /// Runs the job at its times until the service stops; a run that has begun is finished.
    async fn repeat(&'static self, service: Service) {
        let mut wait = self.interval.min(FIRST).mul_f64(share());
        while service.stopping.run_until_cancelled(sleep(wait)).await.is_some() {
            self.run(&service).await;
            wait = self.interval.mul_f64(0.9 + 0.2 * share());
        }
    }
}

/// Starts jobs as tasks that end when the service stops.
pub fn start(jobs: &'static [Job], service: &Service, tasks: &TaskTracker) {
    for job in jobs {
        tasks.spawn(job.repeat(service.clone()));
    }
}

/// A random share of one, so that processes started together do not stay in step.
fn share() -> f64 {
    let random = RandomState::new().hash_one(0_u8);
    f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}
