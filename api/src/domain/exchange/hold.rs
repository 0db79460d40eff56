//! Who is at an import or a snapshot, and how far: one process, and one task of it.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use kernel::{Ctx, Result, turn::Turn};
use uuid::Uuid;

/// Rows of an import by how far they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Judged.
    pub(super) judged: i32,
    /// Judged and not refused.
    pub(super) valid: i32,
    /// Written; what is not committed yet counts too.
    pub(super) written: i32,
}

/// How far an import is that this process is at, and how fast it goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    /// When the work began.
    began: DateTime<Utc>,
    /// Rows that were judged before.
    before: i32,
    /// Rows by now.
    pub(super) tally: Tally,
}

impl Progress {
    /// Rows in a second since the work began; none before a row is judged.
    pub(super) fn rate(&self, now: DateTime<Utc>) -> Option<f64> {
        let took = (now - self.began).as_seconds_f64();
        let rows = f64::from(self.tally.judged - self.before);
        (took > 0.0 && rows > 0.0).then(|| rows / took)
    }
}

/// Imports that this process is at.
static AT_WORK: Mutex<BTreeMap<Uuid, Option<Progress>>> = Mutex::new(BTreeMap::new());

/// Notes how far an import is: all of it, for a unit may be run again.
pub(super) fn note(ctx: &Ctx, id: Uuid, tally: Tally) {
    let mut all = AT_WORK.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(place) = all.get_mut(&id) {
        let began = Progress { began: ctx.clock.now(), before: tally.judged, tally };
        *place = Some(Progress { tally, ..place.unwrap_or(began) });
    }
}

/// How far an import is, where this process is at it.
pub(super) fn progress(id: Uuid) -> Option<Progress> {
    AT_WORK.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied().flatten()
}

/// The right to carry out an import or a snapshot, which one process and one task has.
pub(super) struct Hold {
    turn: Option<Turn>,
    _here: Here,
}

struct Here(Uuid);

impl Here {
    /// Enters an import among those this process is at; none where it is.
    fn begin(id: Uuid) -> Option<Self> {
        let mut all = AT_WORK.lock().unwrap_or_else(PoisonError::into_inner);
        match all.entry(id) {
            Entry::Vacant(place) => place.insert(None),
            Entry::Occupied(_) => return None,
        };
        Some(Self(id))
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        AT_WORK.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

impl Hold {
    /// Takes the right; none while somebody else has it.
    ///
    /// # Errors
    /// `Unavailable` where this process is at as much as it may; what the database says.
    pub(super) async fn take(ctx: &Ctx, id: Uuid) -> Result<Option<Self>> {
        let Some(here) = Here::begin(id) else { return Ok(None) };
        let turn = Turn::take_long(&ctx.db, &format!("job {id}")).await?;
        Ok(turn.map(|turn| Self { turn: Some(turn), _here: here }))
    }

    /// Gives the right back.
    pub(super) async fn end(mut self) -> Result<()> {
        match self.turn.take() {
            Some(turn) => turn.end().await,
            None => Ok(()),
        }
    }
}
