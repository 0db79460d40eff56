//! The feed: what became of records since a place in the log, for one caller.
//!
//! It tells states, not past pictures: each record is looked up as it is now, and the log says only
//! whether the caller could see it before. Whoever applies all news holds what the lists give.

mod past;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{
    QueryResult,
    sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query, SelectStatement},
};
use serde_json::Value as Json;
use uuid::Uuid;

use past::Past;

use crate::{
    ctx::Ctx,
    error::Result,
    policy::{Class, Holding, Scope},
    record::KindDef,
    row::Row,
    store,
};

/// Changes one page looks at, at most.
pub const LOOKED_AT: usize = 5_000;
/// Changes read at a time.
const CHUNK: usize = 500;

/// A place in the log: after this change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Position of the change set.
    pub seq: i64,
    /// Place of the change in it.
    pub ordinal: i32,
}

/// What became of a record for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is visible, and was.
    Changed,
    /// It is visible, and was not.
    Appeared,
    /// It is not visible any more, or deleted.
    Disappeared,
}

/// What became of one record.
#[derive(Clone, Debug)]
pub struct News {
    /// What became of it.
    pub turn: Turn,
    /// Its kind.
    pub def: &'static KindDef,
    /// Its id.
    pub id: Uuid,
    /// The record as it is now; none once it has disappeared.
    pub row: Option<Row>,
    /// Where to go on after this.
    pub place: Place,
}

/// A page of the feed.
#[derive(Clone, Debug)]
pub struct Bulletin {
    /// What became of records, in the order of the log.
    pub news: Vec<News>,
    /// Where to go on.
    pub place: Place,
    /// Whether the log goes on after it, as far as was asked.
    pub has_more: bool,
}

/// The end of the log.
///
/// # Errors
/// What the database says.
pub async fn end(ctx: &Ctx) -> Result<Place> {
    let select = Query::select().expr(Expr::col("seq").max()).from(Alias::new("change_set")).take();
    let newest = ctx.db.reading().one(&select).await?.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(Place { seq: newest.flatten().unwrap_or_default(), ordinal: i32::MAX })
}

/// A page of what became of records of `kinds` after one place and up to another.
///
/// What the caller may see must have been looked up after `until` was: else what began to be visible in
/// between is missed.
///
/// # Errors
/// What the database says.
pub async fn since(
    ctx: &Ctx,
    (after, until): (Place, Place),
    kinds: &[&'static KindDef],
    limit: usize,
) -> Result<Bulletin> {
    let kinds = Kinds::new(ctx, kinds);
    let mut page = Bulletin { news: Vec::new(), place: after, has_more: true };
    for _ in 0..LOOKED_AT / CHUNK {
        let changes = changes(ctx, (page.place, until), &kinds).await?;
        page.news.extend(told(ctx, &kinds, &changes).await?);
        if page.news.len() > limit {
            page.news.truncate(limit);
            page.place = page.news.last().map_or(page.place, |last| last.place);
            return Ok(page);
        }
        if changes.len() < CHUNK {
            return Ok(Bulletin { place: until.max(after), has_more: false, ..page });
        }
        page.place = changes.last().map_or(page.place, |last| last.place);
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
    fn about(&self, change: &Change) -> impl Iterator<Item = (&'static KindDef, Uuid, Option<Scope>)> {
        let own = self.wanted.iter().find(|def| def.name == change.kind);
        let own = own.map(|def| (*def, change.id, change.before.clone()));
        let account = self.accounts.filter(|accounts| accounts.name != change.kind);
        let account = account.and_then(|def| change.holder().map(|(id, before)| (def, id, before)));
        own.into_iter().chain(account)
    }
}

/// One change, as far as the feed needs it.
struct Change {
    place: Place,
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
            place: Place { seq: row.try_get_by_index(0)?, ordinal: row.try_get_by_index(1)? },
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

async fn changes(ctx: &Ctx, span: (Place, Place), kinds: &Kinds<'_>) -> Result<Vec<Change>> {
    ctx.db.reading().all(&select(span, kinds)).await?.iter().map(Change::read).collect()
}

fn select((after, until): (Place, Place), kinds: &Kinds<'_>) -> SelectStatement {
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
        .and_where(seq().gt(after.seq).or(of("ordinal").gt(after.ordinal)))
        .and_where(of("kind").is_in(kinds.read.iter().copied()))
        .order_by((set.clone(), Alias::new("seq")), Order::Asc)
        .order_by((change.clone(), Alias::new("ordinal")), Order::Asc)
        .limit(u64::try_from(CHUNK).unwrap_or(u64::MAX))
        .take()
}

/// A record that some changes are about.
struct Touched {
    def: &'static KindDef,
    id: Uuid,
    place: Place,
    /// Whether it was visible before the first of them.
    was_first: bool,
    /// Whether it was visible before any of them.
    was_ever: bool,
}

async fn told(ctx: &Ctx, kinds: &Kinds<'_>, changes: &[Change]) -> Result<Vec<News>> {
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
        let turn = match (&row, one.was_first, one.was_ever) {
            (Some(_), true, _) => Turn::Changed,
            (Some(_), false, _) => Turn::Appeared,
            (None, _, true) => Turn::Disappeared,
            (None, _, false) => return None,
        };
        Some(News { turn, def: one.def, id: one.id, row, place: one.place })
    };
    Ok(touched.into_iter().filter_map(news).collect())
}

/// The records the changes are about, each once, where it is met first.
async fn touched(ctx: &Ctx, kinds: &Kinds<'_>, changes: &[Change]) -> Result<Vec<Touched>> {
    let past = Past::of(ctx, kinds, changes).await?;
    let mut places: HashMap<(&str, Uuid), usize> = HashMap::new();
    let mut found: Vec<Touched> = Vec::new();
    for change in changes {
        for (def, id, before) in kinds.about(change) {
            let was = before.is_some_and(|scope| past.visible(def, id, scope, change.place.seq));
            if let Some(known) = places.get(&(def.name, id)).and_then(|at| found.get_mut(*at)) {
                known.was_ever |= was;
                continue;
            }
            places.insert((def.name, id), found.len());
            found.push(Touched { def, id, place: change.place, was_first: was, was_ever: was });
        }
    }
    Ok(found)
}
