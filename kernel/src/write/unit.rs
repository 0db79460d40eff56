//! The one write path: a unit is one transaction and becomes one change set.
//!
//! Every write of every kind, from either face, an import, a job or a seed, goes through
//! [`Unit::apply`], set-wise and in this order: shape, references, current rows, authority,
//! version, state (409), rules (422), comparison, write, log, what goes with the write. What amends a record into
//! what it is already is set aside before it is judged.

mod above;
mod assemble;
mod cascade;
mod circles;
mod claims;
mod copies;
mod current;
mod editions;
mod fields;
mod follow;
mod hidden;
mod item;
mod marks;
mod named;
mod purge;
mod received;
mod references;
pub mod released;
mod restored;
mod rules;
pub mod said;
mod same;
mod siblings;
mod touch;
mod trace;
mod uses;
mod ways;
mod write;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sea_orm::DatabaseTransaction;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

pub use circles::way;
pub use item::Item;
pub use received::Rows;
use references::Found;

use crate::{
    actor::Actor,
    ctx::Ctx,
    db::Conn,
    error::{Code, Error, Result},
    lifecycle,
    owners::Owners,
    record::{KindDef, Op, Outcome, OutcomeKind},
    recorder::Recorder,
    row::Row,
    store,
};

/// What happens to a batch when one of its items is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Atomic {
    /// Nothing is written.
    All,
    /// The others are written.
    Each,
}

/// One transaction: writes of any kinds that are committed together or not at all.
pub struct Unit {
    /// The context the unit was begun in.
    pub ctx: Ctx,
    transaction: DatabaseTransaction,
    recorder: Recorder,
    plans: HashMap<Uuid, Row>,
    owners: Option<Arc<Owners>>,
    is_dry: bool,
    broken: bool,
    places: Vec<String>,
    refused: Arc<siblings::Refused>,
    doomed: Arc<HashSet<Uuid>>,
    is_adopting: bool,
}

impl Unit {
    /// Begins a unit; a rehearsal judges its items, and neither locks nor writes anything.
    ///
    /// # Errors
    /// `Viewing` for who views as others; `Unavailable` when no connection comes free in time.
    pub(crate) async fn begin(ctx: &Ctx, is_dry: bool) -> Result<Self> {
        ctx.actor.must_be_itself()?;
        let transaction = ctx.db.begin(!is_dry).await?;
        let recorder = Recorder::new(ctx.clock.id());
        Ok(Self {
            ctx: ctx.clone(),
            transaction,
            recorder,
            plans: HashMap::new(),
            owners: None,
            is_dry,
            broken: false,
            places: Vec::new(),
            refused: Arc::default(),
            doomed: Arc::default(),
            is_adopting: false,
        })
    }

    /// The unit's connection.
    #[must_use]
    pub fn conn(&self) -> Conn<'_> {
        self.ctx.db.within(&self.transaction)
    }

    /// Who writes.
    #[must_use]
    pub fn actor(&self) -> &Arc<Actor> {
        &self.ctx.actor
    }

    /// Lets the service itself write from here on, in the caller's name; answers the caller, to be put back.
    ///
    /// For verbs that do, with their own authority, what their caller may not do directly.
    pub fn elevate(&mut self) -> Arc<Actor> {
        let elevated = Arc::new(self.ctx.actor.elevated());
        std::mem::replace(&mut self.ctx.actor, elevated)
    }

    /// Puts the caller back.
    pub fn act_as(&mut self, actor: Arc<Actor>) {
        self.ctx.actor = actor;
    }

    /// Id of the change set that the unit becomes.
    #[must_use]
    pub const fn set(&self) -> Uuid {
        self.recorder.set
    }

    /// Says whether the unit brings an edition into force: then its content is written though the plan is adopted.
    pub const fn adopting(&mut self, is_adopting: bool) {
        self.is_adopting = is_adopting;
    }

    /// Whether the unit brings an edition into force.
    #[must_use]
    pub const fn is_adopting(&self) -> bool {
        self.is_adopting
    }

    /// The plan with this id, as it stood when the unit locked it.
    #[must_use]
    pub fn plan(&self, id: Uuid) -> Option<&Row> {
        self.plans.get(&id)
    }

    /// Says what the items of the next batch are called for people where one is told of another, such as `line 7`.
    pub fn call_items(&mut self, places: Vec<String>) {
        self.places = places;
    }

    /// Says which records the unit is going to delete: nothing may be led to them any more.
    pub fn doom(&mut self, ids: impl IntoIterator<Item = Uuid>) {
        Arc::make_mut(&mut self.doomed).extend(ids);
    }

    /// What an item of the batch is called.
    fn place(&self, at: usize) -> String {
        self.places.get(at).cloned().unwrap_or_else(|| format!("`/items/{at}`"))
    }

    /// Writes a change set even if no record changes: the act itself is to be remembered.
    pub const fn remember(&mut self) {
        self.recorder.is_wanted = true;
    }

    /// Writes the change set and commits.
    ///
    /// # Errors
    /// `Unavailable` when the log is busy for ten seconds; what the database says.
    pub async fn commit(self) -> Result<()> {
        if self.broken {
            return Err(Error::Internal("a unit with rejected items was committed".into()));
        }
        if self.is_dry {
            self.rollback().await;
            return Ok(());
        }
        let Self { ctx, transaction, recorder, .. } = self;
        let seq = recorder.seal(&ctx, ctx.db.within(&transaction)).await?;
        transaction.commit().await?;
        ctx.db.reach(seq.unwrap_or_default());
        ctx.db.announce();
        Ok(())
    }

    /// Commits the unit if its work was done, else ends it without a trace.
    ///
    /// # Errors
    /// What the work returned; as [`Unit::commit`].
    pub(crate) async fn end<T>(self, done: Result<T>) -> Result<T> {
        match done {
            Ok(done) => self.commit().await.map(|()| done),
            Err(error) => {
                self.rollback().await;
                Err(error)
            }
        }
    }

    /// Ends the unit without a trace, whatever became of its work.
    ///
    /// # Errors
    /// What the work returned.
    pub(crate) async fn take_back<T>(self, done: Result<T>) -> Result<T> {
        self.rollback().await;
        done
    }

    /// Ends the unit without a trace.
    pub async fn rollback(self) {
        if let Err(error) = self.transaction.rollback().await {
            tracing::warn!("a rollback failed, the connection is dropped: {error}");
        }
    }

    /// Applies operations of one kind and answers each.
    ///
    /// # Errors
    /// `Rejected` when an item of an all-or-nothing batch was refused; what the database says.
    pub async fn apply(
        &mut self,
        def: &'static KindDef,
        ops: Vec<Op>,
        atomic: Atomic,
    ) -> Result<Vec<Outcome>> {
        let stages = self.ctx.kinds.stages(def);
        let mut items = item::shape(def, ops);
        self.doom(items.iter().filter(|item| item.is_deletion()).filter_map(|item| item.id));
        self.claim_given(def, &items).await?;
        if let Some(prepare) = stages.prepare {
            prepare(self, &mut items).await?;
        }
        self.name_owners(&mut items).await?;
        let mut found = self.look_up(def, &items).await?;
        self.load_current(def, &mut items, &found).await?;
        self.unfold(def, &mut items);
        self.introduce(def, &mut items, &mut found);
        found.hidden = self.hidden(def, &items).await?;
        self.assemble(def, &mut items, &found);
        let aside = self.set_aside(def, &mut items);
        let stands = items.is_empty() || self.carry_out(def, &mut items, &found, atomic).await?;
        if let Some(aside) = aside {
            self.put_back(aside, &mut items);
        }
        let outcomes = self.outcomes(def, items).await?;
        if stands { Ok(outcomes) } else { Err(Error::Rejected(outcomes)) }
    }

    /// Judges the items as they shall be, and writes what stands; answers whether anything may.
    async fn carry_out(
        &mut self,
        def: &'static KindDef,
        items: &mut [Item],
        found: &Found,
        atomic: Atomic,
    ) -> Result<bool> {
        let stages = self.ctx.kinds.stages(def);
        self.check_restored(def, items).await?;
        self.suggest_owners(items).await?;
        let mut parents = self.load_parents(def, items).await?;
        Self::inherit(def, items, &parents);
        self.lock_plans(def, items).await?;
        if self.conn().is_postgres() && !parents.is_empty() {
            // Read again under the plan's lock: another unit may have narrowed them meanwhile.
            parents = self.load_parents(def, items).await?;
        }
        parents.extend(self.plans.clone());
        Self::inherit(def, items, &parents);
        self.settle_commenters(def, items, &parents).await?;
        self.settle_releases(def, items, &parents).await?;
        assemble::settle_language(self.ctx.language.as_deref(), def, items, found);
        self.enter_editions(def, items);
        self.authorise(def, items).await?;
        item::check_versions(&self.ctx.actor, def, items);
        self.check_use(def, items).await?;
        if let Some(guard) = stages.guard {
            guard(self, items).await?;
        }
        lifecycle::guard(self, def, items).await?;
        self.check_rules(def, items, &parents).await?;
        self.refuse_orphans(def, items, found);
        if atomic == Atomic::All && items.iter().any(Item::is_rejected) {
            self.broken = true;
            return Ok(false);
        }
        self.remember_refused(def, items);
        restored::put_back(def, items);
        self.finish(items).await?;
        if !self.is_dry {
            self.write(def, items).await?;
            self.remove_below(def, items).await?;
            self.forget_owners(def);
            self.cascade(def, items).await?;
            self.lead_followers(def, items).await?;
            if let Some(follow) = stages.follow {
                follow(self, items).await?;
            }
        }
        Ok(true)
    }

    /// What each item came to, as the caller sees it.
    async fn outcomes(&self, def: &'static KindDef, mut items: Vec<Item>) -> Result<Vec<Outcome>> {
        let rows = items.iter_mut().flat_map(|item| item.before.iter_mut().chain([&mut item.after]));
        let rows = store::with_copies(def, rows);
        store::hide_copies(self.conn(), (&self.ctx.actor, self.ctx.kinds), def, rows).await?;
        Ok(item::outcomes(&self.ctx.actor, items))
    }

    /// Lets the service itself write records of one kind, all or none, in the caller's name.
    ///
    /// # Errors
    /// As [`Unit::apply`].
    pub async fn apply_by_service(&mut self, def: &'static KindDef, ops: Vec<Op>) -> Result<Vec<Outcome>> {
        let actor = self.elevate();
        let done = self.apply(def, ops, Atomic::All).await;
        self.act_as(actor);
        done
    }

    /// Applies one operation.
    ///
    /// # Errors
    /// Why the operation was refused.
    pub async fn apply_one(&mut self, def: &'static KindDef, op: Op) -> Result<Outcome> {
        let outcomes = match self.apply(def, vec![op], Atomic::All).await {
            Err(Error::Rejected(outcomes)) => outcomes,
            other => other?,
        };
        let outcome = outcomes.into_iter().next().ok_or_else(|| Error::Internal("no outcome".into()))?;
        match outcome.kind {
            OutcomeKind::Rejected(error) => Err(error),
            _ => Ok(outcome),
        }
    }

    /// Makes a move of a record's lifecycle.
    ///
    /// # Errors
    /// Why the move was refused.
    pub async fn make_move(&mut self, def: &'static KindDef, op: Op) -> Result<Row> {
        let outcome = self.apply_one(def, op).await?;
        outcome.row.ok_or_else(|| Error::Internal("a moved record has no row".into()))
    }
}

/// The members of an input in their wire form.
///
/// # Errors
/// `BadRequest` if the input is no object.
pub fn members<T: Serialize>(input: &T) -> Result<Map<String, Json>> {
    match serde_json::to_value(input)? {
        Json::Object(members) => Ok(members),
        _ => Err(Error::bad_request("", Code::WrongType, "an input is an object")),
    }
}
