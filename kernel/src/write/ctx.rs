//! What every domain function is given first: who asks, when, on which database.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use crate::{
    actor::Actor,
    cause::Cause,
    clock::Clock,
    db::Db,
    error::Result,
    idempotency::{self, Call, Claim, Claims, Kept, Repeatable},
    kinds::Kinds,
    standings::Remembered,
    unit::Unit,
    view::View,
};

/// The context of a call that may write: what its caller sees, and what a unit takes besides.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// What the caller sees.
    pub view: View,
    /// The request the call belongs to.
    pub request_id: Option<Arc<str>>,
    /// Language that the texts of the call are in, where it says so.
    pub language: Option<Arc<str>>,
    /// Why a write made through this context happens.
    pub cause: Cause,
    /// The key under which the caller may repeat the call, where it gave one.
    pub idempotency: Option<Call>,
    /// What the kinds do beside what they declare.
    pub kinds: &'static Kinds,
    /// The calls under an idempotency key that run in this process.
    pub claims: Claims,
}

impl Deref for Ctx {
    type Target = View;

    fn deref(&self) -> &View {
        &self.view
    }
}

impl DerefMut for Ctx {
    fn deref_mut(&mut self) -> &mut View {
        &mut self.view
    }
}

/// How often a unit is run at most: again after a deadlock or a lost race.
const TRIES: u32 = 3;

impl Ctx {
    /// The context of the service itself.
    #[must_use]
    pub fn of_service(db: Db, clock: Clock, kinds: &'static Kinds, cause: Cause) -> Self {
        let view = View::of_service(db, clock, kinds.registry());
        Self {
            view,
            request_id: None,
            language: None,
            cause,
            idempotency: None,
            kinds,
            claims: Claims::default(),
        }
    }

    /// The same context for another caller.
    #[must_use]
    pub fn acting(&self, actor: Actor) -> Self {
        Self { view: self.view.acting(actor), ..self.clone() }
    }

    /// The context of the caller itself, where it views as others.
    #[must_use]
    pub fn own(&self) -> Self {
        Self { view: self.view.own(), ..self.clone() }
    }

    /// The same context for a caller who is remembered.
    #[must_use]
    pub fn remembering(&self, caller: &Remembered) -> Self {
        Self { view: self.view.remembering(caller), ..self.clone() }
    }

    /// Begins a unit: one transaction that becomes one change set.
    ///
    /// # Errors
    /// `Unavailable` when no connection comes free in time.
    pub async fn begin(&self) -> Result<Unit> {
        Unit::begin(self, false).await
    }

    /// Runs `work` in a unit that only judges: nothing is locked or written.
    ///
    /// # Errors
    /// What `work` returns.
    pub async fn rehearse<T, F>(&self, work: F) -> Result<T>
    where
        F: AsyncFn(&mut Unit) -> Result<T>,
    {
        let mut unit = Unit::begin(self, true).await?;
        let done = work(&mut unit).await;
        unit.rollback().await;
        done
    }

    /// Runs `work` in a unit that writes, and takes all of it back; tried again as by [`Ctx::run`].
    ///
    /// # Errors
    /// As [`Ctx::run`].
    pub async fn take_back<T, F>(&self, work: F) -> Result<T>
    where
        F: AsyncFn(&mut Unit) -> Result<T>,
    {
        self.tried(work, Unit::take_back).await
    }

    /// Runs `work` in a unit and commits it; after a deadlock or a lost race it is run again, up to three times in all.
    ///
    /// For seeds, jobs and the command line, which answer what they like; callers' writes go through
    /// [`Ctx::write`].
    ///
    /// # Errors
    /// What `work` returns; `Unavailable` when every try lost.
    pub async fn run<T, F>(&self, work: F) -> Result<T>
    where
        F: AsyncFn(&mut Unit) -> Result<T>,
    {
        self.tried(work, Unit::end).await
    }

    async fn tried<T, F, E>(&self, work: F, end: E) -> Result<T>
    where
        F: AsyncFn(&mut Unit) -> Result<T>,
        E: AsyncFn(Unit, Result<T>) -> Result<T>,
    {
        let mut tries = 1..TRIES;
        loop {
            let mut unit = self.begin().await?;
            let done = work(&mut unit).await;
            match end(unit, done).await {
                Err(error) if error.is_retriable() && tries.next().is_some() => {}
                done => return done,
            }
        }
    }

    /// Runs `work` as [`Ctx::run`] does, once for each idempotency key of the caller.
    ///
    /// Where the caller gave a key, what was done is kept under it in the same transaction, and a repeated
    /// call is answered from there without running `work`.
    ///
    /// # Errors
    /// As [`Ctx::run`]; of a repeated call `NotFound` where the record is gone or hidden by now, and
    /// `Conflict` where it is no repetition or comes while the first still runs.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Repeatable,
        F: AsyncFn(&mut Unit) -> Result<T>,
    {
        let Some(claim) = Claim::of(self)? else { return self.run(work).await };
        let claim = Arc::new(claim);
        let held = claim.clone();
        let done = self.run(async move |unit| once(unit, &work, &held).await).await?;
        match done {
            Done::Now(answer) => Ok(answer),
            Done::Before(kept) => {
                let answer = T::from_kept(idempotency::outcomes(self, kept).await?)?;
                claim.note_replay();
                Ok(answer)
            }
        }
    }
}

/// When a unit's work was done.
enum Done<T> {
    Now(T),
    Before(Vec<Kept>),
}

/// Does a unit's work, unless it was done under the same key before.
async fn once<T, F>(unit: &mut Unit, work: &F, claim: &Claim) -> Result<Done<T>>
where
    T: Repeatable,
    F: AsyncFn(&mut Unit) -> Result<T>,
{
    if let Some(kept) = idempotency::find(unit, claim).await? {
        return Ok(Done::Before(kept));
    }
    let answer = work(unit).await?;
    idempotency::keep(unit, claim, &answer.kept()).await?;
    Ok(Done::Now(answer))
}
