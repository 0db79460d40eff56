//! View as: what a focal point is shown of how its country looks to others.

mod paired;
mod stage;

use axum::http::Method;
use concord::domain::KINDS;
use kernel::record::Op;
use serde_json::{Value as Json, json};

use crate::{
    reading::task,
    statements::counted,
    support::{
        TestApp, app,
        client::{Answer, Client},
    },
};
use stage::{add, release};

pub const VIEW_AS: &str = "x-concord-view-as";

/// The focal point, who views its country as an audience.
async fn viewing<'a>(app: &'a TestApp, audience: &str) -> Client<'a> {
    app.user("focal_point").await.with(VIEW_AS, audience)
}

fn at(app: &TestApp, kind: &str, name: &str) -> String {
    format!("/{kind}/{}", app.world.id(name))
}

fn status(answer: &Answer) -> u16 {
    answer.status
}

#[tokio::test]
async fn a_country_looks_to_others_as_they_see_it() {
    app(async |app| {
        let path = at(app, "plans", "plan:released");

        let own = app.user("focal_point").await.get(&path).await;
        let partner = viewing(app, "partners").await.get(&path).await;
        let public = viewing(app, "public").await.get(&path).await;

        assert_eq!((own.ok(200)["version"].clone(), &own.body["can"]), (json!(2), &own.body["can"]));
        assert_eq!((&partner.ok(200)["version"], &partner.body["can"]), (&Json::Null, &json!([])));
        assert!(partner.etag().starts_with("\"0."), "{}", partner.etag());
        public.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn what_agencies_keep_stays_absent() {
    app(async |app| {
        let path = at(app, "tasks", "task:agency");
        let held =
            json!({"owner": "KGZ", "user": app.world.id("focal_point"), "role": "officer", "agency": "MES"});
        add(app, "grant", held).await;

        let own = app.user("focal_point").await.get(&path).await;
        let as_agency = viewing(app, "agency:MES").await.get(&path).await;
        let list = viewing(app, "agency:MES").await.get("/tasks?total=true").await;
        let shared = viewing(app, "agency:MOF").await.get(&at(app, "tasks", "task:group")).await;

        own.ok(200);
        as_agency.problem(404, "not_found");
        assert_eq!(list.ok(200)["page"]["total"], 3);
        assert_eq!((&shared.ok(200)["version"], &shared.body["can"]), (&json!(1), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn what_was_released_and_is_kept_to_agencies_by_now_is_not_shown() {
    app(async |app| {
        let (def, id) = (KINDS.get("task").expect("a kind"), app.world.id("task:released"));
        let fields = json!({"visibility": "agency"}).as_object().cloned().expect("an object");
        let narrow = Op::Update { id, version: Some(2), fields };
        app.system().write(async |unit| unit.apply_one(def, narrow.clone()).await).await.expect("narrowed");

        let answer = viewing(app, "partners").await.get(&at(app, "tasks", "task:released")).await;

        answer.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn other_countries_show_only_what_is_public() {
    app(async |app| {
        let plan = |title: &str| {
            json!({"owner": "KAZ", "kind": "cbrn_nap", "title": title, "language": "en", "domains": ["C"]})
        };
        let (mine, public) = (add(app, "plan", plan("For KGZ")).await, add(app, "plan", plan("For all")).await);
        let partners = add(app, "plan", plan("For partners")).await;
        release(app, mine, "country:KGZ").await;
        release(app, public, "public").await;
        release(app, partners, "partners").await;

        let own = app.user("focal_point").await.get(&format!("/plans/{mine}")).await;
        let me = viewing(app, "partners").await;
        let seen = [mine, public, partners].map(|id| format!("/plans/{id}"));
        let abroad = viewing(app, "country:KAZ").await.get(&seen[1]).await;
        let region = viewing(app, "region:CA").await.get(&at(app, "plans", "plan:regional")).await;

        own.ok(200);
        assert_eq!(status(&me.get(&seen[0]).await), 404);
        assert_eq!(status(&me.get(&seen[1]).await), 200);
        assert_eq!(status(&me.get(&seen[2]).await), 404);
        assert_eq!(abroad.ok(200)["version"], Json::Null);
        region.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_release_that_is_revoked_is_gone_at_once() {
    app(async |app| {
        let me = viewing(app, "partners").await;
        let path = at(app, "plans", "plan:released");
        me.get(&path).await.ok(200);

        let id = app.world.id("release:partners");
        crate::changes::revoke(&app.system(), id, Some(1)).await.expect("revoked");

        me.get(&path).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn only_focal_points_view_as_others() {
    app(async |app| {
        for (name, status) in [
            ("secretariat", 403),
            ("observer", 403),
            ("officer", 403),
            ("regional", 403),
            ("operator", 403),
            ("foreign_focal_point", 200),
        ] {
            let answer = app.user(name).await.with(VIEW_AS, "public").get("/plans").await;
            assert_eq!(answer.status, status, "{name}: {}", answer.body);
        }
        let anonymous = app.anonymous().with(VIEW_AS, "public");
        anonymous.get("/plans").await.problem(401, "unauthenticated");
        anonymous.get("/countries").await.problem(401, "unauthenticated");
        let document = anonymous.graphql("{ plans { totalCount } }", json!({})).await;
        document.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn an_audience_that_does_not_exist_is_refused_with_the_nearest() {
    app(async |app| {
        for (named, near) in [
            ("partner", Some("`partners`")),
            ("PUBLICK", Some("`public`")),
            ("regions:CA", Some("`region:`")),
            ("region:CAA", Some("`region:CA`")),
            ("org:UNICRY", Some("`org:UNICRI`")),
            ("country:KGX", Some("`country:KGZ`")),
            ("agency:MEX", Some("`agency:MES`")),
            ("agency:SEC", Some("`agency:MES`")),
            ("public:KGZ", None),
            ("", None),
        ] {
            let answer = viewing(app, named).await.get("/plans").await;
            let text = answer.problem(400, answer.body["code"].as_str().unwrap_or_default()).to_string();
            assert!(answer.body["errors"][0]["pointer"] == "X-Concord-View-As", "{text}");
            assert!(
                near.is_none_or(|near| text.contains(&format!("did you mean {near}"))),
                "{named}: {text}"
            );
        }
        let two = viewing(app, "public").await.with(VIEW_AS, "partners").get("/plans").await;
        assert_eq!(two.status, 400, "{}", two.body);
    })
    .await;
}

#[tokio::test]
async fn audiences_are_named_as_codes_are_elsewhere() {
    app(async |app| {
        let plan =
            json!({"owner": "KGZ", "kind": "cbrn_nap", "title": "Plan", "language": "en", "domains": ["C"]});
        let id = add(app, "plan", plan).await;
        release(app, id, "country:KAZ").await;

        for named in ["country:KAZ", "Country:kaz", "country:KZ", " country:KAZ "] {
            viewing(app, named).await.get(&format!("/plans/{id}")).await.ok(200);
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_written_while_viewing_as_others() {
    app(async |app| {
        let path = at(app, "tasks", "task:national");
        for audience in ["public", "partners", "agency:MES"] {
            let me = viewing(app, audience).await;
            let etag = "\"1\"";
            let batch = json!({"dry_run": true, "items": [{"op": "create", "data": task("Probe")}]});
            me.post("/tasks", task("Probe")).await.problem(403, "viewing_as");
            me.patch(&path, etag, json!({"title": "Probe"})).await.problem(403, "viewing_as");
            me.delete(&path, etag).await.problem(403, "viewing_as");
            me.with("if-match", etag).post(&format!("{path}/start"), json!({})).await.problem(403, "viewing_as");
            me.post("/tasks/batch", batch.clone()).await.problem(403, "viewing_as");
            me.post("/batch", batch.clone()).await.problem(403, "viewing_as");
            me.put("/tasks/by-key/a/b", task("Probe")).await.problem(403, "viewing_as");
            me.post("/auth/logout", json!({})).await.problem(403, "viewing_as");
            me.send(Method::DELETE, "/api/v1/me/sessions", None, Vec::new()).await.problem(403, "viewing_as");
            for write in [
                r#"mutation { createTask(input: {title: "Probe", owner: "KGZ", leadAgency: "MES"}) { task { id } } }"#,
                r#"mutation { tasksBatch(input: {dryRun: true, items: [{op: DELETE, id: "0198c0de-0000-7000-8000-000000000001"}]}) { outcomes { id } } }"#,
            ] {
                let answer = me.graphql(write, json!({})).await;
                assert_eq!(answer.fault(), "viewing_as", "{}", answer.body);
            }
        }
        let titles = crate::reading::titles(&app.user("focal_point").await, "/tasks?q=Probe").await;
        assert_eq!(titles, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn an_audience_is_no_person() {
    app(async |app| {
        for audience in ["public", "partners", "agency:MES", "country:KGZ"] {
            let me = viewing(app, audience).await;
            me.get("/me").await.problem(404, "not_found");
            me.get("/me/sessions").await.problem(404, "not_found");
            assert_eq!(me.graphql("{ me { id } }", json!({})).await.data()["me"], Json::Null);
            for list in ["/users?total=true", "/grants?total=true"] {
                assert_eq!(me.get(list).await.ok(200)["page"]["total"], 0, "{audience} {list}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn cursors_and_validators_are_those_of_the_audience() {
    app(async |app| {
        let (own, other) = (app.user("focal_point").await, viewing(app, "country:KGZ").await);
        let next = async |who: &Client<'_>| {
            who.get("/actions?limit=1").await.ok(200)["page"]["next"].as_str().expect("a cursor").to_owned()
        };
        let end = async |who: &Client<'_>| {
            who.get("/changes?after=now").await.ok(200)["next"].as_str().expect("a cursor").to_owned()
        };
        let list = |cursor: &str| format!("/actions?limit=1&after={cursor}");
        let feed = |cursor: &str| format!("/changes?after={cursor}");
        let (mine, theirs) = (next(&own).await, next(&other).await);
        let (my_end, their_end) = (end(&own).await, end(&other).await);
        let path = at(app, "tasks", "task:national");
        let read = own.get(&path).await;

        own.get(&list(&theirs)).await.problem(400, "cursor_invalid");
        other.get(&list(&mine)).await.problem(400, "cursor_invalid");
        other.get(&list(&theirs)).await.ok(200);
        own.get(&feed(&their_end)).await.problem(400, "cursor_invalid");
        other.get(&feed(&my_end)).await.problem(400, "cursor_invalid");
        other.get(&feed(&their_end)).await.ok(200);
        viewing(app, "agency:MES").await.get(&feed(&their_end)).await.problem(400, "cursor_invalid");
        other.with("if-none-match", read.etag()).get(&path).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_cursor_of_an_audience_ends_with_the_focal_points_rights() {
    app(async |app| {
        let me = viewing(app, "partners").await;
        let cursor =
            me.get("/changes?after=now").await.ok(200)["next"].as_str().expect("a cursor").to_owned();
        let more = json!({"owner": "KGZ", "user": app.world.id("focal_point"), "role": "focal_point",
            "within_plan": app.world.id("plan:national")});

        add(app, "grant", more).await;

        me.get(&format!("/changes?after={cursor}")).await.problem(410, "rights_changed");
    })
    .await;
}

#[tokio::test]
async fn a_warm_read_as_others_is_one_statement() {
    app(async |app| {
        let counted = counted(app);
        let me = app.user("focal_point").await.with(VIEW_AS, "partners");
        let me = me.at(&counted);
        let path = at(app, "plans", "plan:released");
        me.get(&path).await.ok(200);

        let before = counted.state.db.statements();
        me.get(&path).await.ok(200);

        assert_eq!(counted.state.db.statements() - before, 1);
    })
    .await;
}
