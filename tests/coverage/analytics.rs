//! Figures: they count what the lists of their caller have, of every kind.

use concord::domain::{KINDS, flat::VIEWS};
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

/// A flat view, as a page or a file: a row for what its list has, where it is of one.
pub async fn flat(caller: &Caller<'_>, path: &str) -> Option<Faults> {
    let name = path.trim_start_matches('/').trim_end_matches(".{format}");
    VIEWS.iter().find(|view| view.name == name)?;
    let is_file = path.ends_with("{format}");
    let asked = if is_file { format!("/{name}.csv") } else { format!("/{name}?total=true") };
    let answer = caller.client.get(&asked).await;
    let mut faults = caller.expect(&asked, answer.status, 200, &answer);
    let list = match name {
        "task_flat" => "tasks",
        "plan_action_flat" => "actions",
        _ => return Some(faults),
    };
    let total = caller.client.get(&format!("/{list}?limit=1&total=true")).await.body["page"]["total"].clone();
    let told = if is_file {
        let lines = csv::Reader::from_reader(answer.bytes.as_slice()).into_records().count();
        json!(lines)
    } else {
        answer.body["page"]["total"].clone()
    };
    if told != total {
        faults.push(format!("{} {asked}: {told} of {total}", caller.name));
    }
    Some(faults)
}

/// The same through GraphQL.
pub async fn views(caller: &Caller<'_>) -> Faults {
    let mut faults = Faults::new();
    for view in &VIEWS {
        let query = "query($n: String!) { flatView(name: $n, first: 1) { totalCount } }";
        let answer = caller.client.graphql(query, json!({"n": view.name})).await;
        let rest = caller.client.get(&format!("/{}?limit=1&total=true", view.name)).await;
        let (told, total) = (&answer.body["data"]["flatView"]["totalCount"], &rest.body["page"]["total"]);
        if told.is_null() || told != total {
            faults.push(format!("{} flatView of {}: {told} of {total}", caller.name, view.name));
        }
    }
    faults
}

/// The cubes and their list, which are the same for everybody.
pub async fn cubes(caller: &Caller<'_>, end: &str) -> Faults {
    let path = format!("/cubes{}", end.replace("{name}", "gaps-by-area"));
    let answer = caller.client.get(&path).await;
    caller.expect(&path, answer.status, 200, &answer)
}

/// The same through GraphQL.
pub async fn cubes_of_graphql(caller: &Caller<'_>, name: &str) -> Faults {
    let query = match name {
        "cubes" => "query { cubes { name } }",
        _ => "query { cube(name: \"gaps-by-area\") { rows { cells { name number } } } }",
    };
    let answer = caller.client.graphql(query, json!({})).await;
    let is_told = answer.body["errors"].is_null();
    if is_told { Faults::new() } else { vec![format!("{} {name}: {}", caller.name, answer.body)] }
}

/// Kinds whose past is told nowhere but in their histories.
const fn is_of_the_present(def: &KindDef) -> bool {
    matches!(def.class, Class::Person | Class::Grant | Class::Key | Class::Shared)
}
