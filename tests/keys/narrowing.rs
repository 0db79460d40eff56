//! Each thing that a key narrows, and that what it leaves is what the rule and its SQL say alike.

use concord::signin::{
    api_key::{Place, presented},
    identity::Identity,
};
use kernel::{Actor, standings::Who};
use serde_json::{Value as Json, json};

use super::{Made, key_of, titles};
use crate::{
    limits::{ask, peer, read},
    policy_matrix::partings,
    support::{TestApp, app, client::Client},
};

/// A key of somebody with these limits, as a caller.
async fn client<'a>(app: &'a TestApp, name: &str, limits: Json) -> Client<'a> {
    key_of(app, name, limits).await.client(app)
}

async fn totals(who: &Client<'_>, collections: &[&str]) -> Vec<usize> {
    let mut found = Vec::new();
    for collection in collections {
        let answer = who.get(&format!("/{collection}?limit=200")).await;
        found.push(answer.ok(200)["items"].as_array().map_or(0, Vec::len));
    }
    found
}

fn task(title: &str) -> Json {
    json!({ "owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en" })
}

#[tokio::test]
async fn roles_are_those_it_keeps() {
    app(async |app| {
        let grant = json!({ "owner": "KGZ", "user": "observer@test", "role": "secretariat" });
        app.user("focal_point").await.post("/grants", grant).await.ok(201);
        let whole = client(app, "observer", json!({})).await;
        let narrow = client(app, "observer", json!({ "roles": ["observer"] })).await;

        whole.post("/tasks", task("By the secretariat")).await.ok(201);
        narrow.post("/tasks", task("By an observer")).await.problem(403, "forbidden");
        assert!(totals(&narrow, &["tasks"]).await < totals(&whole, &["tasks"]).await);
        assert_eq!(narrow.get("/me").await.ok(200)["grants"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_key_that_only_reads_writes_nothing() {
    app(async |app| {
        let key = client(app, "secretariat", json!({ "is_read_only": true })).await;
        let path = format!("/tasks/{}", app.world.id("task:national"));

        key.post("/tasks", task("T")).await.problem(403, "forbidden");
        key.edit(&path, json!({ "title": "T" })).await.problem(403, "forbidden");
        key.act(&path, "assign", json!({ "due_on": "2027-01-01" })).await.problem(403, "forbidden");
        key.delete(&path, &key.get(&path).await.etag()).await.problem(403, "forbidden");
        assert_eq!(key.get(&path).await.ok(200)["can"], json!([]));
        assert_eq!(key.get("/me").await.ok(200)["can_create"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn kinds_to_write_are_those_it_names() {
    app(async |app| {
        let key = client(app, "secretariat", json!({ "write_kinds": ["task"] })).await;
        let plan = json!({ "owner": "KGZ", "kind": "cbrn_nap", "title": "P", "domains": ["C"], "language": "en" });
        let batch = json!({ "atomic": "each", "items": [
            { "kind": "task", "op": "create", "data": task("In a batch") }, { "kind": "plan", "op": "create", "data": plan.clone() },
        ] });

        key.post("/tasks", task("T")).await.ok(201);
        key.post("/plans", plan).await.problem(403, "forbidden");
        let outcomes = key.post("/batch", batch).await.ok(200)["outcomes"].clone();
        assert_eq!(outcomes[1]["errors"][0]["code"], "forbidden", "{outcomes}");
        assert_eq!(key.get("/me").await.ok(200)["can_create"], json!(["task"]));
        let mutation = "mutation { deletePlan(input: { id: \"ID\", expectedVersion: 1 }) { deletedId } }";
        let id = app.world.id("plan:national").to_string();
        let deleted = key.graphql(&mutation.replace("ID", &id), json!({})).await;
        assert!(deleted.body["errors"].is_array(), "{}", deleted.body);
        key.get(&format!("/plans/{id}")).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn source_systems_are_those_it_names() {
    app(async |app| {
        let key = client(app, "secretariat", json!({ "source_systems": ["register"] })).await;
        let body = || json!({ "owner": "KGZ", "title": "T", "lead_agency": "MES", "language": "en" });

        key.put("/tasks/by-key/register/1", body()).await.ok(201);
        key.put("/tasks/by-key/other/1", body()).await.problem(422, "invalid");
        key.post("/tasks", body()).await.ok(201);
    })
    .await;
}

#[tokio::test]
async fn a_ceiling_lowers_what_is_read_and_written() {
    app(async |app| {
        let national = client(app, "focal_point", json!({ "read_ceiling": "national" })).await;
        let public = client(app, "focal_point", json!({ "read_ceiling": "public", "is_read_only": true })).await;
        let officer = client(app, "officer", json!({ "read_ceiling": "national" })).await;
        let seen = json!(["Task national", "Task released"]);
        let group = json!({ "owner": "KGZ", "title": "G", "lead_agency": "MES", "language": "en", "visibility": "group" });

        assert_eq!([titles(&national, "/tasks").await, titles(&officer, "/tasks").await], [seen.clone(), seen]);
        assert_eq!(titles(&public, "/tasks").await, json!([]));
        let accounts = ["users", "grants", "api-keys"];
        assert_eq!(totals(&national, &accounts).await, [0, 0, 0]);
        assert_eq!(totals(&public, &accounts).await, [0, 0, 0]);
        // Of their region focal points alone read, not everybody who works for the country.
        assert_eq!(national.get(&format!("/plans/{}", app.world.id("plan:regional"))).await.status, 404);
        national.post("/tasks", group).await.problem(403, "forbidden");
        national.post("/tasks", task("N")).await.ok(201);
        assert_eq!(totals(&public, &["countries"]).await, [2]);
    })
    .await;
}

#[tokio::test]
async fn a_ceiling_leaves_a_portal_what_its_grant_says() {
    app(async |app| {
        let portal = client(app, "portal", json!({ "read_ceiling": "public", "is_read_only": true })).await;

        assert_eq!(titles(&portal, "/tasks").await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_dashboard_key_reads_its_kinds_and_countries_and_nothing_else() {
    app(async |app| {
        let kinds = client(app, "partner", json!({ "read_kinds": ["plan"], "is_read_only": true })).await;
        let home = client(app, "partner", json!({ "countries": ["KGZ"] })).await;
        let abroad = client(app, "partner", json!({ "countries": ["KAZ"] })).await;
        let plan = format!("/plans/{}", app.world.id("plan:released"));

        assert_eq!(totals(&kinds, &["plans", "pillars", "tasks", "users", "grants"]).await, [1, 0, 0, 0, 0]);
        assert_eq!(totals(&home, &["plans", "pillars", "tasks", "users"]).await, [1, 1, 1, 0]);
        assert_eq!(totals(&abroad, &["plans", "pillars", "tasks"]).await, [0, 0, 0]);
        assert_eq!(
            [kinds.get(&plan).await.status, home.get(&plan).await.status, abroad.get(&plan).await.status],
            [200, 200, 404]
        );
        // Reference data and facts that belong to nobody are everybody's.
        assert_eq!(totals(&abroad, &["countries", "participations"]).await, [2, 1]);
        assert_eq!(totals(&kinds, &["countries"]).await, [2]);
        let query =
            "{ plans { nodes { title pillars { nodes { id } } } } tasks { totalCount } me { email } }";
        let graphql = kinds.graphql(query, json!({})).await;
        let data = &graphql.body["data"];
        assert_eq!(data["plans"]["nodes"], json!([{ "title": "Plan released", "pillars": { "nodes": [] } }]));
        assert_eq!(data["tasks"]["totalCount"], 0);
        assert!(data["me"].is_null(), "{data}");
    })
    .await;
}

#[tokio::test]
async fn the_feed_and_history_tell_what_a_key_reads() {
    app(async |app| {
        let made = key_of(app, "focal_point", json!({ "read_kinds": ["task"] })).await;
        let key = made.client(app);
        let told = key.get("/changes?limit=200").await;
        let cursor = told.ok(200)["next"].as_str().expect("a cursor").to_owned();
        let kinds: std::collections::BTreeSet<&str> = told.body["items"]
            .as_array()
            .expect("items")
            .iter()
            .filter_map(|one| one["kind"].as_str())
            .collect();
        let national = ["task", "plan", "pillar", "user", "grant", "agency"].map(|kind| kinds.contains(kind));
        let me = app.user("focal_point").await;
        me.edit(&format!("/plans/{}", app.world.id("plan:national")), json!({ "title": "Unseen" }))
            .await
            .ok(200);
        me.edit(&format!("/tasks/{}", app.world.id("task:national")), json!({ "title": "Seen" }))
            .await
            .ok(200);

        let more = key.get(&format!("/changes?after={cursor}")).await;
        let plan = key.get(&format!("/plans/{}/history", app.world.id("plan:national"))).await;
        let foreign = me.get(&format!("/changes?after={cursor}")).await;

        assert_eq!(national, [true, false, false, false, false, false]);
        assert_eq!(more.ok(200)["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(more.body["items"][0]["record"]["title"], "Seen");
        plan.problem(404, "not_found");
        foreign.problem(400, "cursor_invalid");
    })
    .await;
}

/// Statuses of reads with a key from these addresses and pages.
async fn from(app: &TestApp, made: &Made, places: &[(&str, &str)]) -> Vec<u16> {
    let bearer = format!("Bearer {}", made.secret);
    let mut found = Vec::new();
    for (address, origin) in places {
        let headers = [("authorization", bearer.as_str()), ("origin", origin)];
        let count = if origin.is_empty() { 1 } else { 2 };
        let answer = ask(&app.router, read("/api/v1/tasks", peer(address), &headers[..count])).await;
        found.push(answer.status().as_u16());
    }
    found
}

#[tokio::test]
async fn networks_and_pages_are_asked_each_time() {
    app(async |app| {
        let networks = key_of(app, "officer", json!({ "networks": ["192.0.2.0/24", "2001:db8::/32"] })).await;
        let pages =
            key_of(app, "officer", json!({ "origins": ["https://dash.example"], "is_read_only": true }))
                .await;
        let (here, there) = ("192.0.2.9", "198.51.100.9");

        let by_network =
            from(app, &networks, &[(here, ""), (there, ""), ("2001:db8::7", ""), (here, "")]).await;
        let by_page = from(
            app,
            &pages,
            &[
                (here, "https://dash.example"),
                (here, ""),
                (here, "https://dash.example.evil"),
                (here, "null"),
                (there, "https://DASH.example"),
            ],
        )
        .await;

        assert_eq!(by_network, [200, 401, 200, 200]);
        assert_eq!(by_page, [200, 401, 401, 401, 200]);
    })
    .await;
}

/// Whoever calls with a key, as the policy sees it.
async fn actor(app: &TestApp, made: &Made) -> Actor {
    let hash = presented(&made.secret).expect("a form").expect("a key");
    let identity = Identity { who: Some(Who::Key(hash)), place: Place::default(), ..Identity::default() };
    Actor::clone(&identity.load(&app.state.ctx(None)).await.expect("a caller").actor)
}

#[tokio::test]
async fn the_condition_in_sql_selects_exactly_what_the_rule_permits_a_key() {
    app(async |app| {
        let limits = [
            json!({}),
            json!({ "is_read_only": true, "read_ceiling": "public" }),
            json!({ "read_ceiling": "national" }),
            json!({ "read_kinds": ["plan", "user", "grant", "api_key"] }),
            json!({ "countries": ["KGZ"] }),
            json!({ "countries": ["KAZ"], "read_kinds": ["task", "participation"] }),
        ];
        let mut found = Vec::new();
        for name in ["focal_point", "officer", "lead", "partner", "regional", "operator", "public_portal"] {
            for limits in &limits {
                if name == "public_portal" && limits["read_ceiling"] == "national" {
                    continue;
                }
                let made = key_of(app, name, limits.clone()).await;
                found.extend(partings(app, &format!("{name} {limits}"), &actor(app, &made).await).await);
            }
        }

        assert!(found.is_empty(), "{}", found.join("\n"));
    })
    .await;
}
