//! Tasks that deadlines make: some days before, for the agency responsible, once; and how they go with them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Days, NaiveDate};
use entity::{
    Commitment, Compilation, Deadline, Obligation, Task, commitment, compilation, deadline, obligation, task,
    vocab::{DeadlineStatus, Handling, TaskPriority, TaskStatus},
};
use futures_util::future::BoxFuture;
use kernel::{Result, Unit, record::Op, row::Row, store, unit::Item};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{changed::changed, compile::newest, deadline::OPEN};
use crate::domain::Registered;

/// Days before a deadline on which its task may be made, at most.
const MOST_DAYS: u64 = 730;

/// Column of the care that a record asks for.
pub(super) const HANDLING: &str = "handling";

/// Makes the tasks of these countries' deadlines that are near. A deadline without an agency has its task once one is named.
///
/// # Errors
/// What the database says.
pub async fn begin(unit: &mut Unit, owners: &BTreeSet<String>) -> Result<()> {
    let today = unit.ctx.clock.today();
    let near = near(unit, owners, today).await?;
    if near.is_empty() {
        return Ok(());
    }
    let ids = near.iter().filter_map(|row| row.read(deadline::OBLIGATION)).collect();
    let obligations = unit.rows_of(Obligation::def(), &ids).await?;
    let (def, column, all) =
        (Task::def(), task::DEADLINE.column, near.iter().map(Row::id).collect::<BTreeSet<_>>());
    let among = Cond::all().add(unit.conn().among(def.col(column), &all));
    let worked = store::distinct(unit.conn(), def, column, among).await?;
    let (mut tasks, mut deadlines) = (Vec::new(), Vec::new());
    for mut row in near {
        let of = row.read(deadline::OBLIGATION).and_then(|id| obligations.get(&id));
        if let Some(of) = of.filter(|_| !worked.contains(&row.id())) {
            tasks.push(Op::Make(Box::new(made(unit, &row, of))));
        }
        row.write(deadline::IS_TASKED, true);
        deadlines.push(Op::Put(Box::new(row)));
    }
    if !tasks.is_empty() {
        unit.apply_by_service(Task::def(), tasks).await?;
    }
    unit.apply_by_service(Deadline::def(), deadlines).await.map(drop)
}

/// The open deadlines that had no task yet, belong to an agency, and are as near as their country or commitment says.
async fn near(unit: &Unit, owners: &BTreeSet<String>, today: NaiveDate) -> Result<Vec<Row>> {
    let owned = |def: &'static kernel::KindDef| {
        Cond::all().add(def.col("owner").is_in(owners.iter().map(String::as_str)))
    };
    let asked = store::all(unit.conn(), Compilation::def(), owned(Compilation::def())).await?;
    let asked: BTreeMap<String, Option<i32>> = newest(asked)
        .iter()
        .filter(|row| row.read(compilation::IS_ACTIVE) == Some(true))
        .map(|row| (row.owner().to_owned(), row.read(compilation::TASK_DAYS_BEFORE)))
        .collect();
    let def = Deadline::def();
    let (day, far) = (def.col(deadline::DUE_ON.column), today.checked_add_days(Days::new(MOST_DAYS)));
    let which = owned(def)
        .add(def.col(deadline::STATUS.column).is_in(OPEN))
        .add(def.col(deadline::IS_TASKED.column).eq(false))
        .add(def.col(deadline::LEAD_AGENCY.column).is_not_null())
        .add(day.clone().gte(today))
        .add(day.lte(far.unwrap_or(today)));
    let mut rows = store::all(unit.conn(), def, which).await?;
    rows.retain(|row| asked.contains_key(row.owner()));
    if rows.is_empty() {
        return Ok(rows);
    }
    let ids: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.read(deadline::COMMITMENT)).collect();
    let among = unit.conn().among(Commitment::def().col("id"), &ids);
    let said = store::all(unit.conn(), Commitment::def(), Cond::all().add(among)).await?;
    let said: HashMap<Uuid, Row> = said.into_iter().map(|row| (row.id(), row)).collect();
    rows.retain(|row| {
        let own =
            row.read(deadline::COMMITMENT).and_then(|id| said.get(&id)?.read(commitment::TASK_DAYS_BEFORE));
        let days = own.or_else(|| asked.get(row.owner()).copied().flatten());
        let days = days.and_then(|days| u64::try_from(days).ok());
        let last = days.and_then(|days| today.checked_add_days(Days::new(days)));
        row.read(deadline::DUE_ON).is_some_and(|day| last.is_some_and(|last| day <= last))
    });
    Ok(rows)
}

/// The task of a deadline: seen by whoever sees the deadline, called as the obligation is.
fn made(unit: &Unit, deadline: &Row, obligation: &Row) -> Row {
    let mut row = Row::empty(Task::def());
    row.set("id", unit.ctx.clock.id());
    for column in ["owner", "visibility", "handling", "shared_set_id"] {
        row.set(column, deadline.get(column).clone());
    }
    for column in [obligation::TITLE.column, "language"] {
        row.set(column, obligation.get(column).clone());
    }
    let translations = obligation.json("translations").and_then(Json::as_object).into_iter().flatten();
    let titles = translations.filter_map(|(language, texts)| {
        let title = texts.get(task::TITLE.column)?.clone();
        Some((language.clone(), Json::from(Map::from_iter([(task::TITLE.column.to_owned(), title)]))))
    });
    row.set("translations", Json::from(titles.collect::<Map<_, _>>()));
    row.write(task::DEADLINE, deadline.id());
    row.write(task::IS_MADE, true);
    row.write(task::STATUS, TaskStatus::Assigned);
    row.write(task::PRIORITY, TaskPriority::Normal);
    row.write(task::PROGRESS_PERCENT, 0);
    row.set(task::DUE_ON.column, deadline.get(deadline::DUE_ON.column).clone());
    row.set(task::LEAD_AGENCY.column, deadline.get(deadline::LEAD_AGENCY.column).clone());
    row
}

/// Why a task was cancelled whose deadline is waived or does not apply: it tells nothing of the deadline itself.
const OVER: &str = "What it was made for is not due any more.";
/// Why a task was cancelled whose deadline belongs to no agency any more.
const UNHELD: &str = "No agency is responsible for what it was made for any more.";

/// Lets the tasks that deadlines made go with them: day and agency as far as nobody changed them, handling, and whether there is
/// anything to do at all. Levels follow by themselves, for tasks stand below deadlines.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let columns =
            [HANDLING, deadline::STATUS.column, deadline::DUE_ON.column, deadline::LEAD_AGENCY.column];
        let is_moved = |item: &&Item| {
            let is_live = !item.is_rejected() && !item.is_deletion();
            is_live && columns.iter().any(|column| item.changes(column))
        };
        let moved = items.iter().filter(is_moved);
        let moved: HashMap<Uuid, (&Row, &Row)> =
            moved.filter_map(|item| Some((item.after.id(), (item.before.as_ref()?, &item.after)))).collect();
        if moved.is_empty() {
            return Ok(());
        }
        let def = Task::def();
        let of_these = Cond::all()
            .add(unit.conn().among(def.col(task::DEADLINE.column), moved.keys()))
            .add(def.col(task::IS_MADE.column).eq(true));
        let tasks = store::all(unit.conn(), def, of_these).await?;
        let led = tasks.iter().filter_map(|row| {
            let (before, after) = moved.get(&row.read(task::DEADLINE)?)?;
            changed(row, led(row, before, after))
        });
        let ops: Vec<Op> = led.collect();
        if ops.is_empty() { Ok(()) } else { unit.apply_by_service(def, ops).await.map(drop) }
    })
}

/// A task as it is once its deadline has changed.
fn led(task: &Row, before: &Row, after: &Row) -> Row {
    let mut row = task.clone();
    if after.text(HANDLING) == Some(Handling::Restricted.code()) {
        row.set(HANDLING, Handling::Restricted.code());
    }
    // What was cancelled by its deadline remembers the state that it comes back to; what people cancelled does not.
    let state = row.read(task::STATUS);
    let rests = state == Some(TaskStatus::Cancelled) && row.read(task::STATUS_BEFORE_BLOCK).is_some();
    if !rests && matches!(state, None | Some(TaskStatus::Done | TaskStatus::Cancelled)) {
        return row;
    }
    let (own, theirs) = (task::DUE_ON.column, deadline::DUE_ON.column);
    if row.get(own) == before.get(theirs) {
        row.set(own, after.get(theirs).clone());
    }
    let (own, theirs) = (task::LEAD_AGENCY.column, deadline::LEAD_AGENCY.column);
    let is_theirs = row.get(own) == before.get(theirs);
    if !after.is_null(theirs) && (is_theirs || (rests && before.is_null(theirs))) {
        row.set(own, after.get(theirs).clone());
    }
    let why = if is_void(after) {
        Some(OVER)
    } else {
        (after.is_null(theirs) && (rests || is_theirs)).then_some(UNHELD)
    };
    match (why, rests) {
        (Some(why), false) => {
            // One that is blocked comes back as it was before that.
            let back = row.read(task::STATUS_BEFORE_BLOCK).or(state);
            row.put(task::STATUS_BEFORE_BLOCK, back);
            row.write(task::STATUS, TaskStatus::Cancelled);
            row.write(task::STATUS_REASON, why.to_owned());
        }
        (None, true) => {
            row.put(task::STATUS, row.read(task::STATUS_BEFORE_BLOCK));
            row.clear(task::STATUS_BEFORE_BLOCK.column);
            row.clear(task::STATUS_REASON.column);
        }
        _ => {}
    }
    row
}

/// Whether nothing is to be done for a deadline because it was waived or does not apply.
fn is_void(deadline: &Row) -> bool {
    let status = deadline.read(deadline::STATUS);
    matches!(status, Some(DeadlineStatus::Waived | DeadlineStatus::NotApplicable))
}
