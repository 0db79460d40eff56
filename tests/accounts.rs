//! Users and grants: who may make whom.

mod closing;
mod consent;
mod erasure;
mod focal_points;

use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

fn grant(owner: &str, user: &str, role: &str) -> Json {
    json!({"owner": owner, "user": user, "role": role})
}

fn of_agency(user: &str, role: &str, agency: &str) -> Json {
    json!({"owner": "KGZ", "user": user, "role": role, "agency": agency})
}

fn at(app: &TestApp, grant: &str) -> String {
    format!("/grants/{}", app.world.id(&format!("grant:{grant}")))
}

async fn delete(who: &Client<'_>, path: &str) -> crate::support::client::Answer {
    who.delete(path, &who.get(path).await.etag()).await
}

#[tokio::test]
async fn nobody_grants_to_oneself_or_edits_ones_own_grants() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let own = at(app, "focal_point");

        let by_id =
            me.post("/grants", grant("KGZ", &app.world.id("focal_point").to_string(), "approver")).await;
        let by_mail = me.post("/grants", grant("KGZ", "focal_point@test", "approver")).await;
        let longer = me.edit(&own, json!({"valid_until": "2099-01-01"})).await;
        let gone = delete(&me, &own).await;
        let operator = app.user("operator").await;
        let more = operator.post("/grants", grant("reference", "operator@test", "steward")).await;

        by_id.problem(403, "forbidden");
        by_mail.problem(403, "forbidden");
        longer.problem(403, "forbidden");
        gone.problem(403, "forbidden");
        more.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn the_focal_point_makes_the_grants_of_its_country() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let observer = me.post("/grants", grant("KGZ", "new@test", "observer")).await;
        let officer = me.post("/grants", of_agency("new@test", "officer", "MOF")).await;
        let deputy = me.post("/grants", grant("KGZ", "deputy@test", "focal_point")).await;
        let abroad = me.post("/grants", grant("KAZ", "new@test", "observer")).await;
        let operator = me.post("/grants", grant("installation", "new@test", "operator")).await;
        let regional = me.post("/grants", grant("region:CA", "new@test", "regional")).await;

        observer.ok(201);
        assert_eq!(officer.ok(201)["agency"]["code"], "MOF");
        deputy.ok(201);
        abroad.problem(403, "forbidden");
        operator.problem(403, "forbidden");
        regional.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn an_agency_lead_grants_officers_of_its_agency_only() {
    app(async |app| {
        let me = app.user("lead").await;

        let own = me.post("/grants", of_agency("new@test", "officer", "MES")).await;
        let other = me.post("/grants", of_agency("new@test", "officer", "MOH")).await;
        let lead = me.post("/grants", of_agency("new@test", "agency_lead", "MES")).await;
        let observer = me.post("/grants", grant("KGZ", "new@test", "observer")).await;
        let ended = delete(&me, &at(app, "officer")).await;
        let hidden = me.get(&at(app, "contributor")).await;

        own.ok(201);
        other.problem(403, "forbidden");
        lead.problem(403, "forbidden");
        observer.problem(403, "forbidden");
        ended.ok(204);
        hidden.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn others_grant_nothing() {
    app(async |app| {
        let body = grant("KGZ", "new@test", "observer");

        let secretariat = app.user("secretariat").await.post("/grants", body.clone()).await;
        let officer = app.user("officer").await.post("/grants", body.clone()).await;
        let steward = app.user("steward").await.post("/grants", body.clone()).await;
        let operator = app.user("operator").await.post("/grants", body.clone()).await;
        let anonymous = app.anonymous().post("/grants", body).await;

        secretariat.problem(403, "forbidden");
        officer.problem(403, "forbidden");
        steward.problem(403, "forbidden");
        operator.problem(403, "forbidden");
        anonymous.problem(401, "unauthenticated");
        let users = app.user("operator").await.get("/users?email=new@test").await;
        assert_eq!(users.ok(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_refused_invitation_makes_no_account() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let broken = me.post("/grants", grant("KGZ", "new@test", "officer")).await;

        broken.problem(422, "invalid");
        assert_eq!(broken.violations(), [("/agency".into(), "rule_broken".into())]);
        let users = app.user("operator").await.get("/users?email=new@test").await;
        assert_eq!(users.ok(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_refused_item_of_a_batch_makes_no_account() {
    app(async |app| {
        let items = json!([{"op": "create", "data": grant("KGZ", "new@test", "observer")}]);
        let batch = json!({"atomic": "each", "items": items});

        let by_observer = app.user("observer").await.post("/grants/batch", batch.clone()).await;
        let abroad = app.user("foreign_focal_point").await.post("/grants/batch", batch).await;

        assert_eq!(by_observer.ok(200)["outcomes"][0]["errors"][0]["code"], "forbidden");
        assert_eq!(abroad.ok(200)["outcomes"][0]["errors"][0]["code"], "forbidden");
        let users = app.user("operator").await.get("/users?email=new@test").await;
        assert_eq!(users.ok(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_mail_address_makes_no_account() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let spaced = me.post("/grants", grant("KGZ", "a b@test", "observer")).await;
        let short = me.post("/grants", grant("KGZ", "@", "observer")).await;

        spaced.problem(422, "invalid");
        short.problem(422, "invalid");
        assert_eq!(spaced.violations()[0].0, "/user");
        assert_eq!(short.violations()[0].0, "/user");
    })
    .await;
}

#[tokio::test]
async fn accounts_are_seen_by_those_who_oversee_them() {
    app(async |app| {
        let of = |name: &str| format!("/users/{}", app.world.id(name));
        let focal_point = app.user("focal_point").await;
        let lead = app.user("lead").await;

        focal_point.get(&of("contributor")).await.ok(200);
        focal_point.get(&of("foreign_observer")).await.problem(404, "not_found");
        lead.get(&of("officer")).await.ok(200);
        lead.get(&of("contributor")).await.problem(404, "not_found");
        app.user("officer").await.get(&of("officer")).await.ok(200);
        app.user("officer").await.get(&of("lead")).await.problem(404, "not_found");
        app.user("operator").await.get(&of("foreign_observer")).await.ok(200);
        app.anonymous().get(&of("officer")).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_user_shows_only_grants_its_reader_may_see() {
    app(async |app| {
        let abroad = app.user("foreign_focal_point").await;
        abroad.post("/grants", grant("KAZ", "observer@test", "observer")).await.ok(201);
        let me = app.user("focal_point").await;
        let user = app.world.id("observer").to_string();
        let query = "query($id: ID!) { user(id: $id) { grants { nodes { owner } totalCount } } }";

        let seen = me.graphql(query, json!({"id": user})).await;
        let listed = me.get(&format!("/grants?user={user}&total=true")).await;

        let grants = json!({"nodes": [{"owner": "KGZ"}], "totalCount": 1});
        assert_eq!(seen.data()["user"]["grants"], grants);
        assert_eq!(listed.ok(200)["page"]["total"], 1);
    })
    .await;
}

#[tokio::test]
async fn a_person_edits_its_own_account_and_nobody_elses() {
    app(async |app| {
        let me = app.user("officer").await;
        let own = format!("/users/{}", app.world.id("officer"));
        let focal_point = app.user("focal_point").await;

        let named = me.edit(&own, json!({"name": "Duty officer"})).await;
        let by_focal_point = focal_point.edit(&own, json!({"name": "Somebody"})).await;
        let mail = me.edit(&own, json!({"email": "other@test"})).await;

        assert_eq!(named.ok(200)["name"], "Duty officer");
        by_focal_point.problem(403, "forbidden");
        mail.problem(422, "invalid");
        assert_eq!(mail.violations(), [("/email".into(), "unknown_member".into())]);
    })
    .await;
}

#[tokio::test]
async fn a_version_read_serves_the_next_write_wherever_the_grant_belongs() {
    app(async |app| {
        let operator = app.user("operator").await;
        let made = operator.post("/grants", grant("org:UNICRI", "desk@test", "partner")).await;
        let path = format!("/grants/{}", made.id());

        let edited = operator.patch(&path, &made.etag(), json!({"valid_until": "2030-01-01"})).await;
        let stale = operator.patch(&path, &made.etag(), json!({"valid_until": "2031-01-01"})).await;
        let gone = operator.delete(&path, &edited.etag()).await;

        assert_eq!(edited.ok(200)["version"], 2);
        assert_eq!(stale.problem(412, "stale_version")["current_version"], 2);
        gone.ok(204);
    })
    .await;
}

#[tokio::test]
async fn keys_of_accounts_are_the_operators_and_tell_nobody_else_anything() {
    app(async |app| {
        let keyed =
            |mail: &str| json!({"email": mail, "name": "N", "source_system": "hr", "external_key": "1001"});
        app.user("operator").await.post("/users", keyed("kept@test")).await.ok(201);
        let me = app.user("focal_point").await;
        let free = json!({"email": "free@test", "name": "N", "source_system": "hr", "external_key": "1002"});

        let taken = me.post("/users", keyed("new@test")).await;
        let free = me.post("/users", free).await;
        let by_key = me.put("/users/by-key/hr/1001", json!({"email": "new@test", "name": "N"})).await;

        let refused = [("/source_system".to_owned(), "source_system_reserved".to_owned())];
        assert_eq!(taken.violations(), refused);
        assert_eq!(free.violations(), refused);
        assert_eq!(by_key.violations(), refused);
    })
    .await;
}

#[tokio::test]
async fn what_narrows_a_portal_narrows_nobody_else() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let with = |role: &str, field: &str, value: Json| {
            let mut body = grant("KGZ", "new@test", role);
            body[field] = value;
            body
        };

        let ceiling = me.post("/grants", with("observer", "read_ceiling", json!("public"))).await;
        let kinds = me.post("/grants", with("secretariat", "write_kinds", json!(["task"]))).await;
        let blind = me.post("/grants", with("portal", "write_kinds", json!(["task"]))).await;
        let portal = me.post("/grants", with("portal", "read_ceiling", json!("national"))).await;

        assert_eq!(ceiling.violations(), [("/read_ceiling".into(), "rule_broken".into())]);
        assert_eq!(kinds.violations(), [("/write_kinds".into(), "rule_broken".into())]);
        assert_eq!(blind.violations(), [("/read_ceiling".into(), "rule_broken".into())]);
        portal.ok(201);
    })
    .await;
}

#[tokio::test]
async fn instants_are_kept_to_the_microsecond_on_both_databases() {
    app(async |app| {
        let operator = app.user("operator").await;
        let path = format!("/users/{}", app.world.id("officer"));
        let until = json!({"valid_until": "2030-01-01T00:00:00.1234567Z"});

        let once = operator.edit(&path, until.clone()).await;
        let again = operator.edit(&path, until).await;

        assert_eq!(once.ok(200)["valid_until"], "2030-01-01T00:00:00.123456Z");
        assert_eq!(again.ok(200)["version"], once.body["version"]);
    })
    .await;
}
