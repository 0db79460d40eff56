//! Editions of plans: which there are, what each holds, and the next one.

pub mod adoption;
pub mod diff;
pub mod frozen;
mod open;
mod rows;

use std::collections::BTreeSet;

use entity::{Plan, PlanEdition, plan, plan_edition};
use kernel::{Actor, Code, Ctx, Error, KindDef, Result, Violation, change::past, row::Row, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

pub use open::{open, run as open_within};
pub use rows::{Edition, PlanRows, list_at, load, one};

use super::plan::{has_next, is_protected};
use crate::domain::{KINDS, Registered};

/// The kinds with editions, the plan first: what a plan consists of.
fn kinds() -> impl Iterator<Item = &'static KindDef> {
    KINDS.served().filter(|def| def.declared.has_editions)
}

/// Whether the caller reads a plan by a grant of its own, and not only by a release: then it sees every edition.
pub(super) fn is_within(ctx: &Ctx, plan: &Row) -> bool {
    kernel::policy::readable(&ctx.actor.drafting(), Plan::def(), &plan.scope())
        && kernel::policy::is_inside(&ctx.actor, Plan::def(), plan.owner())
}

/// The adopted editions of a plan, oldest first; the service looks, whoever asks.
async fn adopted(ctx: &Ctx, plan: Uuid) -> Result<Vec<Row>> {
    let def = PlanEdition::def();
    let which = Cond::all().add(def.col(plan_edition::PLAN.column).eq(plan));
    let mut rows = store::all(ctx.db.reading(), def, which).await?;
    rows.sort_by_key(|row| row.read(plan_edition::NUMBER));
    Ok(rows)
}

/// An adopted edition that the caller may see: everyone who reads the plan the one in force, the owner every one.
///
/// # Errors
/// `NotFound` if the plan is hidden, or there is no such edition for the caller.
async fn seen(ctx: &Ctx, plan: Uuid, number: i32) -> Result<(Row, Row)> {
    let plan = store::get(ctx, Plan::def(), plan).await?;
    let is_in_force = is_protected(&plan) && plan.read(plan::EDITION) == Some(number);
    if !is_in_force && !is_within(ctx, &plan) {
        return Err(Error::NotFound);
    }
    let all = adopted(ctx, plan.id()).await?;
    let found = all.into_iter().find(|row| row.read(plan_edition::NUMBER) == Some(number));
    Ok((plan, found.ok_or(Error::NotFound)?))
}

/// Lists the editions of a plan, as far as the caller may know of them.
///
/// # Errors
/// `NotFound` if the plan is not visible.
pub async fn list(ctx: &Ctx, id: Uuid) -> Result<Json> {
    let plan = store::get(ctx, Plan::def(), id).await?;
    let in_force = is_protected(&plan).then(|| plan.read(plan::EDITION)).flatten();
    let is_within = is_within(ctx, &plan);
    let all = adopted(ctx, id).await?;
    let known = all.iter().filter(|row| is_within || row.read(plan_edition::NUMBER) == in_force);
    let mut items: Vec<Json> = known.map(|row| adopted_json(&plan, row)).collect();
    let frozen = |number| all.iter().any(|row| row.read(plan_edition::NUMBER) == Some(number));
    if let Some(number) = in_force.filter(|number| !frozen(*number)) {
        items.push(item(number, plan.text(plan::STATUS.column), "in_force"));
    }
    if let Some((number, status)) = next(&plan).filter(|_| is_within || in_force.is_none()) {
        items.push(item(number, Some(&status), "working"));
    }
    Ok(json!({ "items": items }))
}

/// Number and state of the edition of a plan that is worked on.
fn next(plan: &Row) -> Option<(i32, String)> {
    let number = plan.read(plan::EDITION)?;
    if has_next(plan) {
        return Some((number.saturating_add(1), plan.text(plan::WORKING_STATUS.column)?.to_owned()));
    }
    let status = plan.text(plan::STATUS.column).filter(|_| !is_protected(plan))?;
    Some((number, status.to_owned()))
}

fn item(number: i32, status: Option<&str>, edition: &str) -> Json {
    json!({ "number": number, "edition": edition, "status": status, "adopted_at": null, "act_body": null,
        "act_number": null, "act_on": null, "act_source": null, "root": null })
}

fn adopted_json(plan: &Row, row: &Row) -> Json {
    let number = row.read(plan_edition::NUMBER).unwrap_or_default();
    let is_in_force = is_protected(plan) && plan.read(plan::EDITION) == Some(number);
    let (edition, status) = if is_in_force {
        ("in_force", plan.text(plan::STATUS.column))
    } else {
        ("superseded", Some("superseded"))
    };
    let mut made = item(number, status, edition);
    if let (Some(members), Json::Object(facts)) = (made.as_object_mut(), facts(row)) {
        members.extend(facts);
    }
    made
}

/// The visible records of a kind below a plan, and those of these records that are gone and were visible when they were
/// deleted.
async fn seen_of_plan(
    ctx: &Ctx,
    def: &'static KindDef,
    plan: Uuid,
    frozen: impl Iterator<Item = Uuid>,
) -> Result<Vec<Row>> {
    let mut rows = store::of_plan(ctx, store::Wanted::shown(def), plan).await?;
    let frozen: BTreeSet<Uuid> = frozen.filter(|id| rows.iter().all(|row| row.id() != *id)).collect();
    rows.extend(past::gone(ctx, def, &frozen).await?);
    Ok(rows)
}

/// What is known of an adoption, and never changes.
fn facts(row: &Row) -> Json {
    json!({
        "adopted_at": row.instant(plan_edition::ADOPTED_AT.column),
        "act_body": row.text(plan_edition::ACT_BODY.column),
        "act_number": row.text(plan_edition::ACT_NUMBER.column),
        "act_on": row.date(plan_edition::ACT_ON.column),
        "act_source": row.text(plan_edition::ACT_SOURCE.column),
        "root": row.text(plan_edition::ROOT.column),
    })
}

/// The caller at work on the next edition of plans.
#[must_use]
pub fn drafting(ctx: &Ctx) -> Ctx {
    let actor: Actor = ctx.actor.drafting();
    ctx.acting(actor)
}

/// Reads which editions are compared: what is in force with what is worked on, where nothing is said.
///
/// # Errors
/// `BadRequest` naming each that cannot be read.
pub fn sides(from: Option<&str>, to: Option<&str>) -> Result<(Edition, Edition)> {
    let mut faults = Vec::new();
    let mut side = |name: &str, given: Option<&str>, default: Edition| match given
        .map(|text| Edition::read(Some(text), None))
    {
        None => default,
        Some(Ok(edition)) => edition,
        Some(Err(_)) => {
            let detail = "`in_force`, `working`, or the number of an edition";
            faults.push(Violation::new(format!("?{name}"), Code::BadFormat, detail));
            default
        }
    };
    let sides = (side("from", from, Edition::InForce), side("to", to, Edition::Working));
    if faults.is_empty() { Ok(sides) } else { Err(Error::BadRequest(faults)) }
}

/// Schemas of what is answered, by name.
#[must_use]
pub fn schemas() -> Map<String, Json> {
    let text = |about: &str| json!({ "type": ["string", "null"], "description": about });
    let item = || {
        json!({
            "adopted_at": { "type": ["string", "null"], "format": "date-time", "description": "Instant of the adoption." },
            "act_body": text("Body that adopted it."),
            "act_number": text("Number of the legal act."),
            "act_on": { "type": ["string", "null"], "format": "date", "description": "Day of the legal act." },
            "act_source": text("Where the act is published or kept."),
            "root": text("Root of the hashes of its content; null while nothing is frozen."),
        })
    };
    let object = |about: &str, properties: Json| {
        let required: Vec<&String> =
            properties.as_object().map(|all| all.keys().collect()).unwrap_or_default();
        json!({ "type": "object", "description": about, "required": required, "properties": properties })
    };
    let with = |mut base: Json, more: Json| {
        if let (Some(members), Json::Object(more)) = (base.as_object_mut(), more) {
            members.extend(more);
        }
        base
    };
    let number =
        || json!({ "type": "integer", "format": "int32", "description": "Number of the edition: 1, 2, 3." });
    let plan = || json!({ "type": "string", "format": "uuid", "description": "The plan." });
    let list = |about: &str, name: &str| json!({ "type": "array", "description": about, "items": { "$ref": format!("#/components/schemas/{name}") } });
    let of_item = with(
        item(),
        json!({
            "number": number(),
            "edition": { "type": "string", "enum": ["in_force", "working", "superseded"], "description": "Its place among the editions." },
            "status": { "type": ["string", "null"], "description": "State of the plan in this edition." },
        }),
    );
    let hash = |about: &str| json!({ "type": "object", "description": about, "additionalProperties": { "type": "string" } });
    let field = json!({ "type": "object", "required": ["salt", "value"], "properties": {
        "salt": { "type": "string", "description": "Salt of the field's hash." },
        "value": { "description": "The value, as it was frozen." } } });
    let record = object(
        "A record of a frozen edition.",
        json!({
            "kind": { "type": "string", "description": "Its kind." },
            "id": { "type": "string", "format": "uuid", "description": "Its id." },
            "place": { "type": "integer", "format": "int32", "description": "Its place among the leaves of the tree, from 0." },
            "fields": { "type": "object", "description": "Its fields, each with its salt.", "additionalProperties": field },
            "withheld": hash("The hashes of the fields that the caller does not see."),
        }),
    );
    let frozen = object(
        "The content of an adopted edition, with what proves it.",
        with(
            item(),
            json!({
                "plan": plan(), "number": number(),
                "depth": { "type": "integer", "format": "int32", "description": "Levels of the tree below its root." },
                "records": list("The records that the caller may see.", "FrozenRecord"),
                "nodes": hash("Hashes that lead from the records to the root: `level/place` and the hash there."),
            }),
        ),
    );
    let proof = object(
        "Whether an edition is what was adopted.",
        json!({
            "plan": plan(), "number": number(), "root": text("Root that was frozen."), "found": text("Root reckoned anew."),
            "is_intact": { "type": "boolean", "description": "Whether they are the same." },
        }),
    );
    let of_diff = json!({ "type": "object", "required": ["kind", "id", "title"], "properties": {
        "kind": { "type": "string", "description": "Kind of the record." },
        "id": { "type": "string", "format": "uuid", "description": "Its id." },
        "title": text("Its title."),
        "fields": { "type": "object", "description": "Field -> old and new value.", "additionalProperties": { "type": "array", "items": {} } } } });
    let diff = object(
        "What differs between two editions of a plan.",
        json!({
            "plan": plan(),
            "added": list("Records that only the second one has.", "DiffRecord"),
            "removed": list("Records that only the first one has.", "DiffRecord"),
            "moved": list("Records at another place: position, or the record above.", "DiffRecord"),
            "changed": list("Records with other content.", "DiffRecord"),
        }),
    );
    Map::from_iter([
        ("PlanEditionItem".to_owned(), object("An edition of a plan.", of_item)),
        (
            "PlanEditions".to_owned(),
            object(
                "The editions of a plan.",
                json!({ "items": list("The editions, oldest first.", "PlanEditionItem") }),
            ),
        ),
        ("FrozenRecord".to_owned(), record),
        ("FrozenEdition".to_owned(), frozen),
        ("EditionProof".to_owned(), proof),
        ("DiffRecord".to_owned(), of_diff),
        ("PlanDiff".to_owned(), diff),
    ])
}

/// The refusal of a write into an edition that takes none.
#[must_use]
pub fn not_written() -> Error {
    Error::bad_request("?edition", Code::BadFormat, "what is written is `working`, or what is in force")
}
