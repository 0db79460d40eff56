//! The feed: what became of records since a position in the log, for one caller.
//!
//! It tells states, not earlier pictures: each record is looked up as it is now, and the log says only
//! whether the caller could see it before. Whoever applies all news holds what the lists give.

mod concern;
mod earlier;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_graphql::Enum;
use sea_orm::{
    QueryResult,
    sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Order, Query, SelectStatement},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use concern::concerns;
use earlier::Earlier;

use crate::{
    ctx::Ctx,
    error::Result,
    policy::{Class, Holding, Scope},
    record::KindDef,
    row::Row,
    store,
};

/// Changes that can concern the caller one page looks at, at most.
pub const LOOKED_AT: usize = 5_000;
/// Changes read at a time.
const CHUNK: usize = 500;

/// A position in the log: after this change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Position of the change set.
    pub seq: i64,
    /// Position of the change in it.
    pub ordinal: i32,
    /// What was told of the change.
    pub told: Told,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
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
pub async fn end(ctx: &Ctx) -> Result<Position> {
    let select = Query::select().expr(Expr::col("seq").max()).from(Alias::new("change_set")).take();
    let newest = ctx.db.reading().one(&select).await?.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(Position { seq: newest.flatten().unwrap_or_default(), ordinal: i32::MAX, told: Told::All })
}

/// A page of what became of records of `kinds` after one position and up to another.
///
/// What the caller may see must have been looked up after `until` was: else what began to be visible in
/// between is missed.
///
/// # Errors
/// What the database says.
pub async fn since(
    ctx: &Ctx,
    (after, until): (Position, Position),
    kinds: &[&'static KindDef],
    limit: usize,
) -> Result<Bulletin> {
    let kinds = Kinds::new(ctx, kinds);
    let concerned = concerns(ctx, &kinds).await?;
    let mut page = Bulletin { news: Vec::new(), position: after, has_more: true };
    for _ in 0..LOOKED_AT / CHUNK {
        let changes = changes(ctx, (page.position, until), &concerned).await?;
        page.news.extend(told(ctx, &kinds, (page.position, &changes)).await?);
        if page.news.len() > limit {
            page.news.truncate(limit);
            page.position = page.news.last().map_or(page.position, |last| last.position);
            return Ok(page);
        }
        if changes.len() < CHUNK {
            return Ok(Bulletin { position: until.max(after), has_more: false, ..page });
        }
        page.position = changes.last().map_or(page.position, |last| Position { told: Told::All, ..last.position });
    }
    Ok(page)
}

/// The kinds that are asked for.
struct Kinds<'a> {
    wanted: &'a [&'static KindDef],
    /// The kind of accounts, if it is asked for: who sees an account depends on its grants.
    accounts: Option<&'static KindDef>,
    /// The kinds whose changes are read.
    read: BTreeSet<&'static str>,
}

impl<'a> Kinds<'a> {
    fn new(ctx: &Ctx, wanted: &'a [&'static KindDef]) -> Self {
        let accounts = wanted.iter().find(|def| def.class == Class::Person).copied();
        let mut read: BTreeSet<_> = wanted.iter().map(|def| def.name).collect();
        if accounts.is_some() {
            let grants = ctx.kinds.all().iter().filter(|def| def.class == Class::Grant);
            read.extend(grants.map(|def| def.name));
        }
        Self { wanted, accounts, read }
    }

    /// The records a change is about, with what decided who saw each before: its own, and for a change of
    /// a grant the account that holds it.
    fn about(&self, change: &Change) -> impl Iterator<Item = (Told, &'static KindDef, Uuid, Option<Scope>)> {
        let own = self.wanted.iter().find(|def| def.name == change.kind);
        let own = own.map(|def| (Told::Own, *def, change.id, change.before.clone()));
        let account = self.accounts.filter(|accounts| accounts.name != change.kind);
        let account =
            account.and_then(|def| change.holder().map(|(id, before)| (Told::All, def, id, before)));
        own.into_iter().chain(account)
    }
}

/// One change, as far as the feed needs it.
struct Change {
    position: Position,
    kind: String,
    id: Uuid,
    before: Option<Scope>,
    after: Option<Scope>,
}

impl Change {
    fn read(row: &QueryResult) -> Result<Self> {
        let scope = |at| -> Result<Option<Scope>> {
            Ok(row.try_get_by_index::<Option<Json>>(at)?.map(serde_json::from_value).transpose()?)
        };
        Ok(Self {
            position: Position {
                seq: row.try_get_by_index(0)?,
                ordinal: row.try_get_by_index(1)?,
                told: Told::Own,
            },
            kind: row.try_get_by_index(2)?,
            id: row.try_get_by_index(3)?,
            before: scope(4)?,
            after: scope(5)?,
        })
    }

    /// The person a grant is held by, and the account as it was seen through the grant before.
    fn holder(&self) -> Option<(Uuid, Option<Scope>)> {
        let scope = self.before.as_ref().or(self.after.as_ref())?;
        let person = scope.person.filter(|_| scope.role.is_some())?;
        let held = |scope: &Scope| Scope {
            owner: scope.owner.clone(),
            person: Some(person),
            holdings: vec![Holding { owner: scope.owner.clone(), agency: scope.agency }],
            ..Scope::default()
        };
        Some((person, self.before.as_ref().map(held)))
    }
}

async fn changes(ctx: &Ctx, span: (Position, Position), concerned: &Condition) -> Result<Vec<Change>> {
    ctx.db.reading().all(&select(span, concerned)).await?.iter().map(Change::read).collect()
}

fn select((after, until): (Position, Position), concerned: &Condition) -> SelectStatement {
    let (change, set) = (Alias::new("change"), Alias::new("change_set"));
    let of = |column: &'static str| Expr::col((change.clone(), Alias::new(column)));
    let seq = || Expr::col((set.clone(), Alias::new("seq")));
    Query::select()
        .expr(seq())
        .exprs(["ordinal", "kind", "record_id", "facts_before", "facts_after"].map(of))
        .from(set.clone())
        .join(
            JoinType::InnerJoin,
            change.clone(),
            of("set_id").eq(Expr::col((set.clone(), Alias::new("id")))),
        )
        .and_where(seq().gte(after.seq))
        .and_where(seq().lte(until.seq))
        .and_where(seq().gt(after.seq).or(match after.told {
            // Its account may be left to tell.
            Told::Own => of("ordinal").gte(after.ordinal),
            Told::All => of("ordinal").gt(after.ordinal),
        }))
        .cond_where(concerned.clone())
        .order_by((set.clone(), Alias::new("seq")), Order::Asc)
        .order_by((change.clone(), Alias::new("ordinal")), Order::Asc)
        .limit(u64::try_from(CHUNK).unwrap_or(u64::MAX))
        .take()
}

/// A record that some changes are about.
struct Touched {
    def: &'static KindDef,
    id: Uuid,
    position: Position,
    /// Whether it was visible before the first of them.
    was_first: bool,
    /// Whether it was visible before any of them.
    was_ever: bool,
}

async fn told(ctx: &Ctx, kinds: &Kinds<'_>, changes: (Position, &[Change])) -> Result<Vec<News>> {
    let touched = touched(ctx, kinds, changes).await?;
    let mut ids: BTreeMap<&str, (&'static KindDef, BTreeSet<Uuid>)> = BTreeMap::new();
    for one in &touched {
        ids.entry(one.def.name).or_insert_with(|| (one.def, BTreeSet::new())).1.insert(one.id);
    }
    let mut now: HashMap<(&str, Uuid), Row> = HashMap::new();
    for (def, ids) in ids.into_values() {
        let found = store::by_ids(ctx, def, &ids).await?;
        now.extend(found.into_iter().map(|(id, row)| ((def.name, id), row)));
    }
    let news = |one: Touched| {
        let row = now.remove(&(one.def.name, one.id));
        let event = match (&row, one.was_first, one.was_ever) {
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
async fn touched(ctx: &Ctx, kinds: &Kinds<'_>, (after, changes): (Position, &[Change])) -> Result<Vec<Touched>> {
    let earlier = Earlier::of(ctx, kinds, changes).await?;
    let mut places: HashMap<(&str, Uuid), usize> = HashMap::new();
    let mut found: Vec<Touched> = Vec::new();
    for change in changes {
        for (told, def, id, before) in kinds.about(change) {
            let position = Position { told, ..change.position };
            if position <= after {
                continue;
            }
            let was = before.is_some_and(|scope| earlier.visible(def, id, scope, change.position.seq));
            if let Some(known) = places.get(&(def.name, id)).and_then(|at| found.get_mut(*at)) {
                known.was_ever |= was;
                continue;
            }
            places.insert((def.name, id), found.len());
            found.push(Touched { def, id, position, was_first: was, was_ever: was });
        }
    }
    Ok(found)
}
