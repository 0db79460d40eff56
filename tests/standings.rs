//! What a process remembers of callers: whatever another process changes, the next statement knows.

use concord::{
    domain::{
        KINDS,
        sharing::{self, NewRelease},
    },
    signin::session,
};
use kernel::{db::Db, record::Op};
use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client, start};

/// Another process on the same database.
async fn process(app: &TestApp) -> TestApp {
    let db = Db::connect(&app.url, 4).await.expect("the database opens");
    TestApp::on(db, app.world.clone(), app.url.clone()).await
}

/// Edits a record of the world in this process.
async fn edit(process: &TestApp, name: &str, fields: Json) {
    let kind = name.split(':').next().expect("a kind");
    let fields = fields.as_object().cloned().expect("fields");
    write(process, kind, Op::Update { id: process.world.id(name), version: Some(1), fields }).await;
}

async fn create(process: &TestApp, kind: &str, fields: Json) {
    write(process, kind, Op::Create(fields.as_object().cloned().expect("fields"))).await;
}

async fn write(process: &TestApp, kind: &str, op: Op) {
    let def = KINDS.get(kind).expect("a kind");
    let mut unit = process.system().begin().await.expect("a unit");
    unit.apply_one(def, op).await.unwrap_or_else(|error| panic!("{kind}: {error:?}"));
    unit.commit().await.expect("the unit is committed");
}

/// What a caller reads at an address: status, and titles in order.
async fn read(client: &Client<'_>, path: &str) -> (u16, Vec<String>) {
    let answer = client.get(path).await;
    let items = answer.body["items"].as_array().cloned().unwrap_or_default();
    let named = |item: &Json| {
        ["title", "name", "email"].iter().find_map(|name| item[*name].as_str()).unwrap_or_default().to_owned()
    };
    let mut titles: Vec<String> = items.iter().map(named).collect();
    titles.sort();
    (answer.status, titles)
}

/// Lets another process change something, and holds what a remembered caller reads afterwards against what it
/// reads in a process that remembers nobody.
async fn changes<F>(who: &str, path: &str, change: F)
where
    F: AsyncFnOnce(&TestApp, &Client<'_>),
{
    app(async |app| {
        let (second, third) = (process(app).await, process(app).await);
        let me = if who == "anonymous" { app.anonymous() } else { app.user(who).await };
        let before = read(&me, path).await;
        assert_eq!(read(&me, path).await, before);

        change(&second, &me).await;
        let after = read(&me, path).await;
        let truth = read(&me.at(&third), path).await;

        assert_ne!(after, before, "{who} {path}");
        assert_eq!(after, truth, "{who} {path}");
        second.close().await;
        third.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_grant_that_ends() {
    changes("officer", "/tasks", async |other, _| {
        edit(other, "grant:officer", json!({ "valid_until": "2026-11-01" })).await;
    })
    .await;
}

#[tokio::test]
async fn a_grant_that_is_given() {
    changes("bystander", "/plans", async |other, _| {
        let grant = json!({ "user": "bystander@test", "owner": "KGZ", "role": "secretariat" });
        create(other, "grant", grant).await;
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_ended() {
    changes("officer", "/tasks", async |other, _| {
        let ctx = other.system();
        let user = other.world.id("officer");
        session::end_by(ctx.db.writing(), user, start()).await.expect("sessions end");
    })
    .await;
}

#[tokio::test]
async fn an_account_that_is_closed() {
    changes("officer", "/tasks", async |other, _| {
        edit(other, "user:officer", json!({ "valid_until": "2026-11-01T00:00:00Z" })).await;
    })
    .await;
}

#[tokio::test]
async fn a_seat_in_a_group() {
    changes("contributor", "/plans", async |other, _| {
        edit(other, "membership:MOH", json!({ "until_on": "2026-11-01" })).await;
    })
    .await;
}

#[tokio::test]
async fn a_seat_that_is_new() {
    changes("bystander", "/plans", async |other, _| {
        let group = other.world.id("working_group:KGZ");
        create(other, "membership", json!({ "working_group": group, "agency": "MOF" })).await;
    })
    .await;
}

#[tokio::test]
async fn a_country_that_leaves_its_region() {
    changes("focal_point", "/plans", async |other, _| {
        edit(other, "region_membership:KGZ", json!({ "standing": "suspended" })).await;
    })
    .await;
}

#[tokio::test]
async fn a_set_that_is_shared_with_anew() {
    changes("bystander", "/plans", async |other, _| {
        let plan = json!({ "owner": "KGZ", "kind": "cbrn_nap", "title": "Shared", "domains": ["C"],
            "language": "en", "visibility": "group", "shared_with": { "agencies": ["MOF", "MES"] } });
        create(other, "plan", plan).await;
    })
    .await;
}

#[tokio::test]
async fn a_release_that_begins() {
    changes("anonymous", "/plans", async |other, _| {
        let release = NewRelease {
            audiences: vec!["public".into()],
            basis: None,
            purpose: None,
            from_at: start(),
            until_at: None,
            key: None,
        };
        let plan = other.world.id("plan:national");
        other
            .system()
            .run(async |unit| sharing::release(unit, plan, &release).await)
            .await
            .expect("a release");
    })
    .await;
}

#[tokio::test]
async fn the_languages_of_a_country() {
    app(async |app| {
        let second = process(app).await;
        let plan = json!({ "owner": "KGZ", "kind": "cbrn_nap", "title": "Plan", "language": "ky", "domains": ["C"],
            "translations": { "ru": { "title": "План" }, "en": { "title": "Plan in English" } } });
        create(&second, "plan", plan).await;
        let me = app.user("focal_point").await.with("accept-language", "uz");
        let before = read(&me, "/plans?q=Plan").await;

        edit(&second, "country:KGZ", json!({ "official_languages": ["ru", "ky"] })).await;
        let after = read(&me, "/plans?q=Plan").await;

        assert_ne!(before, after);
        second.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_regions_of_a_country() {
    app(async |app| {
        let second = process(app).await;
        let me = app.user("officer").await;
        let told = async || {
            let read = me.get("/tasks?limit=1").await;
            ["regions", "is_demo"].map(|name| read.ok(200)["items"][0][name].clone())
        };
        let before = told().await;

        edit(&second, "region_membership:KGZ", json!({ "until_on": "2026-11-20" })).await;
        let left = told().await;
        edit(&second, "country:KGZ", json!({ "is_demo": true })).await;
        let invented = told().await;

        assert_eq!(before, [json!(["CA"]), json!(false)]);
        assert_eq!(left, [json!([]), json!(false)]);
        assert_eq!(invented, [json!([]), json!(true)]);
        second.close().await;
    })
    .await;
}

#[tokio::test]
async fn time_alone() {
    app(async |app| {
        let me = app.user("partner").await;
        let before = read(&me, "/plans").await;
        let until = start() + chrono::TimeDelta::minutes(5);
        let release = NewRelease {
            audiences: vec!["partners".into()],
            basis: None,
            purpose: None,
            from_at: start(),
            until_at: Some(until),
            key: None,
        };
        let plan = app.world.id("plan:national");
        app.system().run(async |unit| sharing::release(unit, plan, &release).await).await.expect("a release");
        let during = read(&me, "/plans").await;

        app.state.clock.advance(chrono::TimeDelta::minutes(5));
        let after = read(&me, "/plans").await;

        assert_ne!(before, during);
        assert_eq!(before, after);
    })
    .await;
}

/// Statements of one request of somebody who is remembered.
async fn cost(path: &str, who: &str) -> u64 {
    let mut found = 0;
    app(async |app| {
        let counted = crate::statements::counted(app);
        let me = counted.user(who).await;
        let path = path.replace("TASK", &app.world.id("task:national").to_string());
        me.get(&path).await.ok(200);
        let before = counted.state.db.statements();
        me.get(&path).await.ok(200);
        found = counted.state.db.statements() - before;
    })
    .await;
    found
}

#[tokio::test]
async fn a_warm_read_is_one_statement() {
    assert_eq!(cost("/tasks/TASK", "officer").await, 1);
}

#[tokio::test]
async fn a_warm_list_with_its_total_is_two_statements() {
    assert_eq!(cost("/tasks?total=true", "officer").await, 2);
}

#[tokio::test]
async fn a_warm_list_of_what_has_no_texts_is_one_statement() {
    assert_eq!(cost("/participations?owner=mine", "officer").await, 1);
}
