//! Records of the needs assessment in their states.

use kernel::KindDef;
use serde_json::json;

use crate::{
    coverage::stage::Stage,
    parity::{faces::with, samples::shown},
};

/// An edition of its own in a state; answers its id and version.
pub async fn questionnaire_in(stage: &Stage<'_>, state: &str) -> (String, i32) {
    let code = format!("Q{}", stage.app.state.clock.id().simple());
    let new = json!({"owner": "KGZ", "language": "en", "code": code, "title": "Moved", "status": state});
    let made = stage.app.user("secretariat").await.post("/questionnaires", new).await;
    made.ok(201);
    (made.id(), 1)
}

/// A gap in a state; answers its id and version.
pub async fn gap_in(stage: &Stage<'_>, def: &'static KindDef, state: &str) -> (String, i32) {
    let me = stage.app.user("secretariat").await;
    let is_accepted = state == "accepted";
    let given = if is_accepted { "open" } else { state };
    let made = me.post("/gaps", with(&shown(stage, def), &json!({ "status": given }))).await;
    made.ok(201);
    if is_accepted {
        me.act(&format!("/gaps/{}", made.id()), "accept", json!({"reason": "No means"})).await.ok(200);
    }
    (made.id(), if is_accepted { 2 } else { 1 })
}
