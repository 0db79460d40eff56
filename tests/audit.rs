//! Reads that leave a trace: which do, who is told of them, and that none is answered without.

mod proof;

use chrono::TimeDelta;
use kernel::db::Db;
use sea_orm::Statement;
use serde_json::{Value as Json, json};

use crate::{
    statements::counted,
    support::{TestApp, app, client::Client},
};

/// The traces there are: owner, kind and reason, oldest first.
async fn traces(app: &TestApp) -> Vec<String> {
    let all = "read_trace ORDER BY id";
    let conn = app.state.db.reading();
    let select = format!("SELECT owner, kind, why FROM {all}");
    let rows = conn.all_raw(Statement::from_string(conn.backend(), select)).await.expect("rows");
    let text = |row: &sea_orm::QueryResult, at| row.try_get_by_index::<String>(at).expect("a text");
    rows.iter().map(|row| format!("{} {} {}", text(row, 0), text(row, 1), text(row, 2))).collect()
}

/// Change sets of reads.
async fn sets(app: &TestApp) -> i64 {
    app.count("change_set WHERE cause = 'read'").await
}

fn at(app: &TestApp, name: &str) -> String {
    let kind = name.split(':').next().expect("a kind");
    format!("/{kind}s/{}", app.world.id(name))
}

fn next_minute(app: &TestApp) {
    app.state.clock.advance(TimeDelta::minutes(1));
}

/// A task that its officer has marked as restricted.
async fn restricted(app: &TestApp) -> String {
    let path = at(app, "task:national");
    app.user("officer").await.edit(&path, json!({ "handling": "restricted" })).await.ok(200);
    path
}

/// What the focal point is told, with this after the address.
async fn told(app: &TestApp, query: &str) -> Json {
    app.user("focal_point").await.get(&format!("/audit/reads{query}")).await.ok(200).clone()
}

#[tokio::test]
async fn a_read_through_a_release_leaves_one_trace_a_minute() {
    app(async |app| {
        let (partner, path) = (app.user("partner").await, at(app, "plan:released"));

        partner.get(&path).await.ok(200);
        let once = sets(app).await;
        partner.get(&path).await.ok(200);
        partner.get("/plans").await.ok(200);
        let graphql = partner.graphql("{ plans { nodes { title } } }", json!({})).await;
        let again = sets(app).await;
        next_minute(app);
        partner.get(&path).await.ok(200);

        assert!(graphql.data()["plans"]["nodes"].as_array().is_some_and(|found| !found.is_empty()));
        assert_eq!((once, again, sets(app).await), (1, 1, 2));
        assert_eq!(traces(app).await, ["KGZ plan release"; 2]);
    })
    .await;
}

#[tokio::test]
async fn one_answer_leaves_one_set_with_each_kind_it_shows() {
    app(async |app| {
        let partner = app.user("partner").await;
        let query = "{ plans { nodes { id pillars { nodes { id } } } } }";

        partner.graphql(query, json!({})).await.data();
        let flat = (sets(app).await, traces(app).await);
        next_minute(app);
        partner.get(&format!("{}/tree", at(app, "plan:released"))).await.ok(200);

        assert_eq!(flat, (1, vec!["KGZ pillar release".to_owned(), "KGZ plan release".to_owned()]));
        assert_eq!((sets(app).await, traces(app).await.len()), (2, 6));
    })
    .await;
}

#[tokio::test]
async fn what_everybody_may_read_leaves_none() {
    app(async |app| {
        let plan = app.world.id("plan:national");
        let release = json!({"subject": {"plan": plan}, "audiences": ["public", "network"]});
        app.user("focal_point").await.post("/releases", release).await.ok(201);
        let path = at(app, "plan:national");

        let mut seen = vec![app.anonymous().get(&path).await.status];
        for name in ["partner", "foreign_focal_point", "foreign_observer", "observer", "public_portal"] {
            seen.push(app.user(name).await.get(&path).await.status);
        }

        assert_eq!(seen, [200; 6]);
        assert_eq!((sets(app).await, app.count("read_trace").await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_restricted_record_is_named() {
    app(async |app| {
        let path = restricted(app).await;
        let me = app.user("contributor").await;

        me.get(&path).await.ok(200);
        me.get(&at(app, "task:group")).await.ok(200);
        let rest = told(app, "").await;
        next_minute(app);
        let query = "query($id: ID!) { task(id: $id) { title } }";
        me.graphql(query, json!({ "id": app.world.id("task:national") })).await.data();
        let twice = told(app, "").await;

        let by = json!({"id": app.world.id("contributor"), "name": "contributor", "role": "officer", "agency": "MOH"});
        let wanted = json!({"at": rest["items"][0]["at"], "owner": "KGZ", "kind": "task", "why": "restricted", "by": by,
            "acting_as": "KGZ", "ids": [app.world.id("task:national")]});
        assert_eq!(rest["items"], json!([wanted]));
        assert_eq!(twice["items"].as_array().map(Vec::len), Some(2));
        assert_eq!(twice["items"][0]["ids"], wanted["ids"]);
    })
    .await;
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_a_read() {
    app(async |app| {
        let path = restricted(app).await;
        let me = app.user("officer").await;
        let tag = me.get(&path).await.etag();
        next_minute(app);

        me.patch(&path, &tag, json!({})).await.ok(200);
        let read = sets(app).await;
        next_minute(app);
        me.patch(&path, &tag, json!({ "title": "Another" })).await.ok(200);

        assert_eq!((read, sets(app).await), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn focal_points_are_told_on_both_faces_and_nobody_else() {
    app(async |app| {
        app.user("partner").await.get(&at(app, "plan:released")).await.ok(200);
        let query = "{ auditReads { totalCount nodes { at owner kind why by { id name role } actingAs ids } } }";

        let rest = told(app, "?total=true").await;
        let graphql = app.user("focal_point").await.graphql(query, json!({})).await;
        let abroad = app.user("foreign_focal_point").await.get("/audit/reads").await;
        let mut refused = vec![app.anonymous().get("/audit/reads").await.status];
        let mut faults = vec![app.anonymous().graphql(query, json!({})).await.fault().to_owned()];
        for name in ["secretariat", "approver", "officer", "partner", "regional", "operator"] {
            refused.push(app.user(name).await.get("/audit/reads").await.status);
            faults.push(app.user(name).await.graphql(query, json!({})).await.fault().to_owned());
        }

        let one = &rest["items"][0];
        assert_eq!((&rest["page"]["total"], one["why"].as_str()), (&json!(1), Some("release")));
        assert_eq!(one["by"], json!({"id": null, "name": null, "role": "partner", "agency": null}));
        assert_eq!(one["acting_as"], "org:UNICRI");
        let twin = json!({"at": one["at"], "owner": "KGZ", "kind": "plan", "why": "RELEASE", "actingAs": "org:UNICRI", "ids": [],
            "by": {"id": null, "name": null, "role": "partner"}});
        assert_eq!(graphql.data()["auditReads"], json!({"totalCount": 1, "nodes": [twin]}));
        assert_eq!(abroad.ok(200)["items"], json!([]));
        assert_eq!(refused, [401, 403, 403, 403, 403, 403, 403]);
        assert_eq!((faults[0].as_str(), &faults[1..]), ("unauthenticated", &["forbidden"; 6].map(str::to_owned)[..]));
    })
    .await;
}

#[tokio::test]
async fn traces_are_narrowed_and_paged() {
    app(async |app| {
        let partner = app.user("partner").await;
        for name in ["plan:released", "pillar:released", "action:released"] {
            partner.get(&at(app, name)).await.ok(200);
            next_minute(app);
        }
        let kinds = |page: &Json| -> Vec<Json> {
            page["items"].as_array().expect("items").iter().map(|one| one["kind"].clone()).collect()
        };

        let first = told(app, "?limit=2").await;
        let next = first["page"]["next"].as_str().expect("a cursor");
        let second = told(app, &format!("?limit=2&after={next}")).await;
        let pillars = told(app, "?kind=pillars").await;
        let late = told(app, "?from=2026-11-21T10:02:00Z").await;
        let early = told(app, "?until=2026-11-21T10:01:00Z").await;
        let query =
            "{ auditReads(kind: \"plan\", first: 1) { nodes { kind } pageInfo { hasNextPage endCursor } } }";
        let graphql = app.user("focal_point").await.graphql(query, json!({})).await;
        let wrong = "/audit/reads?kind=plam&from=soon&after=h-1&limit=0&colour=red";
        let wrong = app.user("focal_point").await.get(wrong).await;

        assert_eq!(kinds(&first), ["action", "pillar"]);
        assert_eq!((kinds(&second), second["page"]["next"].is_null()), (vec![json!("plan")], true));
        assert_eq!(
            (kinds(&pillars), kinds(&late), kinds(&early)),
            (vec![json!("pillar")], vec![json!("action")], vec![json!("plan")])
        );
        assert_eq!(graphql.data()["auditReads"]["nodes"], json!([{ "kind": "plan" }]));
        wrong.problem(400, "bad_request");
        let places: Vec<String> = wrong.violations().into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, ["?after", "?colour", "?from", "?kind", "?limit"]);
    })
    .await;
}

#[tokio::test]
async fn the_feed_leaves_traces_and_tells_of_none() {
    app(async |app| {
        let partner = app.user("partner").await;

        let first = partner.get("/changes?kinds=plan").await;
        let left = traces(app).await;
        let next = first.ok(200)["next"].as_str().expect("a cursor").to_owned();
        let second = partner.get(&format!("/changes?kinds=plan&after={next}")).await;

        assert_eq!(left, ["KGZ plan release"]);
        assert_eq!((&second.ok(200)["items"], sets(app).await), (&json!([]), 1));
    })
    .await;
}

#[tokio::test]
async fn the_history_of_what_is_gone_leaves_a_trace_too() {
    app(async |app| {
        let path = restricted(app).await;
        let officer = app.user("officer").await;
        officer.delete(&path, &officer.get(&path).await.etag()).await.ok(204);
        let before = sets(app).await;
        next_minute(app);

        officer.get(&format!("{path}/history")).await.ok(200);

        assert_eq!((before, sets(app).await), (1, 2));
    })
    .await;
}

#[tokio::test]
async fn processes_leave_one_trace_together() {
    app(async |app| {
        let db = Db::connect(&app.url, 4).await.expect("the database opens");
        let other = TestApp::on(db, app.world.clone(), app.url.clone()).await;
        let (partner, path) = (app.user("partner").await, at(app, "plan:released"));

        partner.get(&path).await.ok(200);
        partner.at(&other).get(&path).await.ok(200);

        assert_eq!((sets(app).await, app.count("read_trace").await), (1, 1));
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_warm_read_that_is_told_already_is_one_statement() {
    app(async |app| {
        let counted = counted(app);
        let (partner, path) = (counted.user("partner").await, at(app, "plan:released"));
        partner.get(&path).await.ok(200);

        let before = counted.state.db.statements();
        partner.get(&path).await.ok(200);

        assert_eq!(counted.state.db.statements() - before, 1);
    })
    .await;
}

#[tokio::test]
async fn an_account_that_the_operator_exports_is_told_to_its_country() {
    app(async |app| {
        let path = format!("/users/{}/export", app.world.id("officer"));

        app.user("officer").await.get(&path).await.ok(200);
        let own = sets(app).await;
        app.user("operator").await.get(&path).await.ok(200);

        let told = told(app, "").await;
        let one = &told["items"][0];
        assert_eq!(own, 0);
        assert_eq!(
            (&one["kind"], &one["why"], &one["by"]["role"]),
            (&json!("user"), &json!("export"), &json!("operator"))
        );
    })
    .await;
}

/// Somebody who reads on after its release has ended leaves no trace of what it does not see.
#[tokio::test]
async fn what_is_not_shown_leaves_none() {
    app(async |app| {
        let partner: Client<'_> = app.user("partner").await;
        partner.get("/countries").await.ok(200);
        let release = at(app, "release:partners");
        app.user("focal_point").await.act(&release, "revoke", json!({"status_reason": "Over"})).await.ok(200);

        let gone = partner.get(&at(app, "plan:released")).await;
        let page = partner.get("/plans?limit=1").await;

        gone.problem(404, "not_found");
        assert_eq!(page.ok(200)["items"], json!([]));
        assert_eq!((sets(app).await, app.count("read_trace").await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn looking_as_others_is_told() {
    app(async |app| {
        let me = app.user("focal_point").await.with("x-concord-view-as", "partners");

        me.get(&at(app, "plan:released")).await.ok(200);
        me.get(&at(app, "plan:national")).await.problem(404, "not_found");
        me.graphql("{ plans { nodes { title } } }", json!({})).await.data();

        let told = told(app, "").await;
        let one = &told["items"][0];
        assert_eq!(told["items"].as_array().map(Vec::len), Some(1));
        assert_eq!((&one["kind"], &one["why"]), (&json!("plan"), &json!("view_as")));
        assert_eq!((&one["by"]["name"], &one["acting_as"]), (&json!("focal_point"), &json!("KGZ")));
    })
    .await;
}

#[tokio::test]
async fn who_saw_and_who_changed_a_record_is_one_call() {
    app(async |app| {
        let path = restricted(app).await;
        app.user("contributor").await.get(&path).await.ok(200);
        let query = "query($id: ID!) { task(id: $id) { history { nodes { op by { name role } } } } \
                     auditReads(kind: \"task\") { nodes { why by { name role } ids } } }";

        let me = app.user("focal_point").await;
        let id = app.world.id("task:national");
        let both = me.graphql(query, json!({ "id": id })).await;

        let officer = json!({"name": "officer", "role": "officer"});
        let edited =
            both.data()["task"]["history"]["nodes"].as_array().and_then(|all| all.last()).expect("an edit");
        assert_eq!(edited, &json!({"op": "UPDATE", "by": officer}));
        let read =
            json!({"why": "RESTRICTED", "by": {"name": "contributor", "role": "officer"}, "ids": [id]});
        assert!(
            both.data()["auditReads"]["nodes"].as_array().is_some_and(|all| all.contains(&read)),
            "{:?}",
            both.body
        );
    })
    .await;
}
