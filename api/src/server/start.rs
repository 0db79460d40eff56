//! Start and stop of the service.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use kernel::clock::Clock;
use tokio::{
    net::TcpListener,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{accept::Door, app, connection::Connections, health, stop::Signals, tls::Certificates};
use crate::{
    config::Config,
    graphql::stored::StoredDocuments,
    host::{
        self,
        database::{self, Claim},
    },
    jobs, seed,
    state::AppState,
};

/// Time after which a connection that broke is made anew.
const AGAIN: Duration = Duration::from_secs(5);

/// What `serve` is asked besides the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServeOptions {
    /// Fill the database with the demonstration.
    pub demo: bool,
    /// Let the demonstration listen beyond this machine.
    pub demo_open: bool,
}

/// Why the service did not start or ended early.
#[derive(Debug)]
pub struct ServeError(pub String);

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ServeError {}

impl From<kernel::Error> for ServeError {
    fn from(error: kernel::Error) -> Self {
        Self(error.to_string())
    }
}

/// Runs the service until it is told to stop.
///
/// # Errors
/// Why it could not start: settings, database, address; or that it was told twice, and ended at once.
pub async fn serve(config: Config, options: ServeOptions) -> Result<(), ServeError> {
    if options.demo && !options.demo_open && !config.listen.ip().is_loopback() {
        let text = "the demonstration listens on loopback only; --demo-open lets it out";
        return Err(ServeError(text.into()));
    }
    let mut signals = Signals::listen(config.front.tls.is_some())?;
    let secret = host::secret::read(&config, options.demo).await;
    let secret = secret.map_err(|error| ServeError(error.to_string()))?;
    let tls = config.front.tls.clone().map(Certificates::open).transpose()?;
    let stored = stored_documents(&config)?;
    let db = database::connect(&config, &config.database_url).await?;
    let claim = claim(&config)?;
    let applied = crate::migrate::up(&db).await.map_err(|error| ServeError(error.to_string()))?;
    if !applied.is_empty() {
        tracing::info!("the schema is up to date: {} migrations applied", applied.len());
    }
    let state = AppState::new(db.clone(), Clock::system(), &secret, &config).await?;
    let state = state.with(|parts| {
        parts.stored = stored;
        parts.is_demo = options.demo;
    });
    let demo = fill(&state, options.demo).await?;
    allow_many_files();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let listener = bind(config.listen).await?;
    let address = listener.local_addr().map_err(|error| ServeError(error.to_string()))?;
    let connections = Connections::new(app(state.clone()), config.front.clone(), tls, state.stopping.clone());
    let door = Door { listener, connections: Arc::new(connections), tasks: state.tasks.clone() };
    let admin = match config.admin_listen {
        Some(at) => Some(tokio::spawn(administrators(at, &config).await?.serve())),
        None => None,
    };
    let open = tokio::spawn(door.serve());
    jobs::start(jobs::ALL, &state.service(state.stopping.clone()), &state.tasks);
    hear(&state);
    tracing::info!(address = %address, "listening on {scheme}://{address}");
    if let Some(report) = demo {
        let public = config.front.public_url.link("");
        let own = format!("{scheme}://{address}{}", config.front.public_url.prefix());
        greet(if public.starts_with("http") { &public } else { &own }, &report);
    }
    signals.next().await;
    let stopped = tokio::select! {
        () = stop(&state, &config, open) => Ok(()),
        () = signals.next() => Err(ServeError("told to stop twice: what ran was not waited for".into())),
    };
    admin.iter().for_each(tokio::task::JoinHandle::abort);
    stopped?;
    db.close().await?;
    drop(claim);
    tracing::info!("stopped");
    Ok(())
}

/// Hears of the commits of other processes for as long as the service runs: those who wait for changes are told at
/// once. Meanwhile, and where the connection breaks, they look now and then.
fn hear(state: &AppState) {
    let (db, stopping) = (state.db.clone(), state.stopping.clone());
    if !db.reading().is_postgres() {
        return;
    }
    let heard = async move {
        loop {
            if let Err(error) = db.hear().await {
                tracing::warn!("commits of other processes are looked for every few seconds: {error}");
            }
            sleep(AGAIN).await;
        }
    };
    state.tasks.spawn(async move { stopping.run_until_cancelled(heard).await });
}

/// Ends in order: the last call, then what runs, within the time of grace.
async fn stop(state: &AppState, config: &Config, open: tokio::task::JoinHandle<()>) {
    state.stopping.cancel();
    tracing::info!("stopping: what runs is finished");
    let ended = timeout(config.front.grace, async {
        if let Err(error) = open.await {
            tracing::error!("the accept loop ended early: {error}");
        }
        state.tasks.close();
        state.tasks.wait().await;
    });
    if ended.await.is_err() {
        tracing::warn!("{} tasks still ran after the time of grace", state.tasks.len());
    }
}

/// The address for administrators; it answers until the process ends.
async fn administrators(at: SocketAddr, config: &Config) -> Result<Door, ServeError> {
    let listener = bind(at).await?;
    let connections =
        Connections::new(health::metrics(), config.front.clone(), None, CancellationToken::new());
    Ok(Door { listener, connections: Arc::new(connections), tasks: TaskTracker::new() })
}

/// Lets the process open as many files as it may, since each connection is one.
fn allow_many_files() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => tracing::debug!("the process may open {files} files"),
        Err(error) => tracing::warn!("the number of open files stays as it is: {error}"),
    }
}

/// The right to serve the database; of PostgreSQL many processes have it.
fn claim(config: &Config) -> Result<Option<Claim>, ServeError> {
    let Some(file) = database::file_of(&config.database_url) else { return Ok(None) };
    let refused = |error| ServeError(format!("{}: {error}", file.display()));
    database::claim(&file).map(Some).map_err(refused)
}

/// The documents in the operator's folder, where there is one.
fn stored_documents(config: &Config) -> Result<StoredDocuments, ServeError> {
    let Some(folder) = &config.stored_documents_dir else { return Ok(StoredDocuments::default()) };
    let stored = StoredDocuments::read(folder, config.stored_documents_only).map_err(|faults| {
        ServeError(format!("the stored documents are not usable:\n  - {}", faults.join("\n  - ")))
    })?;
    tracing::info!("{} GraphQL documents are stored", stored.count());
    Ok(stored)
}

async fn fill(state: &AppState, demo: bool) -> Result<Option<seed::DemoReport>, ServeError> {
    let mut ctx = state.ctx(None).acting(kernel::Actor::system());
    ctx.cause = kernel::cause::Cause::Seed;
    if demo {
        return Ok(Some(seed::demo(&ctx).await?));
    }
    seed::reference(&ctx).await?;
    Ok(None)
}

async fn bind(at: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(at).await.map_err(|error| ServeError(format!("cannot listen on {at}: {error}")))
}

#[expect(clippy::print_stdout, reason = "the demonstration greets whoever started it")]
fn greet(address: &str, report: &seed::DemoReport) {
    println!("Concord demonstration: {address}\n\nSign in with the password `{}` as", seed::PASSWORD);
    for who in &report.sign_ins {
        println!("  {:<26} {:<12} {:<12} {}", who.email, who.role, who.owner, who.shows);
    }
    println!("\nRecords: {}", report.records.total());
}
