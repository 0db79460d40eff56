//! Plans: lifecycle, protection of what is adopted, levels, deletion.

mod content;
mod sections;

use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

/// Address of a plan of the world.
pub fn at(app: &TestApp, kind: &str, name: &str) -> String {
    format!("/{kind}s/{}", app.world.id(&format!("{kind}:{name}")))
}

/// Facts of an adoption.
pub fn act() -> Json {
    json!({"act_body": "Cabinet of Ministers", "act_number": "340", "act_on": "2026-11-20"})
}

/// Facts of an adoption that was made on paper.
pub fn paper() -> Json {
    let mut act = act();
    act["act_source"] = json!("Official gazette 12/2026");
    act
}

/// Makes moves one after the other, each of which must succeed; answers the state after each.
async fn walk(who: &Client<'_>, path: &str, moves: &[(&str, Json)]) -> Vec<String> {
    let mut states = Vec::new();
    for (verb, body) in moves {
        let moved = who.act(path, verb, body.clone()).await;
        states.push(moved.ok(200)["status"].as_str().unwrap_or_default().to_owned());
    }
    states
}

/// Brings the world's national plan to adoption.
pub async fn adopt(app: &TestApp, path: &str) {
    let secretariat = app.user("secretariat").await;
    walk(&secretariat, path, &[("consult", json!({})), ("submit", json!({}))]).await;
    walk(&app.user("approver").await, path, &[("adopt", act())]).await;
}

/// Names of the moves that the caller can make now.
async fn allowed(who: &Client<'_>, path: &str) -> Vec<String> {
    moves_where(who, path, "allowed").await
}

/// Names of the moves of which something is true.
async fn moves_where(who: &Client<'_>, path: &str, fact: &str) -> Vec<String> {
    let moves = who.get(&format!("{path}/moves")).await;
    let all = moves.ok(200).as_array().cloned().unwrap_or_default();
    let open = all.iter().filter(|one| one[fact] == true);
    open.map(|one| one["verb"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_plan_walks_from_draft_to_closed() {
    app(async |app| {
        let path = at(app, "plan", "national");
        let secretariat = app.user("secretariat").await;
        let approver = app.user("approver").await;

        let before = walk(&secretariat, &path, &[("consult", json!({})), ("recall", json!({}))]).await;
        let submitted = walk(&secretariat, &path, &[("consult", json!({})), ("submit", json!({}))]).await;
        let adopted = walk(&approver, &path, &[("adopt", act())]).await;
        let rest = [("start", json!({})), ("review", json!({})), ("resume", json!({}))];
        let running = walk(&secretariat, &path, &rest).await;
        let ended = walk(&secretariat, &path, &[("review", json!({})), ("close", json!({}))]).await;

        assert_eq!(before, ["in_consultation", "draft"]);
        assert_eq!(submitted, ["in_consultation", "submitted"]);
        assert_eq!(adopted, ["adopted"]);
        assert_eq!(running, ["in_implementation", "under_review", "in_implementation"]);
        assert_eq!(ended, ["under_review", "closed"]);
        let read = secretariat.get(&path).await;
        assert_eq!(read.ok(200)["act_number"], "340");
        assert_eq!(read.ok(200)["version"], 11);
    })
    .await;
}

#[tokio::test]
async fn a_plan_without_actions_is_not_submitted() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let plan = json!({"owner": "KGZ", "language": "en", "kind": "cbrn_nap", "title": "Empty plan", "domains": ["C"]});
        let path = format!("/plans/{}", me.post("/plans", plan).await.id());
        me.act(&path, "consult", json!({})).await.ok(200);

        let refused = me.act(&path, "submit", json!({})).await;

        let body = refused.problem(409, "illegal_move");
        assert_eq!(body["missing"], json!(["a pillar with an objective with an action"]));
        assert_eq!(body["allowed"], json!(["submit", "recall"]));
        assert_eq!(me.get(&path).await.ok(200)["status"], "in_consultation");
    })
    .await;
}

#[tokio::test]
async fn a_plan_with_an_unled_action_is_not_submitted() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let path = at(app, "plan", "national");
        me.edit(&at(app, "action", "national"), json!({"lead_agency": null})).await.ok(200);
        me.act(&path, "consult", json!({})).await.ok(200);

        let refused = me.act(&path, "submit", json!({})).await;

        assert_eq!(refused.problem(409, "illegal_move")["missing"], json!(["a lead agency on each action"]));
    })
    .await;
}

#[tokio::test]
async fn a_move_the_state_does_not_know_names_those_it_knows() {
    app(async |app| {
        let me = app.user("approver").await;
        let path = at(app, "plan", "national");

        let refused = me.act(&path, "adopt", act()).await;

        let body = refused.problem(409, "illegal_move");
        assert_eq!(body["allowed"], json!(["consult"]));
        assert_eq!(body["missing"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn only_the_approver_adopts() {
    app(async |app| {
        let path = at(app, "plan", "national");
        let secretariat = app.user("secretariat").await;
        let focal_point = app.user("focal_point").await;
        walk(&secretariat, &path, &[("consult", json!({})), ("submit", json!({}))]).await;

        let by_secretariat = secretariat.act(&path, "adopt", act()).await;
        let by_focal_point = focal_point.act(&path, "adopt", act()).await;
        let by_observer = app.user("observer").await.act(&path, "adopt", act()).await;
        let by_approver = app.user("approver").await.act(&path, "adopt", act()).await;

        by_secretariat.problem(403, "forbidden");
        by_focal_point.problem(403, "forbidden");
        by_observer.problem(403, "forbidden");
        assert_eq!(by_approver.ok(200)["status"], "adopted");
    })
    .await;
}

#[tokio::test]
async fn the_focal_point_records_an_adoption_made_on_paper() {
    app(async |app| {
        let path = at(app, "plan", "national");
        let focal_point = app.user("focal_point").await;
        let secretariat = app.user("secretariat").await;
        walk(&secretariat, &path, &[("consult", json!({})), ("submit", json!({}))]).await;
        let recorded = |paper: Json| json!({ "recorded": paper });
        let mut differs = recorded(paper());
        differs["act_number"] = json!("341");

        let unsourced = focal_point.act(&path, "adopt", recorded(act())).await;
        let flag = focal_point.act(&path, "adopt", recorded(json!(true))).await;
        let differs = focal_point.act(&path, "adopt", differs).await;
        let nothing = focal_point.act(&path, "adopt", json!({})).await;
        let by_secretariat = secretariat.act(&path, "adopt", recorded(paper())).await;
        let by_focal_point = focal_point.act(&path, "adopt", recorded(paper())).await;

        unsourced.problem(422, "invalid");
        assert_eq!(unsourced.violations(), [("/recorded/act_source".into(), "required".into())]);
        assert_eq!(flag.violations(), [("/recorded".into(), "wrong_type".into())]);
        assert_eq!(differs.violations(), [("/act_number".into(), "rule_broken".into())]);
        let needed = ["/act_body", "/act_number", "/act_on"].map(|at| (at.to_owned(), "required".to_owned()));
        assert_eq!(nothing.violations(), needed);
        by_secretariat.problem(403, "forbidden");
        assert_eq!(by_focal_point.ok(200)["status"], "adopted");
        assert_eq!(by_focal_point.body["act_source"], "Official gazette 12/2026");
    })
    .await;
}

#[tokio::test]
async fn the_focal_point_records_a_return_made_on_paper() {
    app(async |app| {
        let path = at(app, "plan", "national");
        let focal_point = app.user("focal_point").await;
        walk(&focal_point, &path, &[("consult", json!({})), ("submit", json!({}))]).await;
        let mut paper = act();
        paper["act_source"] = json!("Letter of 3 November");

        let incomplete = focal_point.act(&path, "return", json!({"recorded": act()})).await;
        let returned = focal_point.act(&path, "return", json!({"reason": "Costs", "recorded": paper})).await;

        incomplete.problem(422, "invalid");
        assert_eq!(incomplete.violations(), [("/recorded/act_source".into(), "required".into())]);
        assert_eq!(returned.ok(200)["status"], "draft");
        assert_eq!(
            returned.body["status_reason"],
            "Costs. Recorded: Cabinet of Ministers, No. 340, 2026-11-20, Letter of 3 November"
        );
    })
    .await;
}

#[tokio::test]
async fn a_return_needs_its_reason_even_where_an_older_one_is_stored() {
    app(async |app| {
        let path = at(app, "plan", "national");
        let secretariat = app.user("secretariat").await;
        let approver = app.user("approver").await;
        let forward = [("consult", json!({})), ("submit", json!({}))];
        walk(&secretariat, &path, &forward).await;

        let first = approver.act(&path, "return", json!({})).await;
        walk(&approver, &path, &[("return", json!({"reason": "Costs are missing"}))]).await;
        walk(&secretariat, &path, &forward).await;
        let second = approver.act(&path, "return", json!({})).await;

        assert_eq!(first.problem(409, "illegal_move")["missing"], json!(["reason"]));
        assert_eq!(second.problem(409, "illegal_move")["missing"], json!(["reason"]));
    })
    .await;
}

#[tokio::test]
async fn an_adopted_plan_is_withdrawn_with_a_reason() {
    app(async |app| {
        let path = at(app, "plan", "national");
        let approver = app.user("approver").await;
        adopt(app, &path).await;

        let bare = approver.act(&path, "withdraw", json!({})).await;
        let done = approver.act(&path, "withdraw", json!({"reason": "Superseded by a decree"})).await;

        assert_eq!(bare.problem(409, "illegal_move")["missing"], json!(["reason"]));
        assert_eq!(done.ok(200)["status"], "closed");
        assert_eq!(done.body["status_reason"], "Superseded by a decree");
    })
    .await;
}

#[tokio::test]
async fn moves_tell_each_caller_what_it_can_do_now() {
    app(async |app| {
        let path = at(app, "plan", "national");
        let secretariat = app.user("secretariat").await;
        let observer = app.user("observer").await;
        let foreigner = app.user("foreign_observer").await;

        let draft = allowed(&secretariat, &path).await;
        walk(&secretariat, &path, &[("consult", json!({})), ("submit", json!({}))]).await;
        let submitted = allowed(&secretariat, &path).await;
        let for_approver = allowed(&app.user("approver").await, &path).await;
        let for_focal_point = allowed(&app.user("focal_point").await, &path).await;
        let on_paper = moves_where(&app.user("focal_point").await, &path, "recorded_only").await;
        let on_paper_by_approver = moves_where(&app.user("approver").await, &path, "recorded_only").await;

        assert_eq!(draft, ["consult"]);
        assert_eq!(submitted, ["recall"]);
        assert_eq!(for_approver, ["adopt", "return"]);
        assert_eq!(for_focal_point, ["recall", "adopt", "return"]);
        assert_eq!(allowed(&observer, &path).await, [""; 0]);
        assert_eq!(on_paper, ["adopt", "return"]);
        assert_eq!(on_paper_by_approver, [""; 0]);
        foreigner.get(&format!("{path}/moves")).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_plan_in_a_later_state_is_entered_by_the_focal_point_with_its_act() {
    app(async |app| {
        let plan = json!({"owner": "KGZ", "language": "en", "kind": "unscr1540_nap", "title": "Old plan", "domains": ["N"],
            "status": "in_implementation"});
        let mut whole = plan.clone();
        whole.as_object_mut().expect("an object").extend(paper().as_object().cloned().unwrap_or_default());

        let bare = app.user("focal_point").await.post("/plans", plan).await;
        let by_secretariat = app.user("secretariat").await.post("/plans", whole.clone()).await;
        let by_focal_point = app.user("focal_point").await.post("/plans", whole).await;

        bare.problem(422, "invalid");
        let missing =
            ["/act_body", "/act_number", "/act_on", "/act_source"].map(|at| (at.into(), "required".into()));
        assert_eq!(bare.violations(), missing);
        by_secretariat.problem(403, "forbidden");
        assert_eq!(by_focal_point.ok(201)["status"], "in_implementation");
    })
    .await;
}

#[tokio::test]
async fn an_upsert_does_not_go_around_the_lifecycle() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut plan =
            json!({"owner": "KGZ", "language": "en", "kind": "cbrn_nap", "title": "Plan", "domains": ["C"]});
        me.put("/plans/by-key/register/1", plan.clone()).await.ok(201);
        plan["status"] = json!("adopted");
        plan["act_body"] = json!("Nobody");

        let refused = me.put("/plans/by-key/register/1", plan).await;

        refused.problem(409, "illegal_move");
        assert_eq!(me.get("/plans/by-key/register/1").await.ok(200)["status"], "draft");
    })
    .await;
}
