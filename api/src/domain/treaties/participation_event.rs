//! Events of participations: what each needs, in which order they can happen, and what becomes of their participation.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{
    Framework, Participation, ParticipationEvent, framework, participation, participation_event,
    vocab::{DatePrecision, ParticipationEventType as Type},
};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, record::Op, row::Row, store, unit::Item};
use sea_orm::sea_query::Cond;
use serde_json::Map;
use uuid::Uuid;

use super::{
    order::{Problem, problems},
    participation::is_behind,
    timeline::{Event, Timeline},
};
use crate::domain::Registered;

/// The stored events of participations, hidden ones too.
///
/// # Errors
/// What the database says.
pub(super) async fn stored(unit: &Unit, of: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, Vec<Row>>> {
    let def = ParticipationEvent::def();
    let mut found: BTreeMap<Uuid, Vec<Row>> = BTreeMap::new();
    if of.is_empty() {
        return Ok(found);
    }
    let among = unit.conn().among(def.col(participation_event::PARTICIPATION.column), of);
    for row in store::all(unit.conn(), def, Cond::all().add(among)).await? {
        if let Some(id) = row.read(participation_event::PARTICIPATION) {
            found.entry(id).or_default().push(row);
        }
    }
    Ok(found)
}

/// Holds events against the day they are told on, and against the other events of their participation.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        // The service writes what it is told to, imports of what is to be known among it.
        let today = unit.ctx.clock.today();
        let latest = if unit.actor().is_system() { NaiveDate::MAX } else { today };
        let is_live = |item: &&Item| !item.is_rejected() && !item.is_deletion();
        let about: BTreeSet<Uuid> = items.iter().filter(|item| !item.is_rejected()).filter_map(of).collect();
        // What goes is held against nothing but what stays.
        let told: BTreeSet<Uuid> = items.iter().filter(is_live).filter_map(of).collect();
        let above = unit.rows_of(Participation::def(), &told).await?;
        let frameworks = above.values().filter_map(|row| row.read(participation::FRAMEWORK)).collect();
        let frameworks = unit.rows_of(Framework::def(), &frameworks).await?;
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            if let Some(row) = of(item).and_then(|id| above.get(&id)) {
                copy(item, row);
            }
            check_days(item, today, latest);
            check_text(item);
        }
        let mut before = stored(unit, &about).await?;
        for id in about {
            let under = above.get(&id).and_then(|row| row.read(participation::FRAMEWORK));
            let adopted =
                under.and_then(|id| frameworks.get(&id)).and_then(|row| row.read(framework::ADOPTED_ON));
            check_order(items, id, (before.remove(&id).unwrap_or_default(), adopted), today);
        }
        Ok(())
    })
}

fn of(item: &Item) -> Option<Uuid> {
    item.after.read(participation_event::PARTICIPATION)
}

/// An event is about the country and the framework of its participation.
fn copy(item: &mut Item, participation: &Row) {
    if let Some(id) = participation.read(participation::COUNTRY) {
        item.after.write(participation_event::COUNTRY, id);
    }
    if let Some(id) = participation.read(participation::FRAMEWORK) {
        item.after.write(participation_event::FRAMEWORK, id);
    }
}

fn check_days(item: &mut Item, today: NaiveDate, latest: NaiveDate) {
    if item.is_new() && item.after.read(participation_event::KNOWN_ON).is_none() {
        item.after.write(participation_event::KNOWN_ON, today);
    }
    let row = &item.after;
    let on = row.read(participation_event::HAPPENED_ON);
    let is_unknown = row.read(participation_event::HAPPENED_PRECISION) == Some(DatePrecision::Unknown);
    let what = row.read(participation_event::EVENT_TYPE);
    let (known, back) =
        (row.read(participation_event::KNOWN_ON), row.read(participation_event::TAKEN_BACK_ON));
    match (on, is_unknown) {
        (None, false) => {
            let text = "give the day, or the precision `unknown` where nobody knows it";
            item.fault("/happened_on", Code::Required, text);
        }
        (Some(_), true) => {
            let text = "a day that is not known stays empty: leave out `happened_on`, or say how exact it is";
            item.fault("/happened_on", Code::RuleBroken, text);
        }
        _ => {}
    }
    let may_lie_ahead = matches!(what, Some(Type::EntryIntoForce | Type::Withdrawal) | None);
    if !may_lie_ahead && on.is_some_and(|on| on > latest) {
        let text = "only an entry into force and a withdrawal may lie ahead";
        item.fault("/happened_on", Code::RuleBroken, text);
    }
    if known.is_none() {
        item.fault("/known_on", Code::Required, "an event is known from a day on");
    }
    for (pointer, day) in [("/known_on", known), ("/taken_back_on", back)] {
        if day.is_some_and(|day| day > latest) {
            item.fault(pointer, Code::RuleBroken, "what is known, or taken back, is so today or earlier");
        }
    }
}

fn check_text(item: &mut Item) {
    let row = &item.after;
    let what = row.read(participation_event::EVENT_TYPE);
    let has = |column: &str| !row.is_null(column);
    let is_said = matches!(what, Some(Type::Reservation | Type::Declaration));
    let stray = has(participation_event::TEXT.column) && !is_said;
    let lacks = what == Some(Type::Deposit) && !has(participation_event::DEPOSITARY.column);
    if stray {
        let text = "only a reservation and a declaration have a text; what is doubtful is a `note`";
        item.fault("/text", Code::RuleBroken, text);
    }
    if lacks {
        item.fault("/depositary", Code::Required, "a deposit says with whom");
    }
}

/// Refuses what makes the events of a participation impossible: where an event is told, or else where one goes.
fn check_order(
    items: &mut [Item],
    id: Uuid,
    (stored, adopted): (Vec<Row>, Option<NaiveDate>),
    today: NaiveDate,
) {
    let mut rows: HashMap<Uuid, Row> = stored.into_iter().map(|row| (row.id(), row)).collect();
    let found = |rows: &HashMap<Uuid, Row>| {
        problems(&Timeline::known(rows.values().filter_map(Event::of), today), adopted)
    };
    let before = found(&rows);
    for item in items.iter().filter(|item| !item.is_rejected() && of(item) == Some(id)) {
        if item.is_deletion() {
            rows.remove(&item.after.id());
        } else {
            rows.insert(item.after.id(), item.after.clone());
        }
    }
    for problem in found(&rows) {
        let mine = |item: &&mut Item| !item.is_rejected() && of(item) == Some(id);
        let is_told = |item: &Item| problem.of.contains(&item.after.id()) && moves(item);
        let mut told = false;
        for item in items.iter_mut().filter(mine).filter(|item| is_told(item)) {
            item.fault("/happened_on", problem.code(), problem.text);
            told = true;
        }
        if !told && !before.contains(&problem) {
            for item in items.iter_mut().filter(mine) {
                blame(item, &problem);
            }
        }
    }
}

/// Whether an item says something that its order depends on.
fn moves(item: &Item) -> bool {
    [
        participation_event::EVENT_TYPE.column,
        participation_event::HAPPENED_ON.column,
        participation_event::HAPPENED_PRECISION.column,
        participation_event::KNOWN_ON.column,
        participation_event::TAKEN_BACK_ON.column,
    ]
    .iter()
    .any(|column| item.changes(column))
}

fn blame(item: &mut Item, problem: &Problem) {
    let pointer = if item.is_deletion() { "" } else { "/event_type" };
    item.fault(pointer, problem.code(), problem.text);
}

/// The participations of events become what these say.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let ids: BTreeSet<Uuid> = items.iter().filter(|item| !item.is_rejected()).filter_map(of).collect();
        let mut rows = unit.rows_of(Participation::def(), &ids).await?;
        let (mut events, today) = (stored(unit, &ids).await?, unit.ctx.clock.today());
        rows.retain(|_, row| is_behind(&mut events, row, today));
        if rows.is_empty() {
            return Ok(());
        }
        // An edit of nothing: what follows from the events is reckoned with every edit.
        let again = |row: &Row| Op::Update { id: row.id(), version: Some(row.version()), fields: Map::new() };
        unit.apply_by_service(Participation::def(), rows.values().map(again).collect()).await.map(drop)
    })
}
