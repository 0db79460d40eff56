//! The history of records, as the caller may see it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    ended::{End, ends},
    in_place,
};
use crate::{
    error::Result,
    policy::{Class, Scope, is_inside, readable, withhold},
    record::KindDef,
    row::Row,
    store,
    view::View,
};

/// Which states of a record are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Number of the state they follow; 0 for the first.
    pub after: i32,
    /// How many at most.
    pub limit: usize,
}

/// Some states of a record, oldest first.
#[derive(Clone, Debug)]
pub struct Past {
    /// The state before the first of them, if there is one that may be shown.
    pub before: Option<Row>,
    /// The states.
    pub entries: Vec<Entry>,
    /// Whether states follow the last of them.
    pub has_more: bool,
    /// How many states there are altogether.
    pub total: usize,
}

/// One state of a record.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Number of the state: the version inside, counted from the release outside.
    pub number: i32,
    /// `create`, `update`, `delete`.
    pub op: String,
    /// When it was committed.
    pub at: DateTime<Utc>,
    /// Why it was written.
    pub cause: String,
    /// Who wrote it; none outside the owner and for the service itself.
    pub by: Option<Uuid>,
    /// The record as it stood; of a deletion, as it stood before.
    pub row: Row,
}

/// A state without its image: what decides whether it is shown, and under which number.
struct State {
    number: i32,
    version: i32,
    op: String,
    at: DateTime<Utc>,
    cause: String,
    is_inside: bool,
    place: Place,
    /// Who deleted the record; writers of other states stand in their images.
    deleted_by: Option<Uuid>,
}

/// Where the image of a state is kept: change set and ordinal.
pub(super) type Place = (Uuid, i32);

/// Past states of these records; records that are not visible now are left out, or were not when they were deleted.
///
/// A past state is shown if the record is visible now and the image's own facts would be
/// visible under the caller's present grants. Payloads that were destroyed are left out.
/// Only the images of the states asked for are read.
///
/// # Errors
/// What the database says.
pub async fn histories(
    view: &View,
    def: &'static KindDef,
    ids: &BTreeSet<Uuid>,
    span: Span,
) -> Result<HashMap<Uuid, Past>> {
    let (mut cuts, mut deleted) = (HashMap::new(), BTreeSet::new());
    for (id, all) in states(view, def, ids, Deleted::Too).await? {
        deleted.extend(all.last().filter(|last| last.op == "delete").map(|_| id));
        cuts.insert(id, Cut::of(all, span));
    }
    let places: Vec<Place> = cuts.values().flat_map(Cut::places).collect();
    let images = images(view, def, &places).await?;
    // Those that are there still were noted when they were looked up.
    images.values().filter(|row| deleted.contains(&row.id())).for_each(|row| view.note(row));
    Ok(cuts.into_iter().map(|(id, cut)| (id, cut.filled(&images))).collect())
}

/// These records in these versions, as far as [`histories`] would show them.
///
/// # Errors
/// What the database says.
pub async fn versions(
    view: &View,
    def: &'static KindDef,
    wanted: &BTreeSet<(Uuid, i32)>,
) -> Result<HashMap<(Uuid, i32), Row>> {
    let ids = wanted.iter().map(|(id, _)| *id).collect();
    let mut places = HashMap::new();
    for (id, states) in states(view, def, &ids, Deleted::Not).await? {
        let asked = states.into_iter().map(|state| (state.place, (id, state.version)));
        places.extend(asked.filter(|(_, version)| wanted.contains(version)));
    }
    let all: Vec<Place> = places.keys().copied().collect();
    let images = images(view, def, &all).await?;
    Ok(images.into_iter().filter_map(|(place, row)| Some((*places.get(&place)?, row))).collect())
}

/// The states of one record that are asked for.
struct Cut {
    before: Option<Place>,
    states: Vec<State>,
    has_more: bool,
    total: usize,
}

impl Cut {
    fn of(mut all: Vec<State>, span: Span) -> Self {
        let total = all.len();
        let start = all.partition_point(|state| state.number <= span.after);
        let mut states = all.split_off(start);
        let has_more = states.len() > span.limit;
        states.truncate(span.limit);
        Self { before: all.last().map(|state| state.place), states, has_more, total }
    }

    fn places(&self) -> impl Iterator<Item = Place> {
        self.before.into_iter().chain(self.states.iter().map(|state| state.place))
    }

    fn filled(self, images: &HashMap<Place, Row>) -> Past {
        let entry = |state: State| {
            let row = images.get(&state.place)?.clone();
            let by = if state.op == "delete" { state.deleted_by } else { row.uuid("updated_by") };
            let by = by.filter(|_| state.is_inside);
            let State { number, op, at, cause, .. } = state;
            Some(Entry { number, op, at, cause, by, row })
        };
        Past {
            before: self.before.and_then(|place| images.get(&place).cloned()),
            entries: self.states.into_iter().filter_map(entry).collect(),
            has_more: self.has_more,
            total: self.total,
        }
    }
}

/// Whether deleted records have states to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deleted {
    Too,
    Not,
}

/// The states that may be shown, oldest first, numbered as the caller sees them.
async fn states(
    view: &View,
    def: &'static KindDef,
    ids: &BTreeSet<Uuid>,
    deleted: Deleted,
) -> Result<HashMap<Uuid, Vec<State>>> {
    let conn = view.db.reading();
    let now = store::by_ids(view, def, ids).await?;
    let mut owners: HashMap<Uuid, String> =
        now.values().map(|row| (row.id(), row.owner().to_owned())).collect();
    let gone = ids.iter().filter(|id| deleted == Deleted::Too && !now.contains_key(id)).copied().collect();
    let ends = ends(view, def, &gone).await?;
    owners.extend(ends.iter().map(|(id, end)| (*id, end.owner.clone())));
    let visible: BTreeSet<Uuid> = owners.keys().copied().collect();
    let holdings =
        if def.class == Class::Person { store::holdings(conn, &visible).await? } else { HashMap::new() };
    let mut states: HashMap<Uuid, Vec<State>> = visible.iter().map(|id| (*id, Vec::new())).collect();
    for found in conn.all(&select_states(&visible)).await? {
        let id: Uuid = found.try_get_by_index(0)?;
        let (Some(owner), Some(facts)) = (owners.get(&id), found.try_get_by_index::<Option<Json>>(1)?) else {
            continue;
        };
        let mut scope: Scope = serde_json::from_value(facts)?;
        scope.holdings = holdings.get(&id).cloned().unwrap_or_default();
        if !readable(&view.actor, def, &scope) {
            continue;
        }
        let is_inside = is_inside(&view.actor, def, owner);
        if scope.is_inside && !is_inside {
            continue;
        }
        let shown = states.entry(id).or_default();
        let count = i32::try_from(shown.len()).unwrap_or(i32::MAX - 1);
        let version = found.try_get_by_index(2)?;
        shown.push(State {
            number: if is_inside { version } else { count + 1 },
            version,
            op: found.try_get_by_index(3)?,
            at: found.try_get_by_index(4)?,
            cause: found.try_get_by_index(5)?,
            is_inside,
            place: (found.try_get_by_index(6)?, found.try_get_by_index(7)?),
            deleted_by: None,
        });
    }
    for (id, end) in ends {
        let shown = states.entry(id).or_default();
        let Some(last) = shown.last() else { continue };
        let number = if last.is_inside { end.version } else { last.number.saturating_add(1) };
        let End { version, at, cause, by, .. } = end;
        let (op, is_inside, place) = ("delete".to_owned(), last.is_inside, last.place);
        shown.push(State { number, version, op, at, cause, is_inside, place, deleted_by: by });
    }
    Ok(states)
}

fn select_states(ids: &BTreeSet<Uuid>) -> SelectStatement {
    let (change, set, payload) =
        (Alias::new("change"), Alias::new("change_set"), Alias::new("change_payload"));
    let col = |table: &Alias, column: &'static str| Expr::col((table.clone(), Alias::new(column)));
    Query::select()
        .from(change.clone())
        .join(JoinType::InnerJoin, set.clone(), col(&set, "id").eq(col(&change, "set_id")))
        .join(JoinType::InnerJoin, payload.clone(), in_place(&payload, &change))
        .and_where(col(&payload, "after").is_not_null())
        .exprs(["record_id", "facts_after", "version", "op"].map(|column| col(&change, column)))
        .exprs(["at", "cause"].map(|column| col(&set, column)))
        .exprs(["set_id", "ordinal"].map(|column| col(&change, column)))
        .and_where(col(&change, "record_id").is_in(ids.iter().copied()))
        .order_by((set, Alias::new("seq")), Order::Asc)
        .order_by((change.clone(), Alias::new("ordinal")), Order::Asc)
        .take()
}

pub(super) async fn images(
    view: &View,
    def: &'static KindDef,
    places: &[Place],
) -> Result<HashMap<Place, Row>> {
    let key = ["set_id", "ordinal"].map(|column| Expr::col(Alias::new(column)));
    let mut found = HashMap::new();
    for chunk in places.chunks(store::IDS / 2) {
        let select = Query::select()
            .columns(["set_id", "ordinal", "after"].map(Alias::new))
            .from(Alias::new("change_payload"))
            .and_where(Expr::tuple(key.clone()).in_tuples(chunk.iter().copied()))
            .and_where(Expr::col(Alias::new("after")).is_not_null())
            .take();
        for row in view.db.reading().all(&select).await? {
            let image: String = row.try_get_by_index(2)?;
            let place = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let mut row = Row::from_image(def, &serde_json::from_str(&image)?)?;
            withhold(&view.actor, &mut row);
            found.insert(place, row);
        }
    }
    let copies = store::with_copies(def, found.values_mut());
    store::hide_copies(view.db.reading(), (&view.actor, view.kinds), def, copies).await?;
    Ok(found)
}
