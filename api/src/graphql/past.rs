//! Histories and moves of many records at once, through the loaders of one request.

use std::{
    collections::{BTreeSet, HashMap},
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use async_graphql::{Context, dataloader::Loader};
use kernel::{Error, Record, change::Span, page::Page};
use uuid::Uuid;

use super::{
    connection::Connection,
    edges::{Edges, loader},
    fault::Fault,
};
use crate::domain::{
    cooperation::task,
    history::{History, HistoryEntry, histories, span},
    lifecycle::MoveState,
    plans::plan,
};

/// A page of the history of one record.
struct PastOf<R>(Uuid, Span, PhantomData<R>);

impl<R> Clone for PastOf<R> {
    fn clone(&self) -> Self {
        Self(self.0, self.1, PhantomData)
    }
}

impl<R> PartialEq for PastOf<R> {
    fn eq(&self, other: &Self) -> bool {
        (self.0, self.1) == (other.0, other.1)
    }
}

impl<R> Eq for PastOf<R> {}

impl<R> Hash for PastOf<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0, self.1).hash(state);
    }
}

impl<R: Record> Loader<PastOf<R>> for Edges {
    type Value = History;
    type Error = Fault;

    async fn load(&self, keys: &[PastOf<R>]) -> Result<HashMap<PastOf<R>, History>, Fault> {
        let mut spans: HashMap<Span, BTreeSet<Uuid>> = HashMap::new();
        for key in keys {
            spans.entry(key.1).or_default().insert(key.0);
        }
        let mut loaded = HashMap::new();
        for (span, ids) in spans {
            let found = histories::<R>(self.call(), &ids, span).await?;
            loaded.extend(found.into_iter().map(|(id, page)| (PastOf(id, span, PhantomData), page)));
        }
        Ok(loaded)
    }
}

/// A part of the history of a record: how many states after a cursor.
///
/// # Errors
/// `NotFound` if the record is not visible now, `BadRequest` for arguments that do not fit.
pub async fn history<R: Record>(
    ctx: &Context<'_>,
    id: Uuid,
    (first, cursor): (i32, Option<String>),
) -> Result<Connection<HistoryEntry>, Fault> {
    let page = Page { cursor, ..Page::first(Page::check_limit("first", first.into())?) };
    let past = loader(ctx)?.load_one(PastOf::<R>(id, span(&page)?, PhantomData)).await?;
    let past = past.ok_or(Error::NotFound)?;
    let entries = past.items.into_iter().map(|entry| (entry.cursor(), entry)).collect();
    Ok(Connection::new(entries, &page, past.has_more, Some(past.total)))
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
