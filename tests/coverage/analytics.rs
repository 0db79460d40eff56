//! Figures: they count what the lists of their caller have, of every kind.

use concord::domain::KINDS;
use kernel::{KindDef, policy::Class};
use serde_json::json;

use super::{Caller, Faults};

/// Figures of every list, now or over time.
pub async fn rest(caller: &Caller<'_>, end: &str) -> Faults {
    let mut faults = Faults::new();
    for def in KINDS.served() {
        let path = format!("/analytics/{}{end}", def.collection);
        let answer = caller.client.get(&path).await;
        if is_of_the_present(def) && end == "/series" {
            faults.extend(caller.expect(&path, answer.status, 400, &answer));
            continue;
        }
        faults.extend(caller.expect(&path, answer.status, 200, &answer));
        if answer.status != 200 || end == "/series" {
            continue;
        }
        let list = caller.client.get(&format!("/{}?limit=1&total=true", def.collection)).await;
        let (told, listed) = (&answer.body["rows"][0]["count"], &list.body["page"]["total"]);
        if told != listed {
            faults.push(format!("{} {path}: {told} of {listed}", caller.name));
        }
    }
    faults
}

/// The same through GraphQL.
pub async fn graphql(caller: &Caller<'_>, name: &str) -> Faults {
    let mut faults = Faults::new();
    for def in KINDS.served().filter(|def| !is_of_the_present(def)) {
        let query = format!(
            "query($c: String!) {{ {name}(collection: $c) {{ rows {{ cells {{ name number }} }} }} }}"
        );
        let answer = caller.client.graphql(&query, json!({"c": def.collection})).await;
        if !answer.body["errors"].is_null() {
            faults.push(format!("{} {name} of {}: {}", caller.name, def.name, answer.body));
        }
    }
    faults
}

/// Kinds whose past is told nowhere but in their histories.
const fn is_of_the_present(def: &KindDef) -> bool {
    matches!(def.class, Class::Person | Class::Grant | Class::Key | Class::Shared)
}
