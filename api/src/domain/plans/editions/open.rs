//! Opening the next edition of a plan.

use entity::{Plan, plan, vocab::PlanStatus};
use kernel::{
    Code, Ctx, Error, Result, Unit,
    policy::{Verb, authorize, visible},
    record::Op,
    row::Row,
    store,
};
use model::{By, Move, lifecycle::To};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{super::plan::has_next, next};
use crate::domain::Registered;

/// Opening an edition is no move of the one in force: its state stays.
static OPEN: Move = Move {
    name: "open_edition",
    doc: "",
    from: &["adopted", "in_implementation", "under_review"],
    to: To::Same,
    by: By::Full,
    takes: &[],
    needs: &[],
    is_remembered: false,
    is_act: false,
    is_working: false,
};

/// Opens the next edition of a plan in force; answers it as [`super::list`] tells it.
///
/// # Errors
/// `NotFound`, `Forbidden`, `StaleVersion`; `Conflict(EditionOpen)` where one is worked on, `IllegalMove` where none is in force.
pub async fn open(ctx: &Ctx, id: Uuid, version: Option<i32>) -> Result<Json> {
    let opened = ctx.write(async move |unit| run(unit, id, version).await).await?;
    let (number, status) = next(&opened).ok_or_else(|| Error::Internal("no edition was opened".into()))?;
    Ok(super::item(number, Some(&status), "working"))
}

/// The same within a unit; answers the plan.
///
/// # Errors
/// As [`open`].
pub async fn run(unit: &mut Unit, id: Uuid, version: Option<i32>) -> Result<Row> {
    let def = Plan::def();
    let which = Cond::all().add(visible(unit.actor(), def)).add(def.col("id").eq(id));
    let row = store::first(unit.conn(), def, which).await?.ok_or(Error::NotFound)?;
    // Whoever may send a plan to consultation may begin its next edition.
    let consult = def.lifecycle.and_then(|cycle| cycle.find("consult")).unwrap_or(&OPEN);
    if let Err(denial) = authorize(unit.actor(), Verb::Move(consult), def, &row.scope()) {
        return Err(Error::Forbidden(denial.rule.text.into()));
    }
    if has_next(&row) {
        let text = "an edition of the plan is worked on already: adopt it, or go on with it";
        return Err(Error::Conflict(Code::EditionOpen, text.into()));
    }
    let verb = Verb::Move(&OPEN);
    let draft = (plan::WORKING_STATUS.column.to_owned(), json!(PlanStatus::Draft.code()));
    let set = Map::<String, Json>::from_iter([draft]);
    let version = version.or(Some(row.version()));
    let actor = unit.elevate();
    let moved =
        unit.make_move(def, Op::Move { id, version, verb, authority: verb, set, faults: Vec::new() }).await;
    unit.act_as(actor);
    moved
}
