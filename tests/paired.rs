//! Paired worlds: what a caller may not see leaves no trace, so a world without it answers the same.

use std::collections::BTreeSet;

use concord::domain::KINDS;
use kernel::{KindDef, policy::Class, record::Op, row::Row, store};
use sea_orm::sea_query::Cond;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{
    coverage::{
        schema::{Schema, camel},
        stage::Stage,
    },
    policy_matrix::permitted,
    support::{
        TestApp, app,
        client::{Answer, Client},
    },
};

/// Members that are made anew for each request, or signed for it.
const PASSING: &[&str] = &["request_id", "next", "startCursor", "endCursor", "cursor"];

/// Everybody without what is made anew; that there is a next page stays.
fn lasting(json: &Json) -> Json {
    match json {
        Json::Object(members) => {
            let kept = members.iter().map(|(name, value)| {
                let passing = PASSING.contains(&name.as_str()) && !value.is_null();
                (name.clone(), if passing { json!("...") } else { lasting(value) })
            });
            Json::Object(kept.collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(lasting).collect()),
        other => other.clone(),
    }
}

fn kinds() -> impl Iterator<Item = &'static KindDef> {
    KINDS.all().iter().copied().filter(|def| def.class != Class::Shared)
}

async fn rows(app: &TestApp, def: &'static KindDef) -> Vec<Row> {
    store::all(app.system().db.reading(), def, Cond::all()).await.expect("rows")
}

/// What somebody may not see, kind by kind, those that refer to others first.
async fn secrets(app: &TestApp, name: &str) -> Vec<(&'static KindDef, Vec<Row>)> {
    let actor = app.actor(name).await;
    let mut found = Vec::new();
    for def in kinds().collect::<Vec<_>>().into_iter().rev() {
        let seen = permitted(app, &actor, def).await;
        let hidden = rows(app, def).await.into_iter().filter(|row| !seen.contains(&row.id()));
        found.push((def, hidden.collect::<Vec<_>>()));
    }
    found
}

/// Deletes a record where nothing that stays refers to it; answers how many went.
async fn delete(app: &TestApp, def: &'static KindDef, row: &Row) -> usize {
    let mut unit = app.system().begin().await.expect("a unit");
    let op = Op::Delete { id: row.id(), version: Some(row.version()) };
    if unit.apply_one(def, op).await.is_err() {
        unit.rollback().await;
        return 0;
    }
    unit.commit().await.expect("committed");
    1
}

/// Deletes the secrets through the write path; what visible records need stays. Answers how many went.
async fn forget(app: &TestApp, secrets: &[(&'static KindDef, Vec<Row>)]) -> usize {
    let mut gone = 0;
    // What refers to secrets goes first; a second round takes what the first one set free.
    for (def, hidden) in secrets.iter().chain(secrets) {
        let left: BTreeSet<Uuid> = rows(app, def).await.iter().map(Row::id).collect();
        for row in hidden.iter().filter(|row| left.contains(&row.id())) {
            gone += delete(app, def, row).await;
        }
    }
    gone
}

/// Records that stand in one world and not in the other.
async fn gone(with: &TestApp, without: &TestApp) -> Vec<(&'static KindDef, Row)> {
    let mut found = Vec::new();
    for def in kinds() {
        let left: BTreeSet<Uuid> = rows(without, def).await.iter().map(Row::id).collect();
        let hidden = rows(with, def).await.into_iter().filter(|row| !left.contains(&row.id()));
        found.extend(hidden.map(|row| (def, row)));
    }
    found
}

/// Filters of a list that could betray what is hidden.
fn filters(def: &KindDef, hidden: &[(&'static KindDef, Row)]) -> Vec<String> {
    let mut all: Vec<String> = [
        "total=true",
        "total=true&limit=1",
        "total=true&q=task",
        "total=true&q=a",
        "total=true&owner=KGZ",
        "total=true&owner=KAZ&owner=region:CA",
        "total=true&country=KGZ",
        "total=true&region=CA",
        "total=true&sort=-updated_at,created_at",
        "total=true&source_system=staged",
        "total=true&updated_since=2020-01-01T00:00:00Z",
        "lang=*",
        "lang=ru",
    ]
    .map(str::to_owned)
    .into();
    all.extend(def.sortable.iter().map(|key| format!("total=true&sort=-{key}")));
    let own = hidden.iter().filter(|(kind, _)| kind.name == def.name);
    all.extend(own.map(|(_, row)| format!("total=true&id={}", row.id())));
    let of = |kind: &'static str| hidden.iter().filter(move |(other, _)| other.name == kind).take(3);
    if def.name == "task" {
        for (name, target) in [
            ("plan_id", "plan"),
            ("action_id", "action"),
            ("lead_agency", "agency"),
            ("contributing_agency", "agency"),
            ("depends_on", "task"),
        ] {
            all.extend(of(target).map(|(_, row)| format!("total=true&{name}={}", row.id())));
        }
        all.extend(["MES", "MOF", "NOBODY"].map(|code| format!("total=true&lead_agency={code}")));
    }
    all
}

/// Whole lists in other forms, in every way in which they could betray what is hidden.
fn exports(def: &KindDef) -> Vec<String> {
    let ways = ["csv", "csv?labels=both", "csv?lang=ru", "csv?sort=-created_at", "ndjson", "ndjson?q=a"];
    ways.iter().map(|way| format!("/{}.{way}", def.collection)).collect()
}

/// What is not JSON is compared as it is.
fn said(answer: &Answer) -> Json {
    if answer.body.is_null() { json!(String::from_utf8_lossy(&answer.bytes)) } else { lasting(&answer.body) }
}

/// Addresses to read: lists, hidden records, what is left, unknown codes.
async fn addresses(app: &TestApp, hidden: &[(&'static KindDef, Row)]) -> Vec<String> {
    let mut all = vec!["/me".to_owned(), "/vocabularies".to_owned(), "/countries/ZZZ".to_owned()];
    for def in kinds() {
        let rows = rows(app, def).await;
        // Of a kind without records there is nothing that a filter could betray.
        let filters = if rows.is_empty() { vec!["total=true".to_owned()] } else { filters(def, hidden) };
        all.extend(filters.iter().map(|filter| format!("/{}?{filter}", def.collection)));
        all.extend(exports(def));
        for row in rows {
            let path = format!("/{}/{}", def.collection, row.id());
            all.extend(["", "/history"].map(|end| format!("{path}{end}")));
            if def.lifecycle.is_some() {
                all.push(format!("{path}/moves"));
            }
            let special = [
                ("plan", "tree"),
                ("plan", "progress"),
                ("plan", "funding"),
                ("plan", "document"),
                ("risk", "trend"),
                ("priority_method", "ranking"),
            ];
            let special = special.iter().filter(|(kind, _)| *kind == def.name);
            all.extend(special.map(|(_, end)| format!("{path}/{end}")));
        }
        all.push(format!("/{}/by-key/staged/{}", def.collection, Stage::key_of(def)));
        all.push(format!("/{}/NOT-A-CODE", def.collection));
    }
    all
}

/// Writes that refer to hidden records; they are rehearsed, or refused.
fn writes(hidden: &[(&'static KindDef, Row)]) -> Vec<(String, Json)> {
    let mut all = Vec::new();
    for (def, row) in hidden {
        let id = row.id().to_string();
        let lead = if def.name == "agency" { id.as_str() } else { "MES" };
        let mut task = json!({"owner": "KGZ", "title": "Probe", "lead_agency": lead, "language": "en"});
        match def.name {
            "task" => task["depends_on"] = json!([id]),
            "plan" => task["plan"] = json!(id),
            "action" => task["action"] = json!(id),
            "agency" | "working_group" => {}
            _ => continue,
        }
        let group = json!({"groups": [id], "agencies": []});
        if def.name == "working_group" {
            task["visibility"] = json!("group");
            task["shared_with"] = group;
        }
        let items = json!([{"op": "create", "data": task},
            {"op": "delete", "id": id, "version": row.version()},
            {"op": "update", "id": id, "version": 999, "data": {"title": "Probe"}}]);
        let batch = json!({"atomic": "each", "dry_run": true, "items": items});
        all.push(("/tasks/batch".to_owned(), batch.clone()));
        all.push((format!("/{}/batch", def.collection), batch));
        all.push((format!("/tasks/{id}/start"), json!({})));
    }
    all
}

/// Documents over every list, edge and count of the schema, and over hidden ids.
fn documents(schema: &Schema, hidden: &[(&'static KindDef, Row)]) -> Vec<(String, Json)> {
    let lists: Vec<String> = kinds().map(|def| camel(def.collection)).collect();
    let queries = schema.queries();
    let mut all: Vec<(String, Json)> = Vec::new();
    for field in queries.iter().filter(|field| lists.contains(&field.name)) {
        let picked = schema.selection(&field.output, 2);
        all.push((format!("{{ {}(first: 40) {{ {picked} }} }}", field.name), json!({})));
        all.push((format!("{{ {}(last: 1) {{ totalCount nodes {{ id }} }} }}", field.name), json!({})));
    }
    let ids: Vec<Uuid> = hidden.iter().take(200).map(|(_, row)| row.id()).collect();
    all.push(("query($ids: [ID!]!) { nodes(ids: $ids) { id } }".to_owned(), json!({ "ids": ids })));
    all
}

/// Everything one world answers, in order.
struct Voice {
    asked: Vec<(String, Json)>,
}

impl Voice {
    async fn of(
        client: &Client<'_>,
        gets: &[String],
        posts: &[(String, Json)],
        docs: &[(String, Json)],
    ) -> Self {
        let mut asked = Vec::new();
        for path in gets {
            let answer = client.get(path).await;
            asked.push((format!("GET {path}"), json!([answer.status, said(&answer)])));
        }
        for (path, body) in posts {
            let answer = client.post(path, body.clone()).await;
            asked.push((format!("POST {path} {body}"), json!([answer.status, lasting(&answer.body)])));
        }
        for body in [json!({"gzip": false}), json!({"format": "csv", "labels": "both", "gzip": false})] {
            asked.extend(copied(client, &body).await);
        }
        for (text, variables) in docs {
            let answer = client.graphql(text, variables.clone()).await;
            assert!(answer.body["errors"].is_null(), "{text}: {}", answer.body["errors"]);
            asked.push((text.clone(), lasting(&answer.body)));
        }
        Self { asked }
    }
}

/// A snapshot of everything, for whoever may ask for one: its manifest and its files.
async fn copied(client: &Client<'_>, body: &Json) -> Vec<(String, Json)> {
    let answer = client.with("prefer", "wait=25").post("/exports", body.clone()).await;
    let mut asked = vec![(format!("POST /exports {body}"), json!([answer.status, answer.body["files"]]))];
    for file in answer.body["files"].as_array().into_iter().flatten() {
        let (id, name) = (answer.body["id"].as_str().expect("an id"), file["name"].as_str().expect("a name"));
        let bytes = client.get(&format!("/exports/{id}/files/{name}")).await.bytes;
        asked.push((format!("file {name}"), json!(String::from_utf8_lossy(&bytes))));
    }
    asked
}

/// The first place in which two answers differ.
pub fn parting(a: &Json, b: &Json, at: &str) -> Option<String> {
    match (a, b) {
        (Json::Object(x), Json::Object(y)) if x.len() == y.len() => {
            x.iter().find_map(|(name, value)| parting(value, y.get(name)?, &format!("{at}/{name}")))
        }
        (Json::Array(x), Json::Array(y)) if x.len() == y.len() => {
            let pairs = x.iter().zip(y).enumerate();
            pairs.into_iter().find_map(|(i, (x, y))| parting(x, y, &format!("{at}/{i}")))
        }
        _ if a == b => None,
        _ => Some(format!("{at}: {a} here, {b} there").chars().take(400).collect()),
    }
}

async fn client<'a>(app: &'a TestApp, name: &str) -> Client<'a> {
    if name == "anonymous" { app.anonymous() } else { app.user(name).await }
}

/// Both worlds, one without what `name` may not see, asked the same by the same person.
async fn partings(name: &str, asker: &str, with: &TestApp, without: &TestApp) -> Vec<String> {
    Stage::key_world(with).await;
    Stage::key_world(without).await;
    let went = forget(without, &secrets(without, name).await).await;
    let hidden = gone(with, without).await;
    assert!(went > 0 && hidden.len() >= went, "{name}: {went} deleted, {} hidden", hidden.len());
    let schema = Schema::load().await;
    let (gets, posts) = (addresses(with, &hidden).await, writes(&hidden));
    let docs = documents(&schema, &hidden);
    let told = Voice::of(&client(with, asker).await, &gets, &posts, &docs).await;
    let kept = Voice::of(&client(without, asker).await, &gets, &posts, &docs).await;
    let pairs = told.asked.iter().zip(&kept.asked);
    pairs
        .filter_map(|((asked, a), (_, b))| Some(format!("{asker} {asked}\n    {}", parting(a, b, "")?)))
        .collect()
}

async fn answers_alike(name: &str) {
    app(async |with| {
        app(async |without| {
            let found = partings(name, name, with, without).await;

            assert!(found.is_empty(), "{} answers differ:\n{}", found.len(), found.join("\n"));
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn anonymous_callers_cannot_tell_a_world_from_one_without_its_secrets() {
    answers_alike("anonymous").await;
}

#[tokio::test]
async fn an_outsider_cannot_tell_a_world_from_one_without_its_secrets() {
    answers_alike("foreign_observer").await;
}

#[tokio::test]
async fn a_focal_point_abroad_cannot_tell_a_world_from_one_without_its_secrets() {
    answers_alike("foreign_focal_point").await;
}

#[tokio::test]
async fn a_partner_cannot_tell_a_world_from_one_without_its_secrets() {
    answers_alike("partner").await;
}

#[tokio::test]
async fn an_observer_cannot_tell_a_world_from_one_without_its_secrets() {
    answers_alike("observer").await;
}

#[tokio::test]
async fn a_bystander_cannot_tell_a_world_from_one_without_its_secrets() {
    answers_alike("bystander").await;
}

#[tokio::test]
async fn a_focal_point_cannot_tell_a_world_from_one_without_what_agencies_keep() {
    answers_alike("focal_point").await;
}

#[tokio::test]
async fn somebody_who_sees_the_secrets_hears_the_difference() {
    app(async |with| {
        app(async |without| {
            let found = partings("bystander", "focal_point", with, without).await;

            assert!(found.iter().any(|line| line.contains("GET /plans?total=true")), "{found:?}");
            assert!(found.iter().any(|line| line.contains("{ plans(")), "{found:?}");
        })
        .await;
    })
    .await;
}
