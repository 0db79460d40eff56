//! No key is wider than its person: everything that is, and everything that means nothing, is told at once.

use serde_json::{Value as Json, json};

use crate::support::app;

/// Places and codes of what is wrong with a key of somebody.
async fn faults(name: &str, mut body: Json) -> Vec<(String, String)> {
    let mut found = Vec::new();
    app(async |app| {
        if body["name"].is_null() {
            body["name"] = json!("Copy");
        }
        let before = app.count("api_key").await;
        let answer = app.user(name).await.post("/api-keys", body.clone()).await;
        if answer.status != 201 {
            answer.problem(422, "invalid");
            assert_eq!(app.count("api_key").await, before);
            assert_eq!(app.count("api_key_secret").await, before);
        }
        found = answer.violations();
    })
    .await;
    found
}

fn all(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect()
}

#[tokio::test]
async fn everything_wrong_is_told_at_once() {
    let body = json!({
        "roles": ["officer", "focal_point"], "write_kinds": ["task", "plan", "grant", "nothing"],
        "source_systems": ["agency:MES", "agency:MOH", "register"], "read_kinds": ["task", "nothing"],
        "countries": ["KGZ", "ZZZ"], "networks": ["192.0.2.0/24", "somewhere"],
        "origins": ["https://dash.example", "https://dash.example/page"], "expires_at": "2026-11-21T10:00:00Z",
    });

    assert_eq!(
        faults("officer", body).await,
        all(&[
            ("/countries/1", "reference_not_found"),
            ("/expires_at", "out_of_range"),
            ("/networks/1", "bad_format"),
            ("/origins/1", "bad_format"),
            ("/read_kinds/1", "not_in_list"),
            ("/roles/1", "rule_broken"),
            ("/source_systems/1", "rule_broken"),
            ("/source_systems/2", "rule_broken"),
            ("/write_kinds/1", "rule_broken"),
            ("/write_kinds/2", "rule_broken"),
            ("/write_kinds/3", "not_in_list"),
        ])
    );
}

#[tokio::test]
async fn a_portal_gives_no_more_than_its_grant() {
    let wide = json!({ "read_ceiling": "national", "write_kinds": ["task", "plan"], "source_systems": ["portal", "other"] });

    assert_eq!(
        faults("public_portal", json!({ "read_ceiling": "national" })).await,
        all(&[("/read_ceiling", "rule_broken")])
    );
    assert_eq!(
        faults("portal", wide).await,
        all(&[("/source_systems/1", "rule_broken"), ("/write_kinds/1", "rule_broken")])
    );
    let fitting =
        json!({ "read_ceiling": "national", "write_kinds": ["task"], "source_systems": ["portal"] });
    assert_eq!(faults("portal", fitting).await, []);
}

#[tokio::test]
async fn what_contradicts_itself_is_refused() {
    let only_reads = json!({ "is_read_only": true, "write_kinds": ["task"], "source_systems": ["register"] });
    let blind = json!({ "read_ceiling": "public" });
    let sees_other = json!({ "read_kinds": ["plan"], "write_kinds": ["task"] });

    assert_eq!(
        faults("secretariat", only_reads).await,
        all(&[("/source_systems/0", "rule_broken"), ("/write_kinds/0", "rule_broken")])
    );
    assert_eq!(faults("secretariat", blind).await, all(&[("/read_ceiling", "rule_broken")]));
    assert_eq!(faults("secretariat", sees_other).await, all(&[("/write_kinds/0", "rule_broken")]));
}

#[tokio::test]
async fn what_a_key_is_not_asked_for_is_refused() {
    let others = json!({ "user": "observer@test", "prefix": "ck_0123456789", "hash": "x", "status": "revoked", "owner": "KAZ" });
    let nothing = json!({ "name": "", "roles": ["king"], "expires_at": "soon", "networks": [7] });

    assert_eq!(
        faults("officer", others).await,
        all(&[
            ("/hash", "unknown_member"),
            ("/owner", "unknown_member"),
            ("/prefix", "unknown_member"),
            ("/status", "unknown_member"),
            ("/user", "unknown_member"),
        ])
    );
    assert_eq!(
        faults("officer", nothing).await,
        all(&[
            ("/expires_at", "bad_format"),
            ("/name", "too_short"),
            ("/networks/0", "wrong_type"),
            ("/roles/0", "not_in_list"),
        ])
    );
}

#[tokio::test]
async fn approvers_may_let_a_key_move_plans() {
    assert_eq!(faults("approver", json!({ "write_kinds": ["plan"] })).await, []);
    assert_eq!(
        faults("approver", json!({ "write_kinds": ["task"] })).await,
        all(&[("/write_kinds/0", "rule_broken")])
    );
    assert_eq!(faults("steward", json!({ "write_kinds": ["country"] })).await, []);
}

#[tokio::test]
async fn whoever_is_not_signed_in_or_holds_nothing_makes_no_key() {
    app(async |app| {
        let none =
            app.user("operator").await.post("/users", json!({ "email": "new@test", "name": "New" })).await;
        let id: uuid::Uuid = none.id().parse().expect("an id");
        let session = concord::signin::session::open_session(&app.system(), id).await.expect("a session");
        let token =
            concord::signin::token::issue(&app.state.keys, &app.state.clock, id, session).expect("a token");
        let newcomer = crate::support::client::Client::new(app, Some(token));

        app.anonymous().post("/api-keys", json!({ "name": "Copy" })).await.problem(401, "unauthenticated");
        let refused = newcomer.post("/api-keys", json!({ "name": "Copy" })).await;

        assert!([403, 422].contains(&refused.status), "{}", refused.body);
        assert_eq!(app.count("api_key").await, 0);
    })
    .await;
}
