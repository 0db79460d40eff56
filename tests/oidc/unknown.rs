//! People whom nobody here knows yet: refused, or given an account, as the settings say.

use kernel::{db::Db, record::Op};
use sea_orm::Statement;
use serde_json::{Value as Json, json};

use super::{Stage, people::create, stage};
use crate::support::{TestApp, client::Client};

fn provisioning() -> [(&'static str, Json); 1] {
    [("unknown_users", json!("provision"))]
}

/// A token of somebody new with these roles.
fn newcomer(stage: &Stage<'_>, roles: &[&str]) -> String {
    stage.token(|claims| {
        claims["sub"] = json!("newcomer");
        claims["realm_access"] = json!({ "roles": roles });
    })
}

/// The first value of each row.
async fn values(db: &Db, query: &str) -> Vec<String> {
    let rows = db.reading().all_raw(Statement::from_string(db.reading().backend(), query)).await;
    rows.expect("rows").iter().filter_map(|row| row.try_get_by_index(0).ok()).collect()
}

/// Roles that somebody has of the owner it acts for.
async fn held(who: &Client<'_>) -> Vec<String> {
    let me = who.get("/me").await;
    let grants = me.ok(200)["grants"].as_array().expect("grants").clone();
    let mut roles: Vec<String> =
        grants.iter().map(|one| one["role"].as_str().expect("a role").into()).collect();
    roles.sort();
    roles
}

async fn users(app: &TestApp) -> usize {
    values(&app.state.db, "SELECT email FROM \"user\"").await.len()
}

#[tokio::test]
async fn nobody_is_let_in_by_default() {
    stage("secretariat", &[], async |stage| {
        let before = users(stage.app).await;
        let me = stage.service.holder(newcomer(stage, &["desk"]));

        me.get("/tasks").await.problem(401, "unauthenticated");
        me.get("/countries").await.problem(401, "unauthenticated");

        assert_eq!(users(stage.app).await, before);
    })
    .await;
}

#[tokio::test]
async fn an_account_is_made_with_what_the_claims_give() {
    stage("nobody", &provisioning(), async |stage| {
        let me = stage.service.holder(newcomer(stage, &["desk", "rescue", "visitor"]));

        let roles = held(&me).await;
        let id = me.get("/me").await.body["id"].as_str().expect("an id").to_owned();
        let chief = stage.service.user("focal_point").await;
        let seen = chief.get(&format!("/users/{id}")).await;
        let grants = chief.get(&format!("/grants?user={id}")).await;
        let foreign = stage.service.user("foreign_focal_point").await.get(&format!("/users/{id}")).await;
        let logged =
            values(&stage.app.state.db, "SELECT request_id FROM change_set WHERE owner = 'KGZ'").await;

        assert_eq!(roles, ["officer", "secretariat"]);
        assert_eq!(seen.ok(200)["name"], "Person One");
        assert!(seen.body["email"].as_str().expect("an address").ends_with("@oidc.invalid"));
        assert_eq!(grants.ok(200)["items"].as_array().map(Vec::len), Some(2));
        foreign.problem(404, "not_found");
        assert!(logged.contains(&format!("issuer {}", stage.provider.url)), "{logged:?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_given_an_account_for_nothing() {
    stage("nobody", &provisioning(), async |stage| {
        let before = users(stage.app).await;
        let me = stage.service.holder(newcomer(stage, &["visitor"]));

        me.get("/me").await.problem(401, "unauthenticated");

        assert_eq!(users(stage.app).await, before);
    })
    .await;
}

#[tokio::test]
async fn an_e_mail_address_takes_over_nothing() {
    stage("nobody", &provisioning(), async |stage| {
        let token = stage.token(|claims| {
            claims["sub"] = json!("newcomer");
            claims["email"] = json!("focal_point@test");
            claims["email_verified"] = json!(true);
            claims["preferred_username"] = json!("focal_point@test");
        });

        let me = stage.service.holder(token).get("/me").await;

        assert_ne!(me.ok(200)["id"], json!(stage.app.world.id("focal_point")));
        assert_ne!(me.body["email"], "focal_point@test");
    })
    .await;
}

#[tokio::test]
async fn requests_at_once_make_one_account() {
    stage("nobody", &provisioning(), async |stage| {
        let before = users(stage.app).await;
        let me = stage.service.holder(newcomer(stage, &["desk"]));

        let answers = tokio::join!(me.get("/me"), me.get("/tasks"), me.get("/me"), me.get("/plans"));

        let statuses = [answers.0.status, answers.1.status, answers.2.status, answers.3.status];
        assert_eq!((statuses, users(stage.app).await), ([200; 4], before + 1));
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_back_is_not_given_again() {
    stage("nobody", &provisioning(), async |stage| {
        let me = stage.service.holder(newcomer(stage, &["desk"]));
        let before = held(&me).await;
        let id = me.get("/me").await.body["id"].as_str().expect("an id").to_owned();
        let chief = stage.service.user("focal_point").await;
        let grant = chief.get(&format!("/grants?user={id}")).await.body["items"][0]["id"].clone();
        let path = format!("/grants/{}", grant.as_str().expect("an id"));

        let read = chief.get(&path).await;
        chief.delete(&path, &read.etag()).await.ok(204);
        let after = held(&me).await;
        let more = held(&stage.service.holder(newcomer(stage, &["desk", "watch"]))).await;
        let other_service = stage.app.trusting(&[with_provisioning(stage)]).await;
        let elsewhere = held(&other_service.holder(newcomer(stage, &["desk", "watch"]))).await;

        assert_eq!((before, after), (vec!["secretariat".to_owned()], vec![]));
        assert_eq!((more.as_slice(), elsewhere), (["observer".to_owned()].as_slice(), more.clone()));
    })
    .await;
}

fn with_provisioning(stage: &Stage<'_>) -> Json {
    let mut settings = stage.provider.settings();
    settings["unknown_users"] = json!("provision");
    settings
}

#[tokio::test]
async fn a_closed_account_is_not_made_anew() {
    stage("nobody", &provisioning(), async |stage| {
        let me = stage.service.holder(newcomer(stage, &["desk"]));
        let id = me.get("/me").await.ok(200)["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let fields = json!({"valid_until": "2026-11-01T00:00:00Z"}).as_object().cloned().expect("fields");
        let mut unit = stage.app.system().begin().await.expect("a unit");
        let close = Op::Update { id, version: Some(1), fields };
        let user = concord::domain::KINDS.get("user").expect("a kind");
        unit.apply_one(user, close).await.expect("it is closed");
        unit.commit().await.expect("the unit is committed");
        let before = users(stage.app).await;

        me.get("/tasks").await.problem(401, "unauthenticated");

        assert_eq!(users(stage.app).await, before);
    })
    .await;
}

#[tokio::test]
async fn settings_that_do_not_fit_what_is_stored_give_nothing() {
    let grants = json!({"desk": "officer:NONE", "watch": "observer"});
    stage("nobody", &[("grants", grants), provisioning()[0].clone()], async |stage| {
        let before = users(stage.app).await;
        let mut stranger = with_provisioning(stage);
        stranger["owner"] = json!("XYZ");
        let service = stage.app.trusting(&[stranger]).await;

        let without_agency = stage.service.holder(newcomer(stage, &["desk"])).get("/me").await;
        let of_nobody = stage.token(|claims| claims["sub"] = json!("another"));
        service.holder(of_nobody).get("/tasks").await.problem(401, "unauthenticated");

        without_agency.problem(401, "unauthenticated");
        assert_eq!(users(stage.app).await, before);
    })
    .await;
}

#[tokio::test]
async fn an_account_that_was_linked_before_is_given_what_the_claims_name() {
    stage("nobody", &provisioning(), async |stage| {
        let person = create(stage.app, "user", json!({"email": "person@test", "name": "A person"})).await;
        super::link(&stage.service, &stage.provider, "newcomer", person).await;

        let me = stage.service.holder(newcomer(stage, &["desk"])).get("/me").await;

        assert_eq!(me.ok(200)["id"], json!(person));
        assert_eq!(me.body["grants"][0]["role"], "secretariat");
    })
    .await;
}
