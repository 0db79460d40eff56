//! Explanations: the rule, and the grant or the release that decides.

use std::collections::BTreeSet;

use kernel::policy::Rule;
use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

fn asked(app: &TestApp, name: &str, verb: &str) -> String {
    let kind = name.split(':').next().expect("a kind");
    format!("/access/explain?kind={kind}&id={}&verb={verb}", app.world.id(name))
}

/// Whether it is allowed, by which rule, and the role of the grant that decides.
async fn told(who: &Client<'_>, path: &str) -> (bool, String, String) {
    let answer = who.get(path).await;
    let body = answer.ok(200);
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    (body["allowed"] == true, text(&body["rule"]), text(&body["grant"]["role"]))
}

#[tokio::test]
async fn the_rule_and_the_grant_that_decide_are_told() {
    app(async |app| {
        for (name, record, verb, allowed, rule, role) in [
            ("focal_point", "plan:group", "read", true, "read_group", "focal_point"),
            ("observer", "plan:national", "read", true, "read_national", "observer"),
            ("officer", "task:agency", "read", true, "read_agency", "officer"),
            ("bystander", "task:group", "read", true, "read_shared", "officer"),
            ("focal_point", "plan:regional", "read", true, "read_region", "focal_point"),
            ("observer", "participation:fact", "read", true, "read_reference", ""),
            ("observer", "user:observer", "read", true, "read_oneself", ""),
            ("focal_point", "user:observer", "read", true, "read_account", "focal_point"),
            ("lead", "user:officer", "read", true, "read_account", "agency_lead"),
            ("officer", "task:national", "update", true, "lead_writes", "officer"),
            ("contributor", "task:national", "update", false, "work_writers", ""),
            ("contributor", "task:national", "progress", true, "part_reports", "officer"),
            ("secretariat", "task:national", "update", true, "full_writes", "secretariat"),
            ("portal", "task:national", "update", true, "portal_writes", "portal"),
            ("observer", "plan:national", "update", false, "full_writes", ""),
            ("secretariat", "plan:national", "adopt", false, "approver_moves", ""),
            ("approver", "plan:national", "adopt", true, "approver_moves", "approver"),
            ("focal_point", "plan:national", "record", true, "paper", "focal_point"),
            ("secretariat", "plan:national", "release", false, "focal_point_releases", ""),
            ("steward", "framework:CWC", "update", true, "steward_writes", "steward"),
            ("focal_point", "framework:CWC", "update", false, "steward_writes", ""),
            ("observer", "user:observer", "update", true, "own_account", ""),
            ("focal_point", "grant:focal_point", "update", false, "not_to_oneself", ""),
            ("focal_point", "grant:observer", "delete", true, "granters", "focal_point"),
        ] {
            let found = told(&app.user(name).await, &asked(app, record, verb)).await;
            assert_eq!(found, (allowed, rule.to_owned(), role.to_owned()), "{name} {verb} {record}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_release_by_which_a_record_is_read_is_told() {
    app(async |app| {
        let path = asked(app, "plan:released", "read");

        let partner = app.user("partner").await.get(&path).await;
        let inside = app.user("observer").await.get(&path).await;

        let release = json!({"id": app.world.id("release:partners"), "audience": "partners"});
        assert_eq!((&partner.ok(200)["rule"], &partner.body["release"]), (&json!("read_released"), &release));
        assert_eq!((&partner.body["grant"], &inside.ok(200)["release"]), (&Json::Null, &Json::Null));
        let grant = json!({"id": app.world.id("grant:observer"), "role": "observer", "owner": "KGZ"});
        assert_eq!(inside.body["grant"], grant);
    })
    .await;
}

#[tokio::test]
async fn moves_are_told_by_right_whatever_the_state() {
    app(async |app| {
        let me = app.user("approver").await;

        let adopt = me.get(&asked(app, "plan:national", "adopt")).await;
        let moves = me.get(&format!("/plans/{}/moves", app.world.id("plan:national"))).await;

        let names: Vec<&Json> =
            moves.ok(200).as_array().into_iter().flatten().map(|one| &one["verb"]).collect();
        assert!(!names.contains(&&json!("adopt")), "{names:?}");
        assert_eq!(adopt.ok(200)["allowed"], true);
        assert!(
            adopt.body["text"].as_str().is_some_and(|text| text.ends_with("its `moves` tell")),
            "{}",
            adopt.body
        );
    })
    .await;
}

#[tokio::test]
async fn nothing_is_told_of_what_is_hidden() {
    app(async |app| {
        let missing = "/access/explain?kind=task&id=0198c0de-0000-7000-8000-000000000099&verb=read";
        let me = app.user("focal_point").await;

        let hidden = me.get(&asked(app, "task:agency", "read")).await;
        let absent = me.get(missing).await;
        let other = me.get(&asked(app, "task:national", "read").replace("kind=task", "kind=plan")).await;
        let public = app.anonymous().get(&asked(app, "plan:national", "read")).await;

        for answer in [&hidden, &absent, &other, &public] {
            answer.problem(404, "not_found");
            assert_eq!(answer.body["detail"], absent.body["detail"]);
        }
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_with_a_question_is_told_at_once() {
    app(async |app| {
        let me = app.user("observer").await;
        let id = app.world.id("task:national");

        let both = me.get(&format!("/access/explain?kind=taks&id={id}&verb=updat")).await;
        let none = me.get("/access/explain").await;
        let not_of_kind = me.get(&format!("/access/explain?kind=tasks&id={id}&verb=adopt")).await;
        let unknown = me.get(&format!("/access/explain?kind=task&id={id}&verb=read&why=1")).await;

        assert_eq!(both.problem(400, "bad_request")["errors"].as_array().map(Vec::len), Some(2));
        assert!(both.body.to_string().contains("did you mean `task`"), "{}", both.body);
        assert!(both.body.to_string().contains("did you mean `update`"), "{}", both.body);
        let required = ["?id", "?kind", "?verb"].map(|at| (at.to_owned(), "required".to_owned()));
        assert_eq!((none.status, none.violations()), (400, required.to_vec()));
        assert_eq!(not_of_kind.violations(), [("?verb".to_owned(), "not_in_list".to_owned())]);
        unknown.problem(400, "unknown_parameter");
    })
    .await;
}

#[tokio::test]
async fn who_views_as_others_is_told_what_those_may_do() {
    app(async |app| {
        let as_audience = async |audience: &str, name: &str, verb: &str| {
            let me = app.user("focal_point").await.with("x-concord-view-as", audience);
            told(&me, &asked(app, name, verb)).await
        };
        let no_grant = String::new;

        let officer = as_audience("agency:MES", "task:national", "update").await;
        let other = as_audience("agency:MOF", "task:national", "update").await;
        let partner = as_audience("partners", "plan:released", "read").await;

        assert_eq!(officer, (true, "lead_writes".to_owned(), no_grant()));
        assert_eq!(other, (false, "work_writers".to_owned(), no_grant()));
        assert_eq!(partner, (true, "read_released".to_owned(), no_grant()));
    })
    .await;
}

#[tokio::test]
async fn both_faces_explain_alike() {
    app(async |app| {
        let query = "query($id: ID!) { accessExplain(kind: \"plan\", id: $id, verb: READ) { kind id verb allowed rule text
            grant { id role owner } release { id audience } } }";
        let id = app.world.id("plan:released");
        for name in ["observer", "partner"] {
            let me = app.user(name).await;
            let by_rest = me.get(&asked(app, "plan:released", "read")).await;
            let by_graphql = me.graphql(query, json!({ "id": id })).await;

            let text = |json: &Json| json.to_string().to_lowercase();
            assert_eq!(text(by_rest.ok(200)), text(&by_graphql.data()["accessExplain"]));
        }
        let hidden = app.anonymous().graphql(query, json!({ "id": id })).await;
        assert_eq!(hidden.data()["accessExplain"], Json::Null);
    })
    .await;
}

#[test]
fn the_guide_names_every_rule() {
    let guide = include_str!("../docs/access.md");
    let codes: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.code).collect();

    let missing: Vec<&&str> = codes.iter().filter(|code| !guide.contains(&format!("| `{code}` |"))).collect();

    assert_eq!(codes.len(), Rule::ALL.len(), "two rules have one code");
    assert_eq!(missing, [&""; 0]);
}
