//! What is asked of plans, risks and methods on the GraphQL face, besides what every kind has.

use concord::domain::KINDS;
use kernel::policy::Verb;
use serde_json::json;

use super::{
    Caller, Faults,
    graphql::{run, status},
    schema::{Field, Schema},
};

/// Asks of every plan for what has no fields of its own.
pub(super) async fn json(caller: &Caller<'_>, field: &str, arguments: &str) -> Faults {
    let (def, mut faults) = (KINDS.get("plan").expect("a kind"), Faults::new());
    let text = format!("query($id: ID!) {{ {field}({arguments}) }}");
    for (name, id) in caller.stage.targets(def.name) {
        let answer = caller.client.graphql(&text, json!({ "id": id })).await;
        let wanted = caller.read(def, id).await;
        faults.extend(caller.expect(&format!("{field} {name}"), status(&answer, field), wanted, &answer));
    }
    faults
}

/// Asks for editions of plans, of which none is adopted.
pub(super) async fn no_edition(caller: &Caller<'_>, field: &str) -> Faults {
    let mut faults = Faults::new();
    let text = format!("query($id: ID!) {{ {field}(id: $id, number: 1) }}");
    for (name, id) in caller.stage.targets("plan") {
        let answer = caller.client.graphql(&text, json!({ "id": id })).await;
        faults.extend(caller.expect(&format!("{field} {name}"), status(&answer, field), 404, &answer));
    }
    faults
}

/// Opens editions: whoever may send a plan to consultation may, and is told that none is in force.
pub(super) async fn openings(caller: &Caller<'_>, schema: &Schema, field: &Field) -> Faults {
    let (def, mut faults) = (KINDS.get("plan").expect("a kind"), Faults::new());
    let consult = def.lifecycle.and_then(|cycle| cycle.find("consult")).expect("a move");
    for (name, id) in caller.stage.targets(def.name) {
        let version = caller.stage.row(def, id).await.map_or(1, |row| row.version());
        let answer = run(caller, schema, field, &json!({ "id": id, "expected_version": version })).await;
        let wanted = caller.write(Verb::Move(consult), def, id, 409).await;
        faults.extend(caller.expect(&format!("open {name}"), status(&answer, &field.name), wanted, &answer));
    }
    faults
}

/// What calendars show.
pub(super) async fn calendars(caller: &Caller<'_>) -> Faults {
    of_kind(caller, "calendar", "calendarEntries(id: $id) { name }").await
}

/// Asks something of every record of a kind: whoever may read the record is answered.
pub(super) async fn of_kind(caller: &Caller<'_>, kind: &str, asked: &str) -> Faults {
    let (def, mut faults) = (KINDS.get(kind).expect("a kind"), Faults::new());
    let field = asked.split('(').next().unwrap_or_default();
    for (name, id) in caller.stage.targets(def.name) {
        let ty = if asked.contains("code: $id") { "String!" } else { "ID!" };
        let text = format!("query($id: {ty}) {{ {asked} }}");
        let answer = caller.client.graphql(&text, json!({ "id": id })).await;
        let wanted = caller.read(def, id).await;
        faults.extend(caller.expect(&format!("{field} {name}"), status(&answer, field), wanted, &answer));
    }
    faults
}

/// Reads something of every plan.
pub(super) async fn of_plan(caller: &Caller<'_>, field: &str) -> Faults {
    of_kind(caller, "plan", &format!("{field}(id: $id) {{ id }}")).await
}

/// Reads something of every country.
pub(super) async fn of_country(caller: &Caller<'_>, field: &str) -> Faults {
    of_kind(caller, "country", &format!("{field}(code: $id) {{ country {{ id }} }}")).await
}
