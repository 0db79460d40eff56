//! What every domain function is given first: who asks, when, on which database.

use std::sync::Arc;

use crate::{
    actor::Actor,
    clock::Clock,
    db::Db,
    error::Result,
    record::Registry,
    unit::{Cause, Unit},
};

/// Languages the caller wants, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locale {
    /// BCP 47 tags in order of preference.
    pub chain: Vec<String>,
    /// `lang=*`: base texts and all translations, as an editor needs them.
    pub all: bool,
}

/// The context of one call: no identity, no call.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The database.
    pub db: Db,
    /// Who asks.
    pub actor: Arc<Actor>,
    /// What time it is.
    pub clock: Clock,
    /// The request the call belongs to.
    pub request_id: Option<Arc<str>>,
    /// The languages the caller wants.
    pub locale: Arc<Locale>,
    /// The record kinds there are.
    pub kinds: &'static Registry,
    /// Key that signs cursors.
    pub cursor_key: Arc<[u8]>,
    /// Why a write made through this context happens.
    pub cause: Cause,
}

/// How often a unit is run at most: again after a deadlock or a lost race.
const TRIES: u32 = 3;

impl Ctx {
    /// The same context for another caller.
    #[must_use]
    pub fn acting(&self, actor: Actor) -> Self {
        Self { actor: Arc::new(actor), ..self.clone() }
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

    /// Runs `work` in a unit and commits it; after a deadlock or a lost race it is run again, up to three times in all.
    ///
    /// # Errors
    /// What `work` returns; `Unavailable` when every try lost.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: AsyncFn(&mut Unit) -> Result<T>,
    {
        let mut tried = 1;
        loop {
            match self.attempt(&work).await {
                Err(error) if error.is_retriable() && tried < TRIES => tried += 1,
                done => return done,
            }
        }
    }

    async fn attempt<T, F>(&self, work: &F) -> Result<T>
    where
        F: AsyncFn(&mut Unit) -> Result<T>,
    {
        let mut unit = self.begin().await?;
        match work(&mut unit).await {
            Ok(done) => unit.commit().await.map(|()| done),
            Err(error) => {
                unit.rollback().await;
                Err(error)
            }
        }
    }
}
