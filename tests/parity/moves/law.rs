//! Legal instruments in their states.

use serde_json::json;

use super::{Made, skippable_in};
use crate::{coverage::stage::Stage, parity::faces::with};

/// A legal instrument in a state, with the days that brought it there; answers its id and version.
pub async fn law_in(stage: &Stage<'_>, of: &Made, state: &str) -> (String, i32) {
    let (adopted, in_force) = (json!({"adopted_on": "2026-10-01"}), json!({"in_force_on": "2026-11-01"}));
    let repealed = json!({"repealed_on": "2026-11-20", "repealing_act": "Law No. 31"});
    let facts = match state {
        "adopted" => adopted,
        "in_force" => with(&adopted, &in_force),
        "repealed" => with(&adopted, &with(&in_force, &repealed)),
        _ => json!({}),
    };
    skippable_in(stage, of, facts, state).await
}
