//! The feed: what became of records since a position in the log, for one caller.
//!
//! It tells states, not past pictures: each record is looked up as it is now, and the log says only
//! whether the caller could see it before. Whoever applies all news holds what the lists give.

mod concern;
mod earlier;
mod proof;
mod reading;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use async_graphql::Enum;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use proof::{Proof, prove};

use concern::concerns;
use earlier::Earlier;
use reading::{Change, Kinds, changes};

use crate::{error::Result, policy::is_inside, record::KindDef, row::Row, store, view::View};

/// Changes that can concern the caller one page looks at, at most.
pub const LOOKED_AT: usize = 5_000;
/// Change sets one page passes, at most.
pub const PASSED: i64 = 20_000;
/// Changes read at a time at the most, and at first for the smallest page.
const CHUNK: usize = 500;
const FIRST_CHUNK: usize = 32;
/// Change sets passed at a time, so that a statement is bounded where nothing concerns the caller.
const SPAN: i64 = 2_000;

/// A position in the log: after this change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Number of the change set.
    pub seq: i64,
    /// Number of the change in it.
    pub ordinal: i32,
    /// What was told of the change.
    pub told: Told,
}

impl Position {
    /// The end of a change set.
    #[must_use]
    pub const fn after_set(seq: i64) -> Self {
        Self { seq, ordinal: i32::MAX, told: Told::All }
    }
}

/// A stretch of the log, for one reader.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// After this position.
    pub after: Position,
    /// Up to this one.
    pub until: Position,
    /// Number of the last change set when the reader began with everything it sees: what had disappeared by then
    /// it never had, and is not told. 0 for a reader that began elsewhere.
    pub begun: i64,
}

/// What was told of a change: it can be about two records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// Nothing yet, or its own record.
    #[default]
    Own,
    /// Everything: the account too that a grant belongs to.
    All,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum ChangeEvent {
    /// The record has changed; store what `record` holds.
    Changed,
    /// The record has become visible, or was made; store what `record` holds.
    Appeared,
    /// The record is deleted or not visible any more; drop it.
    Disappeared,
}

impl ChangeEvent {
    /// Name used in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Appeared => "appeared",
            Self::Disappeared => "disappeared",
        }
    }
}

/// What became of one record.
#[derive(Clone, Debug)]
pub struct News {
    /// What became of it.
    pub event: ChangeEvent,
    /// Its kind.
    pub def: &'static KindDef,
    /// Its id.
    pub id: Uuid,
    /// The record as it is now; none once it has disappeared.
    pub row: Option<Row>,
    /// Where to go on after this.
    pub position: Position,
}

/// A page of the feed.
#[derive(Clone, Debug)]
pub struct Bulletin {
    /// What became of records, in the order of the log.
    pub news: Vec<News>,
    /// Where to go on.
    pub position: Position,
    /// Whether the log goes on after it, as far as was asked.
    pub has_more: bool,
}

/// The end of the log.
///
/// # Errors
/// What the database says.
pub async fn end(view: &View) -> Result<Position> {
    let select = Query::select().expr(Expr::col("seq").max()).from(Alias::new("change_set")).take();
    let newest = view.db.reading().one(&select).await?.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(Position::after_set(newest.flatten().unwrap_or_default()))
}

/// A page of what became of records of `kinds` after one position and up to another. Of the records only those are
/// loaded that are told, and one more that says whether others follow.
///
/// What the caller may see must have been looked up after `until` was: else what began to be visible in
/// between is missed.
///
/// # Errors
/// What the database says.
pub async fn since(
    view: &View,
    Stretch { after, until, begun }: Stretch,
    kinds: &[&'static KindDef],
    limit: usize,
) -> Result<Bulletin> {
    let kinds = Kinds::new(view, kinds);
    let concerned = concerns(view, &kinds);
    let mut page = Bulletin { news: Vec::new(), position: after, has_more: true };
    let (mut looked_at, last) = (0, after.seq.saturating_add(PASSED));
    let mut chunk = limit.saturating_mul(2).clamp(FIRST_CHUNK, CHUNK);
    let mut known = HashSet::new();
    while looked_at < LOOKED_AT && page.position.seq < last {
        let end = until.min(Position::after_set(page.position.seq.saturating_add(SPAN)));
        let changes = changes(view, (page.position, end), &concerned, chunk).await?;
        let mut touched = touched(view, &kinds, (page.position, begun), &changes).await?;
        // What this page tells already is told as it is now.
        touched.retain(|one| !known.contains(&(one.def.name, one.id)));
        tell(view, touched, limit, &mut page.news).await?;
        known.extend(page.news.iter().map(|news| (news.def.name, news.id)));
        if page.news.len() > limit {
            page.news.truncate(limit);
            page.position = page.news.last().map_or(page.position, |last| last.position);
            return Ok(page);
        }
        looked_at += changes.len();
        let is_whole = changes.len() < chunk;
        chunk = chunk.saturating_mul(2).min(CHUNK);
        if is_whole && end == until {
            return Ok(Bulletin { position: until.max(after), has_more: false, ..page });
        }
        page.position = match changes.last() {
            Some(last) if !is_whole => Position { told: Told::All, ..last.position },
            _ => end,
        };
    }
    Ok(page)
}

/// A record that some changes are about.
struct Touched {
    def: &'static KindDef,
    id: Uuid,
    position: Position,
    /// Whether it was visible before the first of them.
    was_first: bool,
    /// Whether it was visible before any of them that came after the reader had begun.
    was_told: bool,
}

/// Adds the news of these records until there is one more than a page takes.
async fn tell(view: &View, mut touched: Vec<Touched>, limit: usize, news: &mut Vec<News>) -> Result<()> {
    let mut passed = 0_usize;
    while !touched.is_empty() && news.len() <= limit {
        let wanted = limit.saturating_add(1).saturating_sub(news.len());
        // Where many are not told, more are looked up at a time.
        let later = touched.split_off(wanted.max(passed).min(touched.len()));
        let (before, looked_up) = (news.len(), touched.len());
        news.extend(told(view, touched).await?);
        passed = passed.saturating_add(looked_up).saturating_sub(news.len().saturating_sub(before));
        touched = later;
    }
    Ok(())
}

async fn told(view: &View, touched: Vec<Touched>) -> Result<Vec<News>> {
    let mut ids: BTreeMap<&str, (&'static KindDef, BTreeSet<Uuid>)> = BTreeMap::new();
    for one in &touched {
        ids.entry(one.def.name).or_insert_with(|| (one.def, BTreeSet::new())).1.insert(one.id);
    }
    let mut now: HashMap<(&str, Uuid), Row> = HashMap::new();
    for (def, ids) in ids.into_values() {
        // One of them may be left for the next page: whoever tells them notes them.
        let found = store::by_ids(&view.unnoted(), def, &ids).await?;
        now.extend(found.into_iter().map(|(id, row)| ((def.name, id), row)));
    }
    let news = |one: Touched| {
        let row = now.remove(&(one.def.name, one.id));
        let event = match (&row, one.was_first, one.was_told) {
            (Some(_), true, _) => ChangeEvent::Changed,
            (Some(_), false, _) => ChangeEvent::Appeared,
            (None, _, true) => ChangeEvent::Disappeared,
            (None, _, false) => return None,
        };
        Some(News { event, def: one.def, id: one.id, row, position: one.position })
    };
    Ok(touched.into_iter().filter_map(news).collect())
}

/// The records the changes are about after a position, each once, where it is met first.
async fn touched(
    view: &View,
    kinds: &Kinds<'_>,
    (after, begun): (Position, i64),
    changes: &[Change],
) -> Result<Vec<Touched>> {
    let earlier = Earlier::of(view, kinds, changes).await?;
    let mut places: HashMap<(&str, Uuid), usize> = HashMap::new();
    let mut found: Vec<Touched> = Vec::new();
    for change in changes {
        for (told, def, id, before) in kinds.about(change) {
            let position = Position { told, ..change.position };
            if position <= after {
                continue;
            }
            let is_of_owner = change.after.as_ref().filter(|after| after.is_inside);
            if is_of_owner.is_some_and(|after| !is_inside(&view.actor, def, &after.owner)) {
                continue;
            }
            let was = before.is_some_and(|scope| earlier.visible(def, id, scope, change.position.seq));
            let was_told = was && position.seq > begun;
            if let Some(known) = places.get(&(def.name, id)).and_then(|at| found.get_mut(*at)) {
                known.was_told |= was_told;
                continue;
            }
            places.insert((def.name, id), found.len());
            found.push(Touched { def, id, position, was_first: was, was_told });
        }
    }
    Ok(found)
}
