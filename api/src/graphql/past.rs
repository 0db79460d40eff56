//! Histories and moves of many records at once, through the loaders of one request.

use std::{
    collections::{BTreeSet, HashMap},
    hash::{Hash, Hasher},
    marker::PhantomData,
    sync::Arc,
};

use async_graphql::{Context, dataloader::Loader};
use kernel::{Error, Record};
use uuid::Uuid;

use super::{
    edges::{Edges, loader},
    fault::Fault,
};
use crate::domain::{
    cooperation::task,
    history::{History, HistoryEntry, histories, page},
    lifecycle::MoveState,
    plans::plan,
};

/// The history of one record.
struct Past<R>(Uuid, PhantomData<R>);

impl<R> Clone for Past<R> {
    fn clone(&self) -> Self {
        Self(self.0, PhantomData)
    }
}

impl<R> PartialEq for Past<R> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<R> Eq for Past<R> {}

impl<R> Hash for Past<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<R: Record> Loader<Past<R>> for Edges {
    type Value = Arc<Vec<HistoryEntry>>;
    type Error = Fault;

    async fn load(&self, keys: &[Past<R>]) -> Result<HashMap<Past<R>, Self::Value>, Fault> {
        let ids: BTreeSet<Uuid> = keys.iter().map(|key| key.0).collect();
        let found = histories::<R>(self.call(), &ids).await?;
        Ok(found.into_iter().map(|(id, all)| (Past(id, PhantomData), Arc::new(all))).collect())
    }
}

/// A page of the history of a record.
///
/// # Errors
/// `NotFound` if the record is not visible now.
pub async fn history<R: Record>(
    ctx: &Context<'_>,
    id: Uuid,
    after: i32,
    limit: usize,
) -> Result<History, Fault> {
    let all = loader(ctx)?.load_one(Past::<R>(id, PhantomData)).await?;
    Ok(page(&all.ok_or(Error::NotFound)?, after, limit))
}

/// The moves of one plan.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct PlanMoves(Uuid);

impl Loader<PlanMoves> for Edges {
    type Value = Vec<MoveState>;
    type Error = Fault;

    async fn load(&self, keys: &[PlanMoves]) -> Result<HashMap<PlanMoves, Vec<MoveState>>, Fault> {
        let ids = keys.iter().map(|key| key.0).collect();
        let found = plan::lifecycle::moves_of(self.call(), &ids).await?;
        Ok(found.into_iter().map(|(id, moves)| (PlanMoves(id), moves)).collect())
    }
}

/// The moves of one task.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct TaskMoves(Uuid);

impl Loader<TaskMoves> for Edges {
    type Value = Vec<MoveState>;
    type Error = Fault;

    async fn load(&self, keys: &[TaskMoves]) -> Result<HashMap<TaskMoves, Vec<MoveState>>, Fault> {
        let ids = keys.iter().map(|key| key.0).collect();
        let found = task::lifecycle::moves_of(self.call(), &ids).await?;
        Ok(found.into_iter().map(|(id, moves)| (TaskMoves(id), moves)).collect())
    }
}

/// The moves a plan's lifecycle knows from its present state.
///
/// # Errors
/// What the database says.
pub async fn plan_moves(ctx: &Context<'_>, id: Uuid) -> Result<Vec<MoveState>, Fault> {
    Ok(loader(ctx)?.load_one(PlanMoves(id)).await?.unwrap_or_default())
}

/// The moves a task's lifecycle knows from its present state.
///
/// # Errors
/// What the database says.
pub async fn task_moves(ctx: &Context<'_>, id: Uuid) -> Result<Vec<MoveState>, Fault> {
    Ok(loader(ctx)?.load_one(TaskMoves(id)).await?.unwrap_or_default())
}
