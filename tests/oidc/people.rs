//! What somebody may do whom an issuer vouches for.

use chrono::TimeDelta;
use concord::domain::KINDS;
use kernel::record::Op;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Stage, link, stage, trusted};
use crate::{
    statements::counted,
    support::{TestApp, client::Client},
};

/// A token of `person-1` with these roles.
fn roles(stage: &Stage<'_>, roles: &[&str]) -> String {
    stage.token(|claims| claims["realm_access"] = json!({ "roles": roles }))
}

/// Ids of the tasks somebody reads.
async fn tasks(who: &Client<'_>) -> Vec<String> {
    let read = who.get("/tasks?limit=200&sort=title").await;
    let items = read.ok(200)["items"].as_array().expect("items").clone();
    items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

pub(super) async fn create(app: &TestApp, kind: &str, fields: Json) -> Uuid {
    write(app, kind, Op::Create(fields.as_object().cloned().expect("fields"))).await.expect("an id")
}

async fn write(app: &TestApp, kind: &str, op: Op) -> Option<Uuid> {
    let mut unit = app.system().begin().await.expect("a unit");
    let done = unit.apply_one(KINDS.get(kind).expect("a kind"), op).await.expect("it is done");
    unit.commit().await.expect("the unit is committed");
    done.id
}

#[tokio::test]
async fn a_person_reads_what_its_account_reads() {
    stage("officer", &[], async |stage| {
        let vouched = stage.service.holder(roles(stage, &["rescue"]));
        let signed_in = stage.service.user("officer").await;

        let read = tasks(&vouched).await;

        assert_eq!(read, tasks(&signed_in).await);
        assert!(read.len() > tasks(&stage.service.anonymous()).await.len());
    })
    .await;
}

#[tokio::test]
async fn roles_that_the_claims_do_not_name_are_not_used() {
    stage("focal_point", &[], async |stage| {
        let chief = stage.service.holder(roles(stage, &["chief"]));
        let watch = stage.service.holder(roles(stage, &["watch"]));
        let nothing = stage.service.holder(roles(stage, &[]));

        let public = tasks(&stage.service.anonymous()).await;

        assert_eq!(tasks(&chief).await, tasks(&stage.service.user("focal_point").await).await);
        assert_eq!(tasks(&watch).await, public);
        assert_eq!(tasks(&nothing).await, public);
        assert_eq!(nothing.get("/me").await.ok(200)["grants"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn claims_give_nothing_that_the_account_is_not_granted() {
    stage("observer", &[], async |stage| {
        let many = stage.service.holder(roles(stage, &["chief", "desk", "rescue", "watch"]));

        let grants = many.get("/me").await.ok(200)["grants"].clone();

        assert_eq!(grants.as_array().expect("grants").len(), 1);
        assert_eq!(grants[0]["role"], "observer");
        assert_eq!(tasks(&many).await, tasks(&stage.service.user("observer").await).await);
    })
    .await;
}

#[tokio::test]
async fn an_issuer_of_one_owner_speaks_for_no_other() {
    stage("observer", &[], async |stage| {
        let user = stage.service.world.id("observer");
        let other =
            create(stage.app, "grant", json!({"owner": "KAZ", "user": user, "role": "focal_point"})).await;
        let key = stage.service.user("observer").await.with("x-concord-act-as", "KAZ");
        let key = key.post("/api-keys", json!({"name": "For another owner"})).await.ok(201)["api_key"]["id"]
            .clone();
        let key = key.as_str().expect("an id").to_owned();
        let vouched = stage.service.holder(roles(stage, &["watch", "chief"]));
        let foreign = vouched.with("x-concord-act-as", "KAZ");
        let own = vouched.with("x-concord-act-as", "KGZ");

        let listed =
            vouched.get("/grants?limit=200").await.ok(200)["items"].as_array().expect("items").clone();
        let person = vouched.get("/me").await;
        let both = stage.service.user("observer").await;

        foreign.get("/tasks").await.problem(403, "forbidden");
        own.get("/tasks").await.ok(200);
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0]["owner"], "KGZ");
        vouched.get(&format!("/grants/{other}")).await.problem(404, "not_found");
        vouched.get(&format!("/grants/{other}/history")).await.problem(404, "not_found");
        assert_eq!((&person.body["owners"], &person.body["acting_as"]), (&json!(["KGZ"]), &json!("KGZ")));
        vouched.get(&format!("/api-keys/{key}")).await.problem(404, "not_found");
        vouched.act(&format!("/api-keys/{key}"), "revoke", json!({})).await.problem(404, "not_found");
        both.with("x-concord-act-as", "KGZ").get(&format!("/grants/{other}")).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn what_is_offered_to_a_person_is_not_for_its_issuer_to_accept() {
    stage("nobody", &[], async |stage| {
        let user = create(stage.app, "user", json!({"email": "new@test", "name": "New"})).await;
        link(&stage.service, &stage.provider, "person-1", user).await;
        let offer = async |by: &str, owner: &str| {
            // By address: nobody who grants sees the account yet.
            let grant = json!({"owner": owner, "user": "new@test", "role": "observer"});
            let made = stage.service.user(by).await.post("/grants", grant).await;
            made.ok(201)["id"].clone()
        };
        let (own, foreign) = (offer("focal_point", "KGZ").await, offer("foreign_focal_point", "KAZ").await);
        let vouched = stage.service.holder(roles(stage, &["watch"]));
        let accept = "mutation($id: ID!) { acceptGrant(input: {id: $id}) { grant { consent } } }";

        let me = vouched.get("/me").await;
        let refused = vouched.graphql(accept, json!({ "id": own })).await;
        let hidden = vouched.graphql(accept, json!({ "id": foreign })).await;

        assert_eq!(me.ok(200)["offers"].as_array().map(Vec::len), Some(1));
        assert_eq!((&me.body["offers"][0]["id"], &me.body["grants"]), (&own, &json!([])));
        assert_eq!((refused.fault(), hidden.fault()), ("forbidden", "not_found"));
    })
    .await;
}

#[tokio::test]
async fn an_issuer_changes_nothing_about_the_account_itself() {
    stage("observer", &[], async |stage| {
        let vouched = stage.service.holder(roles(stage, &["watch"]));
        let own = format!("/users/{}", stage.service.world.id("observer"));
        let password = json!({"old_password": "x", "new_password": "another long pass phrase"});

        let edited = vouched.edit(&own, json!({"name": "Somebody"})).await;

        edited.problem(403, "forbidden");
        vouched.post("/auth/password", password).await.problem(403, "forbidden");
        vouched.post("/api-keys", json!({"name": "For later"})).await.problem(403, "forbidden");
        vouched.get("/me/sessions").await.problem(403, "forbidden");
        vouched.post("/auth/logout", json!({})).await.problem(403, "forbidden");
        vouched.get(&format!("{own}/export")).await.problem(403, "forbidden");
        vouched.get("/me").await.ok(200);
        let export = stage.service.user("observer").await.get(&format!("{own}/export")).await;
        assert_eq!(export.ok(200)["identities"][0]["subject"], "person-1");
        stage.service.user("observer").await.edit(&own, json!({"name": "Somebody"})).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_from_an_account_is_taken_at_once() {
    stage("secretariat", &[], async |stage| {
        let (me, issuer) =
            (stage.service.holder(roles(stage, &["desk"])), trusted(&stage.provider.settings()));
        let (grant, user) =
            (stage.service.world.id("grant:secretariat"), stage.service.world.id("secretariat"));
        let (all, public) = (tasks(&me).await, tasks(&stage.service.anonymous()).await);
        let edit = |id, fields: Json| Op::Update {
            id,
            version: Some(1),
            fields: fields.as_object().cloned().expect("fields"),
        };

        write(stage.app, "grant", edit(grant, json!({"valid_until": "2026-11-01"}))).await;
        let without = tasks(&me).await;
        let unlinked = concord::signin::issuers::unlink(&stage.app.system(), &issuer, "person-1").await;
        let nobody = me.get("/tasks").await;
        link(&stage.service, &stage.provider, "person-1", user).await;
        let again = me.get("/tasks").await.status;
        write(stage.app, "user", edit(user, json!({"valid_until": "2026-11-01T00:00:00Z"}))).await;
        let closed = me.get("/tasks").await;

        assert_ne!(all, public);
        assert_eq!((without, unlinked.expect("it is unlinked"), again), (public, Some(user), 200));
        nobody.problem(401, "unauthenticated");
        closed.problem(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_subject_means_one_account() {
    stage("secretariat", &[], async |stage| {
        let issuer = trusted(&stage.provider.settings());
        let (own, other) = (stage.app.world.id("secretariat"), stage.app.world.id("observer"));
        let ctx = stage.app.system();

        let again = concord::signin::issuers::link(&ctx, &issuer, "person-1", own).await;
        let taken = concord::signin::issuers::link(&ctx, &issuer, "person-1", other).await;

        assert!(again.is_ok());
        assert!(matches!(taken, Err(kernel::Error::Invalid(_))), "{taken:?}");
    })
    .await;
}

#[tokio::test]
async fn an_account_that_is_linked_is_closed_and_not_deleted() {
    stage("operator", &[], async |stage| {
        let person = create(stage.app, "user", json!({"email": "new@test", "name": "New"})).await;
        link(&stage.service, &stage.provider, "person-2", person).await;
        let operator = stage.service.user("operator").await;
        let read = operator.get(&format!("/users/{person}")).await;

        operator.delete(&format!("/users/{person}"), &read.etag()).await.problem(409, "in_use");
    })
    .await;
}

#[tokio::test]
async fn writes_are_the_account_s_own() {
    stage("secretariat", &[], async |stage| {
        let me = stage.service.holder(roles(stage, &["desk"]));
        let plan =
            json!({"owner": "KGZ", "kind": "cbrn_nap", "title": "By an issuer's word", "domains": ["C"], "language": "en"});

        let made = me.post("/plans", plan.clone()).await;
        let foreign = me
            .post(
                "/plans",
                json!({"owner": "KAZ", "kind": "cbrn_nap", "title": "x", "domains": ["C"],
            "language": "en"}),
            )
            .await;
        let read_only = stage.service.holder(roles(stage, &["watch"])).post("/plans", plan).await;

        made.ok(201);
        assert_eq!(made.body["owner"], "KGZ");
        assert_eq!(
            made.body["created_by"],
            json!(stage.service.world.id("secretariat")),
            "{}",
            made.body
        );
        assert!((400..500).contains(&foreign.status), "{}", foreign.status);
        read_only.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_warm_read_is_one_statement() {
    stage("officer", &[], async |stage| {
        let counting = counted(&stage.service);
        let me = counting.holder(roles(stage, &["rescue"]));
        let path = format!("/tasks/{}", stage.app.world.id("task:national"));
        me.get(&path).await.ok(200);

        let before = counting.state.db.statements();
        me.get(&path).await.ok(200);

        assert_eq!(counting.state.db.statements() - before, 1);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_was_good_ends_with_its_time() {
    stage("officer", &[], async |stage| {
        let me = stage.service.holder(roles(stage, &["rescue"]));
        me.get("/tasks").await.ok(200);

        stage.service.state.clock.advance(TimeDelta::seconds(359));
        me.get("/tasks").await.ok(200);
        stage.service.state.clock.advance(TimeDelta::seconds(1));

        me.get("/tasks").await.problem(401, "unauthenticated");
    })
    .await;
}
