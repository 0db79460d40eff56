//! The moves of plans and tasks as verbs, and what each takes.

use async_graphql::InputObject;
use kernel::{
    Code, Error, KindDef, Result, Unit,
    input::schema_of,
    policy::Verb,
    record::Op,
    row::Row,
    scalar::{Date, Reference},
    unit::members,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

/// The paper a move was made on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct RecordedInput {
    /// Body that decided.
    #[schema(min_length = 1, max_length = 300)]
    pub act_body: String,
    /// Number of the act.
    #[schema(min_length = 1, max_length = 100)]
    pub act_number: String,
    /// Day of the act.
    pub act_on: Date,
    /// Where the act is published or kept.
    #[schema(min_length = 1, max_length = 1000)]
    pub act_source: String,
}

/// What a move of a plan takes.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"reason": "The ministries asked for a revision"}))]
pub struct PlanMoveInput {
    /// Why; needed by `return` and `withdraw`.
    #[schema(min_length = 1, max_length = 5000)]
    pub reason: Option<String>,
    /// The paper, where the move was made on paper and is recorded by the focal point.
    pub recorded: Option<RecordedInput>,
}

/// What the adoption of a plan takes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"act_body": "Cabinet of Ministers", "act_number": "340", "act_on": "2021-12-24", "act_source": "Register of legal acts", "recorded": true}))]
pub struct AdoptInput {
    /// Body that adopted it.
    #[schema(min_length = 1, max_length = 300)]
    pub act_body: String,
    /// Number of the legal act.
    #[schema(min_length = 1, max_length = 100)]
    pub act_number: String,
    /// Day of the legal act.
    pub act_on: Date,
    /// Where the act is published or kept; needed where `recorded` is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1000)]
    pub act_source: Option<String>,
    /// Whether it was adopted on paper and is recorded by the focal point.
    #[serde(default)]
    #[graphql(default)]
    pub recorded: bool,
}

/// What a move of a task takes.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"reason": "Waits for the laboratory"}))]
pub struct TaskMoveInput {
    /// Why; needed by `block`, `cancel` and `reopen`.
    #[schema(min_length = 1, max_length = 5000)]
    pub reason: Option<String>,
}

/// What the assignment of a task takes.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"due_on": "2027-03-31"}))]
pub struct AssignInput {
    /// Day it is due, where the task has none yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// Agency that shall lead, where it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_agency: Option<Reference>,
}

/// One move of one record.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The record.
    pub id: Uuid,
    /// Version that was read.
    pub version: Option<i32>,
    /// The move.
    pub verb: Verb,
}

/// Makes a move of a plan.
///
/// # Errors
/// `NotFound`, `Forbidden`, `VersionRequired`, `StaleVersion`, or `IllegalMove` with what is missing.
pub async fn move_plan(unit: &mut Unit, to: Target, input: &PlanMoveInput) -> Result<Row> {
    let def = <super::plans::plan::Plan as kernel::Record>::def();
    held(input)?;
    let mut reasons: Vec<String> = input.reason.clone().into_iter().collect();
    if let Some(paper) = &input.recorded {
        reasons.push(format!(
            "Recorded: {}, No. {}, {}, {}",
            paper.act_body, paper.act_number, paper.act_on.0, paper.act_source
        ));
    }
    let authority = if input.recorded.is_some() { Verb::Record } else { to.verb };
    make(unit, def, to, authority, reason(&reasons)).await
}

/// Adopts a submitted plan.
///
/// # Errors
/// As [`move_plan`].
pub async fn adopt_plan(unit: &mut Unit, to: Target, input: &AdoptInput) -> Result<Row> {
    let def = <super::plans::plan::Plan as kernel::Record>::def();
    let mut set = held(input)?;
    if input.recorded && input.act_source.is_none() {
        let detail = "an adoption on paper is recorded with the place where its act is published or kept";
        return Err(Error::invalid("/act_source", Code::Required, detail));
    }
    set.remove("recorded");
    let authority = if input.recorded { Verb::Record } else { Verb::Adopt };
    make(unit, def, to, authority, set).await
}

/// Makes a move of a task.
///
/// # Errors
/// As [`move_plan`].
pub async fn move_task(unit: &mut Unit, to: Target, input: &TaskMoveInput) -> Result<Row> {
    let def = <super::cooperation::task::Task as kernel::Record>::def();
    held(input)?;
    let reasons: Vec<String> = input.reason.clone().into_iter().collect();
    make(unit, def, to, to.verb, reason(&reasons)).await
}

/// Assigns a planned task.
///
/// # Errors
/// As [`move_plan`].
pub async fn assign_task(unit: &mut Unit, to: Target, input: &AssignInput) -> Result<Row> {
    let def = <super::cooperation::task::Task as kernel::Record>::def();
    let set = held(input)?;
    make(unit, def, to, Verb::Assign, set).await
}

/// The members of an input that meets its published schema, on every face.
fn held<T: Serialize + ToSchema + 'static>(input: &T) -> Result<Map<String, Json>> {
    let given = Json::Object(members(input)?);
    let found = schema_of::<T>().violations(&given, "");
    match given {
        Json::Object(members) if found.is_empty() => Ok(members),
        _ => Err(Error::Invalid(found)),
    }
}

fn reason(parts: &[String]) -> Map<String, Json> {
    let text = (!parts.is_empty()).then(|| ("status_reason".to_owned(), Json::String(parts.join(". "))));
    text.into_iter().collect()
}

async fn make(
    unit: &mut Unit,
    def: &'static KindDef,
    to: Target,
    authority: Verb,
    set: Map<String, Json>,
) -> Result<Row> {
    unit.make_move(def, Op::Move { id: to.id, version: to.version, verb: to.verb, authority, set }).await
}
