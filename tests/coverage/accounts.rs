//! What is asked of accounts on the REST face, besides what every kind has.

use axum::http::Method;
use kernel::{KindDef, policy::Verb};
use serde_json::json;

use super::{Caller, Faults, graphql::status, rest::send, stage::def_of};

/// Ends a session made for this alone.
pub(super) async fn logout(caller: &Caller<'_>) -> Faults {
    let app = caller.stage.app;
    if !caller.actor.is_known() {
        let answer = send(&caller.client, &Method::POST, "/auth/logout", None).await;
        return caller.expect("logout", answer.status, 401, &answer);
    }
    let client = app.user(caller.name).await;
    let answer = send(&client, &Method::POST, "/auth/logout", None).await;
    let after = client.get("/me").await;
    let mut faults = caller.expect("logout", answer.status, 204, &answer);
    faults.extend(caller.expect("after logout", after.status, 401, &after));
    faults
}

/// Exports every account: whoever may edit it may.
pub(super) async fn exports(caller: &Caller<'_>, def: &'static KindDef) -> Faults {
    let mut faults = Faults::new();
    for (name, id) in caller.stage.targets(def.name) {
        let answer = caller.client.get(&format!("/users/{id}/export")).await;
        let wanted = caller.write(Verb::Update, def, id, 200).await;
        faults.extend(caller.expect(&format!("export of {name}"), answer.status, wanted, &answer));
    }
    faults
}

/// Erases accounts without a version: 428 is the answer to whoever may edit them.
pub(super) async fn erasures(caller: &Caller<'_>, def: &'static KindDef) -> Faults {
    let body = json!({"reason": "Asked for it"});
    let mut faults = Faults::new();
    for (name, id) in caller.stage.targets(def.name) {
        let answer = send(&caller.client, &Method::POST, &format!("/users/{id}/erase"), Some(&body)).await;
        let wanted = caller.write(Verb::Update, def, id, 428).await;
        faults.extend(caller.expect(&format!("erasure of {name}"), answer.status, wanted, &answer));
    }
    faults
}

/// Answers grants, which are accepted already: one's own is there, accepted, and not to be declined any more.
pub(super) async fn replies(caller: &Caller<'_>, reply: &str) -> Faults {
    let mut faults = Faults::new();
    for (name, id) in caller.stage.targets("grant") {
        let path = format!("/me/grants/{id}/{reply}");
        let answer = send(&caller.client, &Method::POST, &path, None).await;
        let wanted = caller.reply(&name, reply);
        faults.extend(caller.expect(&format!("{reply} {name}"), answer.status, wanted, &answer));
    }
    faults
}

/// Issues tokens for every account: whoever could give the grant its person holds may.
pub(super) async fn password_tokens(caller: &Caller<'_>, def: &'static KindDef) -> Faults {
    let mut faults = Faults::new();
    for (name, id) in caller.stage.targets(def.name) {
        let path = format!("/{}/{id}/password-token", def.collection);
        let answer = send(&caller.client, &Method::POST, &path, None).await;
        let seen = caller.read(def, id).await;
        let wanted = if !caller.actor.is_known() {
            401
        } else if seen == 200 {
            let held = caller.stage.id(&name.replace("user:", "grant:"));
            let grant = def_of("grant");
            let scope = caller.stage.scope(grant, held).await.expect("a grant");
            if caller.may(Verb::Create, grant, &scope) { 201 } else { 403 }
        } else {
            seen
        };
        faults.extend(caller.expect(&format!("token for {name}"), answer.status, wanted, &answer));
    }
    faults
}

/// Who read a country's records, through GraphQL.
pub(super) async fn audited(caller: &Caller<'_>) -> Faults {
    let answer = caller.client.graphql("{ auditReads { totalCount } }", json!({})).await;
    caller.expect("auditReads", status(&answer, "auditReads"), caller.audits(), &answer)
}
