//! The moves of lifecycles as calls: what comes with one is held against its schema, on every face.

use kernel::{Code, KindDef, Result, Unit, Violation, policy::Verb, record::Op, row::Row};
use model::Move;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// Makes a move of a record.
///
/// # Errors
/// `Invalid` for an input that breaks its schema; `NotFound`, `Forbidden`, `VersionRequired`, `StaleVersion`, or
/// `IllegalMove` with what is missing.
pub async fn make(
    unit: &mut Unit,
    def: &'static KindDef,
    step: &'static Move,
    id: Uuid,
    version: Option<i32>,
    input: &Map<String, Json>,
) -> Result<Row> {
    unit.make_move(def, op(def, step, (id, version), input)).await
}

/// A move of a record as an operation; what is wrong with its input comes along.
#[must_use]
pub fn op(
    def: &'static KindDef,
    step: &'static Move,
    (id, version): (Uuid, Option<i32>),
    input: &Map<String, Json>,
) -> Op {
    let mut input = input.clone();
    if let Some(schema) = def.move_schema(step) {
        schema.spell(&mut input);
    }
    let faults = check(def, step, &input);
    let verb = Verb::Move(step);
    let paper = input.get("recorded").and_then(Json::as_object).cloned();
    let is_recorded = paper.is_some();
    // The act of an adoption on paper is what the paper says.
    input.extend(paper.filter(|_| step.is_act).into_iter().flatten());
    let input = &input;
    let authority = if is_recorded { Verb::Record } else { verb };
    let taken = |name: &str| step.takes.iter().any(|taken| taken.field == name);
    let fields = input.iter().filter(|(name, value)| taken(name) && !value.is_null());
    let mut set: Map<String, Json> = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
    if let (Some(cycle), Some(reason)) = (def.lifecycle, reason(step, input)) {
        set.insert(cycle.reason.to_owned(), Json::String(reason));
    }
    Op::Move { id, version, verb, authority, set, faults }
}

fn check(def: &KindDef, step: &Move, input: &Map<String, Json>) -> Vec<Violation> {
    let schema = def.move_schema(step);
    let mut found =
        schema.map(|schema| schema.violations(&Json::Object(input.clone()), "")).unwrap_or_default();
    let is_empty = |name: &str| input.get(name).is_none_or(Json::is_null);
    let paper = input.get("recorded").filter(|paper| paper.is_object());
    for taken in step.takes.iter().filter(|_| step.is_act) {
        let at = format!("/{}", taken.field);
        let said = paper.and_then(|paper| paper.get(taken.field));
        if is_empty("recorded") && taken.is_required && is_empty(taken.field) {
            let detail = format!("`{}` comes with the act, here or in `recorded`", taken.field);
            found.push(Violation::new(at, Code::Required, detail));
        } else if said.is_some() && !is_empty(taken.field) && said != input.get(taken.field) {
            let detail = format!("`{}` stands in `recorded` too, and differs", taken.field);
            found.push(Violation::new(at, Code::RuleBroken, detail));
        }
    }
    found
}

/// The reason of a move, and the paper it was made on.
fn reason(step: &Move, input: &Map<String, Json>) -> Option<String> {
    let text = |of: &Json, name: &str| of.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let given = input.get("reason").and_then(Json::as_str).map(str::to_owned);
    let paper = input.get("recorded").filter(|paper| paper.is_object() && !step.is_act).map(|paper| {
        let [body, number, on, source] =
            ["act_body", "act_number", "act_on", "act_source"].map(|name| text(paper, name));
        format!("Recorded: {body}, No. {number}, {on}, {source}")
    });
    let parts: Vec<String> = given.into_iter().chain(paper).collect();
    (!parts.is_empty()).then(|| parts.join(". "))
}
