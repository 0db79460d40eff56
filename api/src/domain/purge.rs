//! Purging: content entered by mistake is destroyed, in the record and in its past.

use entity::{Purge, purge};
use kernel::{Ctx, Error, KindDef, Result, Unit, input::schema_of, record::Op, unit::members};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Registered;

/// Which record is purged, and why.
#[derive(Clone, Debug)]
pub struct Purging {
    /// Its kind.
    pub def: &'static KindDef,
    /// The record.
    pub id: Uuid,
    /// The version that was read.
    pub version: Option<i32>,
    /// Why; the log keeps it.
    pub reason: String,
}

/// Purges a record: it and everything the log holds of it are gone; that it was purged, by whom and why, stays.
///
/// # Errors
/// As [`Unit::purge`].
pub async fn run(ctx: &Ctx, purging: Purging) -> Result<()> {
    ctx.write(async move |unit| purging.run(unit).await).await
}

impl Purging {
    async fn run(&self, unit: &mut Unit) -> Result<()> {
        let row = unit.purge(self.def, self.id, self.version).await?;
        let note = json!({
            "owner": row.owner(),
            purge::KIND.column: self.def.name,
            purge::RECORD.column: self.id,
            purge::REASON.column: self.reason,
        });
        let actor = unit.elevate();
        let noted = unit.apply_one(Purge::def(), Op::Create(members(&note)?)).await;
        unit.act_as(actor);
        noted.map(|_| ())
    }
}

/// Why something is destroyed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Entered for another country by mistake"}))]
pub struct ReasonInput {
    /// The reason, which the log keeps: it says nothing of what is destroyed.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

impl ReasonInput {
    /// Reads it from the members of a body or an input.
    ///
    /// # Errors
    /// `Invalid`, naming everything that is wrong.
    pub fn of(members: Map<String, Json>) -> Result<Self> {
        let members = Json::Object(members);
        let faults = schema_of::<Self>().violations(&members, "");
        if faults.is_empty() { Ok(serde_json::from_value(members)?) } else { Err(Error::Invalid(faults)) }
    }
}
