//! Whose records are: lists of one's own, and what rows tell of their country.

use serde_json::{Value as Json, json};

use super::{at, each, titles};
use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};
use concord::domain::KINDS;

/// What a record tells of its country.
fn told(record: &Json) -> Json {
    json!([record["owner_country"], record["regions"], record["is_demo"]])
}

/// Makes a second region, and Kyrgyzstan a member of it by these members besides.
async fn second_region(app: &TestApp, besides: Json) -> Answer {
    let steward = app.user("steward").await;
    steward.post("/regions", json!({"code": "AA", "name": "Another", "language": "en"})).await.ok(201);
    let mut membership = json!({"country": "KGZ", "region": "AA", "standing": "unclear", "is_primary": false, "source": "test"});
    membership.as_object_mut().expect("an object").extend(besides.as_object().cloned().expect("members"));
    steward.post("/region-memberships", membership).await
}

#[tokio::test]
async fn rows_tell_country_regions_and_whether_they_are_of_the_demonstration() {
    app(async |app| {
        let made = second_region(app, json!({})).await;
        let steward = app.user("steward").await;
        steward.edit("/countries/KAZ", json!({"is_demo": true})).await.ok(200);
        let (me, abroad) = (app.user("focal_point").await, app.user("foreign_focal_point").await);
        let get = async |who: &Client<'_>, path: &str| told(who.get(path).await.ok(200));

        let (here, nowhere) = (json!(["KGZ", ["CA", "AA"], false]), json!([null, [], false]));
        assert_eq!(told(made.ok(201)), here);
        for (kind, name) in [
            ("tasks", "task:national"),
            ("agencies", "agency:KGZ/MES"),
            ("memberships", "membership:MOH"),
            ("grants", "grant:officer"),
            ("participations", "participation:own"),
            ("participations", "participation:fact"),
            ("region-memberships", "region_membership:KGZ"),
            ("countries", "country:KGZ"),
        ] {
            assert_eq!(get(&me, &at(app, kind, name)).await, here, "{name}");
        }
        assert_eq!(get(&me, &at(app, "plans", "plan:regional")).await, nowhere);
        assert_eq!(get(&me, &at(app, "frameworks", "framework:CWC")).await, json!([null, null, null]));
        assert_eq!(get(&abroad, &at(app, "tasks", "task:foreign")).await, json!(["KAZ", ["CA"], true]));
        assert_eq!(get(&abroad, "/countries/KAZ").await, json!(["KAZ", ["CA"], true]));
        assert_eq!(each(&abroad, "/tasks?country=KAZ", "/is_demo").await, [true]);
    })
    .await;
}

/// The filters `country` and `region` find what rows tell.
async fn disagreeing(who: &Client<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for def in KINDS.served().filter(|def| def.country_column().is_some()) {
        let path = format!("/{}?limit=200", def.collection);
        let all = who.get(&path).await.ok(200)["items"].as_array().cloned().expect("items");
        for (filter, value) in [("country", "KGZ"), ("country", "KAZ"), ("region", "CA"), ("region", "AA")] {
            let tells = |record: &&Json| match filter {
                "country" => record["owner_country"] == value,
                _ => record["regions"].as_array().expect("regions").contains(&json!(value)),
            };
            let told: Vec<Json> = all.iter().filter(tells).map(|record| record["id"].clone()).collect();
            if each(who, &format!("{path}&{filter}={value}"), "/id").await != told {
                found.push(format!("{}: {filter}={value}", def.collection));
            }
        }
    }
    found
}

#[tokio::test]
async fn filters_by_country_and_region_find_what_rows_tell() {
    for second in [
        json!({}),
        json!({"from_on": "2026-11-22"}),
        json!({"until_on": "2026-11-20"}),
        json!({"valid_until": "2026-11-20"}),
    ] {
        app(async |app| {
            second_region(app, second.clone()).await.ok(201);

            assert_eq!(disagreeing(&app.user("focal_point").await).await, [""; 0], "{second}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_membership_begins_and_ends_with_its_day() {
    app(async |app| {
        let days = json!({"from_on": "2026-11-22", "until_on": "2026-11-22"});
        let membership = second_region(app, days).await;
        assert_eq!(membership.ok(201)["regions"], json!(["CA"]));
        let anonymous = app.anonymous();
        let regions = async || anonymous.get("/countries/KGZ").await.ok(200)["regions"].clone();

        let before = regions().await;
        app.state.clock.advance(chrono::TimeDelta::days(1));
        let that_day = regions().await;
        app.state.clock.advance(chrono::TimeDelta::days(1));
        let after = regions().await;

        assert_eq!((before, that_day, after), (json!(["CA"]), json!(["CA", "AA"]), json!(["CA"])));
    })
    .await;
}

#[tokio::test]
async fn each_write_of_a_mutation_is_shown_with_what_those_before_it_changed() {
    app(async |app| {
        let steward = app.user("steward").await;
        let mutation = r#"mutation {
            before: updateCountry(input: {id: "ID", expectedVersion: 1, nameLocal: "A"}) { country { regions isDemo } }
            createRegion(input: {code: "AA", name: "Another", language: "en"}) { region { code } }
            createRegionMembership(input: {country: "KGZ", region: "AA", standing: MEMBER, isPrimary: false, source: "x"}) {
                regionMembership { ownerCountry regions country { regions } } }
            after: updateCountry(input: {id: "ID", expectedVersion: 2, isDemo: true}) { country { regions isDemo } }
        }"#;
        let mutation = mutation.replace("ID", &app.world.id("country:KGZ").to_string());

        let done = steward.graphql(&mutation, json!({})).await;

        let both = json!(["CA", "AA"]);
        let made = json!({"ownerCountry": "KGZ", "regions": both, "country": {"regions": both}});
        assert_eq!(done.data()["before"]["country"], json!({"regions": ["CA"], "isDemo": false}));
        assert_eq!(done.data()["createRegionMembership"]["regionMembership"], made);
        assert_eq!(done.data()["after"]["country"], json!({"regions": both, "isDemo": true}));
    })
    .await;
}

#[tokio::test]
async fn a_change_of_regions_is_a_new_answer_and_no_new_version() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "tasks", "task:national");
        let before = me.get(&path).await;
        let history = format!("{path}/history");

        second_region(app, json!({})).await.ok(201);
        let after = me.with("if-none-match", before.etag()).get(&path).await;
        let edited = me.patch(&path, &before.etag(), json!({"title": "Edited"})).await;
        let past = me.get(&history).await;

        assert_eq!(after.ok(200)["version"], before.body["version"]);
        assert_eq!(edited.ok(200)["regions"], json!(["CA", "AA"]));
        assert_eq!(past.ok(200)["items"][1]["changes"], json!({"title": ["Task national", "Edited"]}));
        assert_eq!(past.body["items"][0]["changes"]["owner_country"], Json::Null);
        assert_eq!(past.body["items"][0]["record"]["owner_country"], "KGZ");
    })
    .await;
}

#[tokio::test]
async fn the_feed_tells_country_and_regions_as_lists_do() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "tasks", "task:national");
        let list = me.get(&path).await;

        let told_by_feed = me.get("/changes?kinds=task&limit=200").await;

        let items = told_by_feed.ok(200)["items"].as_array().cloned().expect("items");
        let change = items.iter().find(|one| one["id"] == list.body["id"]).expect("the task");
        assert_eq!(told(&change["record"]), told(list.ok(200)));
    })
    .await;
}

#[tokio::test]
async fn mine_is_the_owner_the_caller_acts_for() {
    app(async |app| {
        let (me, abroad) = (app.user("focal_point").await, app.user("foreign_focal_point").await);
        let connection = "{ tasks(first: 50, filter: {owner: [\"MINE\"]}) { nodes { title } } }";
        let edge = "query($id: ID!) { framework(code: \"CWC\") {
            participations(first: 5, filter: {owner: [\"mine\"]}) { nodes { owner } } } plan(id: $id) { id } }";

        let own = titles(&me, "/tasks?owner=mine").await;
        let theirs = titles(&abroad, "/tasks?owner=Mine").await;
        let again = titles(&me, "/tasks?owner=mine").await;
        let with_facts = each(&me, "/participations?owner=mine&owner=reference", "/owner").await;
        let by_graphql = me.graphql(connection, json!({})).await;
        let at_edge = me.graphql(edge, json!({"id": app.world.id("plan:national")})).await;

        assert_eq!(own, titles(&me, "/tasks?owner=KGZ").await);
        assert_eq!(theirs, ["Task abroad"]);
        assert_eq!(again, own);
        assert_eq!(with_facts, ["reference", "KGZ"]);
        let nodes: Vec<Json> = own.iter().map(|title| json!({"title": title})).collect();
        assert_eq!(by_graphql.data()["tasks"]["nodes"], json!(nodes));
        assert_eq!(at_edge.data()["framework"]["participations"]["nodes"], json!([{"owner": "KGZ"}]));
    })
    .await;
}

#[tokio::test]
async fn mine_follows_who_acts_and_its_cursors_do_not_go_over() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let grant = json!({"user": "focal_point@test", "owner": "KAZ", "role": "observer"});
        app.user("foreign_focal_point").await.post("/grants", grant).await.ok(201);
        app.user("focal_point").await.accept_offers().await;
        let (here, there) = (me.with("x-concord-act-as", "KGZ"), me.with("x-concord-act-as", "KAZ"));

        let page = here.get("/tasks?owner=mine&limit=1").await;
        let next = page.ok(200)["page"]["next"].as_str().expect("a cursor");
        let go_on = format!("/tasks?owner=mine&limit=1&after={next}");

        assert_eq!(titles(&here, &go_on).await, ["Task group"]);
        assert_eq!(titles(&there, "/tasks?owner=mine").await, ["Task abroad"]);
        there.get(&go_on).await.problem(400, "cursor_invalid");
        app.user("secretariat").await.get(&go_on).await.problem(400, "cursor_invalid");
    })
    .await;
}

#[tokio::test]
async fn mine_of_whoever_acts_for_nobody_is_refused() {
    app(async |app| {
        let query = "{ tasks(first: 5, filter: {owner: [\"mine\"]}) { nodes { id } } }";
        let former = app.user("observer").await;
        let grant = at(app, "grants", "grant:observer");
        app.user("focal_point").await.edit(&grant, json!({"valid_until": "2026-11-20"})).await.ok(200);
        for who in [app.anonymous(), former] {
            let list = who.get("/tasks?owner=mine").await;
            let facts = who.get("/participations?owner=reference&owner=mine").await;
            let by_graphql = who.graphql(query, json!({})).await;

            let detail =
                "`owner`: `mine` is the owner you act for, and you act for none; sign in with a grant";
            assert_eq!(list.problem(400, "bad_request")["detail"], detail);
            assert_eq!(facts.violations(), [("?owner".to_owned(), "reference_not_found".to_owned())]);
            let fault = &by_graphql.body["errors"][0]["extensions"]["errors"][0];
            assert_eq!((&fault["pointer"], &fault["detail"]), (&json!("?owner"), &json!(detail)));
        }
    })
    .await;
}
