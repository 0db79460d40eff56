//! What is kept of a person: exported, and erased.

use serde_json::{Value as Json, json};

use super::grant;
use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

const PASSWORD: &str = "nine quiet glaciers";

async fn erase(who: &Client<'_>, path: &str) -> Answer {
    let etag = who.get(path).await.etag();
    let body = json!({"reason": "Asked for it"}).to_string().into_bytes();
    let by_version = who.with("if-match", etag);
    let path = format!("/api/v1{path}/erase");
    by_version.send(axum::http::Method::POST, &path, Some("application/json"), body).await
}

fn account(app: &TestApp, name: &str) -> String {
    format!("/users/{}", app.world.id(name))
}

/// Everything the log and the table of accounts hold.
async fn kept(app: &TestApp) -> String {
    let mut all = String::new();
    for (table, column) in [
        ("change_payload", "before"),
        ("change_payload", "after"),
        ("\"user\"", "email"),
        ("\"user\"", "name"),
        ("session", "user_agent"),
    ] {
        all += &app.stored(table, column).await.concat();
    }
    all
}

#[tokio::test]
async fn an_erased_person_is_a_number_and_nothing_else() {
    app(async |app| {
        let (me, operator) = (app.user("officer").await, app.user("operator").await);
        concord::signin::session::set_password(&app.system(), app.world.id("officer"), PASSWORD)
            .await
            .expect("a password");
        let me_again = app.user("officer").await;
        me_again.edit(&account(app, "officer"), json!({"name": "Aidana Unforgotten"})).await.ok(200);
        let task = json!({"owner": "KGZ", "title": "Kept", "lead_agency": "MES", "language": "en"});
        let task = me_again.post("/tasks", task).await;
        let before = kept(app).await;

        let erased = erase(&operator, &account(app, "officer")).await;

        me.get("/me").await.problem(401, "unauthenticated");
        me_again.get("/me").await.problem(401, "unauthenticated");
        let name = erased.ok(200)["name"].as_str().expect("a name").to_owned();
        assert!(name.starts_with("erased-"), "{name}");
        assert_eq!(erased.body["email"], format!("{name}@erased.invalid"));
        assert_eq!(erased.body["erasure_reason"], "Asked for it");
        assert_eq!(erased.body["erased_at"], "2026-11-21T10:00:00Z");
        let after = kept(app).await;
        for trace in ["officer@test", "Aidana Unforgotten"] {
            assert!(before.contains(trace) && !after.contains(trace), "{trace}");
        }
        app.anonymous().login("officer@test", PASSWORD).await.problem(401, "unauthenticated");
        let past = operator.get(&format!("{}/history", account(app, "officer"))).await;
        let past = past.ok(200)["items"].as_array().expect("states").clone();
        assert_eq!(past.len(), 1);
        assert_eq!(past[0]["record"]["name"], name);
        assert_eq!(
            operator.get(&format!("/grants?user={}", app.world.id("officer"))).await.body["items"],
            json!([])
        );
        let wrote = operator.get(&format!("/users?email={name}@erased.invalid")).await;
        assert_eq!(wrote.ok(200)["items"][0]["id"], json!(app.world.id("officer")));
        let path = format!("/tasks/{}/history", task.id());
        let writer = app.user("focal_point").await.get(&path).await.ok(200)["items"][0]["by"].clone();
        assert_eq!((&writer["name"], &writer["role"]), (&Json::Null, &Json::Null));
        let anew = operator.post("/users", json!({"email": "officer@test", "name": "Another"})).await;
        anew.ok(201);
    })
    .await;
}

#[tokio::test]
async fn the_person_itself_and_the_operator_erase_and_export() {
    app(async |app| {
        let path = account(app, "officer");
        let export = format!("{path}/export");

        for overseer in ["focal_point", "lead"] {
            let who = app.user(overseer).await;
            erase(&who, &path).await.problem(403, "forbidden");
            who.get(&export).await.problem(403, "forbidden");
        }
        let stranger = app.user("observer").await;
        erase(&stranger, &path).await.problem(404, "not_found");
        stranger.get(&export).await.problem(404, "not_found");
        app.user("operator").await.get(&export).await.ok(200);
        app.user("officer").await.get(&export).await.ok(200);
        erase(&app.user("officer").await, &path).await.ok(200);
        let operator = app.user("operator").await;
        operator.edit(&path, json!({"valid_until": null})).await.problem(403, "forbidden");
        erase(&operator, &path).await.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn an_erasure_says_why_and_of_which_version() {
    app(async |app| {
        let operator = app.user("operator").await;
        let path = format!("{}/erase", account(app, "officer"));
        let stale = operator.with("if-match", "\"9.000000000000\"");

        let silent = operator.post(&path, json!({})).await;
        let long = operator.post(&path, json!({"reason": "x".repeat(501), "why": 1})).await;
        let blind = operator.post(&path, json!({"reason": "Asked for it"})).await;
        let late = stale.post(&path, json!({"reason": "Asked for it"})).await;

        assert_eq!(silent.violations(), [("/reason".to_owned(), "required".to_owned())]);
        let both =
            [("/reason".to_owned(), "too_long".to_owned()), ("/why".to_owned(), "unknown_member".to_owned())];
        assert_eq!(long.violations(), both);
        blind.problem(428, "version_required");
        late.problem(412, "stale_version");
        operator.get(&account(app, "officer")).await.ok(200);
        assert_eq!(app.user("officer").await.get("/me").await.ok(200)["email"], "officer@test");
    })
    .await;
}

#[tokio::test]
async fn the_last_focal_point_is_not_erased() {
    app(async |app| {
        let operator = app.user("operator").await;

        let last = erase(&operator, &account(app, "focal_point")).await;
        let more =
            app.user("focal_point").await.post("/grants", grant("KGZ", "observer@test", "focal_point")).await;
        let one_of_two = erase(&operator, &account(app, "focal_point")).await;

        last.problem(409, "last_focal_point");
        more.ok(201);
        one_of_two.ok(200);
    })
    .await;
}

#[tokio::test]
async fn what_the_log_holds_of_grants_that_are_gone_is_erased_too() {
    app(async |app| {
        let (home, operator) = (app.user("focal_point").await, app.user("operator").await);
        let made = home.post("/grants", grant("KGZ", "passing@test", "observer")).await;
        let path = format!("/grants/{}", made.id());
        home.delete(&path, &made.etag()).await.ok(204);
        let user = operator.get("/users?email=passing@test").await.ok(200)["items"][0]["id"].clone();
        let user = format!("/users/{}", user.as_str().expect("an id"));
        assert!(kept(app).await.contains("passing@test"));

        erase(&operator, &user).await.ok(200);

        assert!(!kept(app).await.contains("passing@test"));
        assert_eq!(home.get(&format!("{path}/history")).await.ok(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn addresses_of_the_erased_are_nobodys() {
    app(async |app| {
        let body = json!({"email": "erased-3@erased.invalid", "name": "N"});
        let operator = app.user("operator").await;

        let made = operator.post("/users", body).await;
        let granted =
            operator.post("/grants", grant("org:UNICRI", "erased-3@erased.invalid", "partner")).await;

        assert_eq!(made.violations(), [("/email".to_owned(), "rule_broken".to_owned())]);
        granted.problem(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn an_export_holds_everything_but_secrets_on_both_faces() {
    app(async |app| {
        let id = app.world.id("officer");
        concord::signin::session::set_password(&app.system(), id, PASSWORD).await.expect("a password");
        let me = app.user("officer").await;
        me.with("idempotency-key", "one")
            .post("/tasks", json!({"owner": "KGZ", "title": "T", "lead_agency": "MES", "language": "en"}))
            .await
            .ok(201);
        let query = "query($id: ID!) { userExport(id: $id) { exportedAt account number grants
            sessions { id createdAt refreshedAt expiresAt revokedAt userAgent }
            signIn { passwordSetAt secondFactorMadeAt recoveryCodes passwordTokenUntil } repeatableCalls
            accountHistory { record } grantHistory { number record } written { changeSets firstAt lastAt } } }";

        let told = me.get(&format!("/users/{id}/export")).await;
        let twin = me.graphql(query, json!({"id": id})).await;
        let hidden = app.user("observer").await.graphql(query, json!({"id": id})).await;

        let body = told.ok(200);
        assert_eq!(body["account"]["email"], "officer@test");
        assert_eq!(body["grants"][0]["role"], "officer");
        assert_eq!(body["sign_in"]["password_set_at"], "2026-11-21T10:00:00Z");
        assert_eq!(body["account_history"][0]["record"]["email"], "officer@test");
        assert_eq!(body["grant_history"][0]["record"]["role"], "officer");
        assert_eq!(body["written"]["change_sets"], 1);
        assert_eq!(body["repeatable_calls"].as_array().map(Vec::len), Some(1));
        assert!(body["sessions"].as_array().is_some_and(|all| !all.is_empty()));
        assert!(!body.to_string().contains("argon2") && !body.to_string().contains("hash"));
        let twin = &twin.data()["userExport"];
        for (one, other) in [
            ("account", "account"),
            ("number", "number"),
            ("grants", "grants"),
            ("repeatable_calls", "repeatableCalls"),
        ] {
            assert_eq!(body[one], twin[other], "{one}");
        }
        assert_eq!(twin["signIn"]["passwordSetAt"], body["sign_in"]["password_set_at"]);
        assert_eq!(twin["grantHistory"][0]["record"], body["grant_history"][0]["record"]);
        assert_eq!(twin["written"]["changeSets"], 1);
        assert_eq!(hidden.data()["userExport"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn erasing_has_a_twin() {
    app(async |app| {
        let mutation = "mutation($id: ID!, $why: String!) {
            eraseUser(input: {id: $id, expectedVersion: 1, reason: $why}) { user { name erasureReason } } }";
        let operator = app.user("operator").await;
        let id = app.world.id("officer");

        let silent = operator.graphql(mutation, json!({"id": id, "why": ""})).await;
        let erased = operator.graphql(mutation, json!({"id": id, "why": "Asked for it"})).await;

        assert_eq!(silent.body["errors"][0]["extensions"]["errors"][0]["pointer"], "/reason");
        assert_eq!(erased.data()["eraseUser"]["user"]["erasureReason"], "Asked for it");
    })
    .await;
}

#[tokio::test]
async fn api_keys_go_with_their_person_and_do_none_of_this() {
    app(async |app| {
        let made = app.user("officer").await.post("/api-keys", json!({"name": "Unforgotten copy"})).await;
        let secret = made.ok(201)["secret"].as_str().expect("a secret").to_owned();
        let key = Client::new(app, Some(secret));
        let path = account(app, "officer");
        let offer = app.user("foreign_focal_point").await;
        let offer = offer.post("/grants", grant("KAZ", "officer@test", "observer")).await.id();
        let exported = app.user("officer").await.get(&format!("{path}/export")).await;

        let by_key = erase(&key, &path).await;
        let export = key.get(&format!("{path}/export")).await;
        let accept = "mutation($id: ID!) { acceptGrant(input: {id: $id}) { grant { id } } }";
        let accepted = key.graphql(accept, json!({"id": offer})).await;
        erase(&app.user("operator").await, &path).await.ok(200);

        by_key.problem(403, "forbidden");
        assert!([401, 403].contains(&export.status), "{}", export.status);
        assert_eq!(accepted.body["errors"][0]["extensions"]["code"], "forbidden");
        assert_eq!(exported.ok(200)["api_keys"][0]["name"], "Unforgotten copy");
        key.get("/tasks").await.problem(401, "unauthenticated");
        assert!(!kept(app).await.contains("Unforgotten copy"));
    })
    .await;
}
