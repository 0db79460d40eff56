//! Tasks that deadlines make: some days before, for the agency responsible, once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Days, NaiveDate};
use entity::{
    Commitment, Compilation, Deadline, Obligation, Task, commitment, compilation, deadline, obligation, task,
    vocab::{TaskPriority, TaskStatus},
};
use kernel::{Result, Unit, record::Op, row::Row, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{compile::newest, deadline::OPEN};
use crate::domain::Registered;

/// Days before a deadline on which its task may be made, at most.
const MOST_DAYS: u64 = 730;

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
    row.write(task::STATUS, TaskStatus::Assigned);
    row.write(task::PRIORITY, TaskPriority::Normal);
    row.write(task::PROGRESS_PERCENT, 0);
    row.set(task::DUE_ON.column, deadline.get(deadline::DUE_ON.column).clone());
    row.set(task::LEAD_AGENCY.column, deadline.get(deadline::LEAD_AGENCY.column).clone());
    row
}
