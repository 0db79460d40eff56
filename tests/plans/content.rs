//! What stands below a plan: protection, tree, levels, deletion.

use concord::domain::Registered;
use entity::Pillar;
use kernel::record::{Expected, Op};
use serde_json::{Value as Json, json};

use super::{adopt, at};
use crate::support::{TestApp, app, client::Client};

const KINDS: [&str; 3] = ["pillar", "objective", "action"];

/// Edits each level below the world's national plan; answers the codes.
async fn edit_each(app: &TestApp, who: &Client<'_>, body: &Json) -> Vec<String> {
    let mut codes = Vec::new();
    for kind in KINDS {
        let done = who.edit(&at(app, kind, "national"), body.clone()).await;
        codes.push(done.body["code"].as_str().unwrap_or("ok").to_owned());
    }
    codes
}

/// Deletes each level below the world's national plan; answers the codes.
async fn delete_each(app: &TestApp, who: &Client<'_>) -> Vec<String> {
    let mut codes = Vec::new();
    for kind in KINDS {
        let path = at(app, kind, "national");
        let done = who.delete(&path, &who.get(&path).await.etag()).await;
        codes.push(done.body["code"].as_str().unwrap_or("ok").to_owned());
    }
    codes
}

/// In-country levels of the records of a world's plan, from the plan down.
async fn levels(app: &TestApp, name: &str) -> Vec<Json> {
    let me = app.user("focal_point").await;
    let mut found = vec![me.get(&at(app, "plan", name)).await.ok(200)["visibility"].clone()];
    for kind in KINDS {
        found.push(me.get(&at(app, kind, name)).await.ok(200)["visibility"].clone());
    }
    found
}

#[tokio::test]
async fn the_content_of_an_adopted_plan_refuses_edits() {
    app(async |app| {
        let path = at(app, "plan", "national");
        let me = app.user("focal_point").await;
        adopt(app, &path).await;
        let plan = app.world.id("plan:national").to_string();

        let title = me.edit(&path, json!({"title": "Another plan"})).await;
        let below = edit_each(app, &me, &json!({"title": "Another text"})).await;
        let gone = delete_each(app, &me).await;
        let more = me.post("/pillars", json!({"plan": plan, "title": "One more"})).await;
        let deleted = me.delete(&path, &me.get(&path).await.etag()).await;

        title.problem(409, "plan_adopted");
        assert_eq!(below, ["plan_adopted"; 3]);
        assert_eq!(gone, ["plan_adopted"; 3]);
        more.problem(409, "plan_adopted");
        deleted.problem(409, "plan_adopted");
    })
    .await;
}

#[tokio::test]
async fn progress_is_reported_under_an_adopted_plan() {
    app(async |app| {
        let path = at(app, "action", "national");
        adopt(app, &at(app, "plan", "national")).await;
        let progress = json!({"status": "in_progress", "progress_percent": 40, "progress_note": "Drafted"});

        let by_lead = app.user("officer").await.edit(&path, progress).await;
        let by_contributor = app.user("contributor").await.edit(&path, json!({"progress_percent": 50})).await;
        let mixed =
            app.user("officer").await.edit(&path, json!({"progress_percent": 60, "title": "New"})).await;

        assert_eq!(by_lead.ok(200)["status"], "in_progress");
        assert_eq!(by_contributor.ok(200)["progress_percent"], 50);
        mixed.problem(409, "plan_adopted");
    })
    .await;
}

#[tokio::test]
async fn tasks_go_on_under_an_adopted_plan() {
    app(async |app| {
        let plan = app.world.id("plan:national").to_string();
        adopt(app, &at(app, "plan", "national")).await;
        let task = json!({"owner": "KGZ", "title": "Go on", "lead_agency": "MES", "plan": plan});

        let made = app.user("officer").await.post("/tasks", task).await;

        assert_eq!(made.ok(201)["plan"]["id"], plan);
    })
    .await;
}

#[tokio::test]
async fn the_tree_holds_the_whole_plan_in_one_document() {
    app(async |app| {
        let path = format!("{}/tree", at(app, "plan", "national"));

        let read = app.user("portal").await.get(&path).await;
        let abroad = app.user("foreign_focal_point").await.get(&path).await;

        let tree = read.ok(200);
        assert_eq!(tree["plan"]["title"], "Plan national");
        let action = &tree["pillars"][0]["objectives"][0]["actions"][0];
        assert_eq!(action["lead_agency"]["code"], "MES");
        assert_eq!(action["contributing_agencies"][0]["code"], "MOH");
        assert_eq!(action["obligations"][0]["code"], "CWC-III");
        assert_eq!(tree["obligations"][0]["code"], "CWC-III");
        abroad.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn narrowing_a_plan_narrows_what_stands_below() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = at(app, "plan", "national");

        let narrowed = me.edit(&path, json!({"visibility": "group"})).await;
        let after = levels(app, "national").await;
        let widened = me.edit(&path, json!({"visibility": "national"})).await;
        let later = levels(app, "national").await;

        narrowed.ok(200);
        assert_eq!(after, ["group"; 4]);
        widened.ok(200);
        assert_eq!(later, ["national", "group", "group", "group"]);
        app.user("observer").await.get(&at(app, "action", "national")).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn narrowing_reaches_tasks_that_the_caller_does_not_see() {
    app(async |app| {
        let plan = app.world.id("plan:national").to_string();
        let officer = app.user("officer").await;
        let task = json!({"owner": "KGZ", "title": "Quiet", "lead_agency": "MES", "plan": plan,
            "visibility": "agency"});
        let quiet = format!("/tasks/{}", officer.post("/tasks", task).await.id());
        let task = json!({"owner": "KGZ", "title": "Open", "lead_agency": "MES", "plan": plan});
        let open = format!("/tasks/{}", officer.post("/tasks", task).await.id());
        let me = app.user("focal_point").await;
        me.get(&quiet).await.problem(404, "not_found");

        me.edit(&at(app, "plan", "national"), json!({"visibility": "group"})).await.ok(200);

        assert_eq!(officer.get(&open).await.ok(200)["visibility"], "group");
        assert_eq!(officer.get(&quiet).await.ok(200)["visibility"], "agency");
        me.get(&quiet).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_child_is_not_wider_than_its_parent() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let plan = app.world.id("plan:group").to_string();
        let pillar = json!({"plan": plan, "title": "Wide", "visibility": "national"});

        let made = me.post("/pillars", pillar).await;
        let changed = me.edit(&at(app, "pillar", "group"), json!({"visibility": "national"})).await;
        let inherited = me.post("/pillars", json!({"plan": plan, "title": "As the plan"})).await;

        made.problem(422, "invalid");
        assert_eq!(made.violations(), [("/visibility".into(), "wider_than_parent".into())]);
        changed.problem(422, "invalid");
        assert_eq!(changed.violations(), [("/visibility".into(), "wider_than_parent".into())]);
        assert_eq!(inherited.ok(201)["visibility"], "group");
    })
    .await;
}

#[tokio::test]
async fn a_plan_has_no_level_of_an_agency() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let refused = me.edit(&at(app, "plan", "national"), json!({"visibility": "agency"})).await;

        refused.problem(422, "invalid");
        assert_eq!(refused.violations(), [("/visibility".into(), "level_not_allowed".into())]);
    })
    .await;
}

#[tokio::test]
async fn deleting_a_plan_deletes_what_stands_below() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let path = at(app, "plan", "released");

        let gone = me.delete(&path, &me.get(&path).await.etag()).await;

        gone.ok(204);
        me.get(&at(app, "pillar", "released")).await.problem(404, "not_found");
        me.get(&at(app, "action", "released")).await.problem(404, "not_found");
        me.get(&at(app, "task", "released")).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn deleting_a_plan_deletes_tasks_before_the_actions_they_serve() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let path = at(app, "plan", "released");
        let action = app.world.id("action:released").to_string();
        let mut serving = crate::tasks::task("Serves the action");
        (serving["plan"], serving["action"]) = (json!(app.world.id("plan:released")), json!(action));
        let task = crate::tasks::made(&me, serving).await;

        let gone = me.delete(&path, &me.get(&path).await.etag()).await;

        gone.ok(204);
        me.get(&task).await.problem(404, "not_found");
        me.get(&format!("/actions/{action}")).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_plan_with_a_task_that_others_wait_for_is_in_use() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let path = at(app, "plan", "released");
        let waits = json!({"depends_on": [app.world.id("task:released").to_string()]});
        me.edit(&at(app, "task", "national"), waits).await.ok(200);

        let refused = me.delete(&path, &me.get(&path).await.etag()).await;

        refused.problem(409, "in_use");
        me.get(&at(app, "action", "released")).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_record_stays_within_its_plan() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let elsewhere = app.world.id("objective:released").to_string();

        let refused = me.edit(&at(app, "action", "national"), json!({"objective": elsewhere})).await;

        refused.problem(422, "invalid");
        assert_eq!(refused.violations(), [("/plan".into(), "rule_broken".into())]);
    })
    .await;
}

#[tokio::test]
async fn keys_of_two_owners_are_kept_apart_where_the_owner_follows_from_the_plan() {
    app(async |app| {
        let pillar = |plan: &str, title: &str| Op::Upsert {
            source_system: "crm".into(),
            external_key: "P1".into(),
            expected: Expected::Anything,
            fields: json!({"plan": app.world.id(plan), "title": title})
                .as_object()
                .cloned()
                .unwrap_or_default(),
        };
        let (home, abroad) = (pillar("plan:national", "Home"), pillar("plan:foreign", "Abroad"));
        let again = pillar("plan:foreign", "Abroad, again");
        let def = Pillar::def();

        let made = app
            .system()
            .write(async move |unit| {
                unit.apply_one(def, home.clone()).await?;
                unit.apply_one(def, abroad.clone()).await?;
                unit.apply_one(def, again.clone()).await
            })
            .await
            .expect("three writes");

        let row = made.row.expect("a row");
        assert_eq!((row.owner(), row.version(), row.text("title")), ("KAZ", 2, Some("Abroad, again")));
    })
    .await;
}

#[tokio::test]
async fn actions_that_serve_an_obligation_and_obligations_without_action_are_one_call_each() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let query = "{ obligations { nodes { code actions(filter: { owner: [\"KGZ\"] }) { totalCount } } } }";

        let served = me.get("/actions?obligation=CWC-III&owner=KGZ").await;
        let each = me.graphql(query, json!({})).await;

        let titles: Vec<&Json> =
            served.ok(200)["items"].as_array().expect("items").iter().map(|one| &one["title"]).collect();
        assert_eq!(titles, ["Action national", "Action group", "Action released"]);
        let wanted = json!([{"code": "CWC-III", "actions": {"totalCount": 3}}, {"code": "CWC-VII", "actions": {"totalCount": 0}}]);
        assert_eq!(each.data()["obligations"]["nodes"], wanted);
    })
    .await;
}
