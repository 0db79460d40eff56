//! Consultation: comments on records, who sees and settles them, and what a plan still lacks.

mod circles;
mod outside;

use serde_json::{Value as Json, json};

use crate::{
    plans::at,
    support::{TestApp, app, client::Client},
};

/// A comment on a record of the world, such as `action:national`.
pub fn on(app: &TestApp, name: &str, text: &str) -> Json {
    let kind = name.split_once(':').map_or(name, |(kind, _)| kind);
    json!({"subject": {"kind": kind, "id": app.world.id(name)}, "text": text})
}

/// Makes a comment; answers its address.
pub async fn say(who: &Client<'_>, body: Json) -> String {
    format!("/comments/{}", who.post("/comments", body).await.ok(201)["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn an_agency_comments_and_the_secretariat_settles() {
    app(async |app| {
        let (bystander, secretariat) = (app.user("bystander").await, app.user("secretariat").await);
        let observer = app.user("observer").await;

        let made = bystander.post("/comments", on(app, "action:national", "Who pays?")).await;
        let path = format!("/comments/{}", made.id());
        let seen = observer.get(&path).await;
        let denied = bystander.act(&path, "resolve", json!({})).await;
        let resolved = secretariat.act(&path, "resolve", json!({"reason": "The state budget does"})).await;
        let again = secretariat.act(&path, "carry", json!({})).await;
        let vague = secretariat.act(&path, "reopen", json!({})).await;
        let reopened = secretariat.act(&path, "reopen", json!({"reason": "Not yet"})).await;
        let carried = secretariat.act(&path, "carry", json!({})).await;

        let body = made.ok(201);
        assert_eq!((&body["owner"], &body["status"]), (&json!("KGZ"), &json!("open")));
        assert_eq!(body["agency"]["code"], "MOF");
        assert_eq!(body["plan"]["id"], json!(app.world.id("plan:national")));
        assert_eq!(body["subject"], json!({"kind": "action", "id": app.world.id("action:national")}));
        assert_eq!(seen.ok(200)["text"], "Who pays?");
        denied.problem(403, "forbidden");
        assert_eq!(resolved.ok(200)["status"], "resolved");
        again.problem(409, "illegal_move");
        vague.problem(409, "illegal_move");
        assert_eq!(reopened.ok(200)["status_reason"], "Not yet");
        assert_eq!(carried.ok(200)["status"], "carried");
    })
    .await;
}

#[tokio::test]
async fn graphql_comments_settles_and_lists_what_is_said_of_a_record() {
    app(async |app| {
        let (officer, me) = (app.user("officer").await, app.user("focal_point").await);
        let input = on(app, "action:national", "By when?");

        let make = "mutation($input: NewComment!) { createComment(input: $input) { comment { id version agency { code } subject { kind id } } } }";
        let made = officer.graphql(make, json!({ "input": input })).await;
        let comment = made.data()["createComment"]["comment"].clone();
        let settle = "mutation($id: ID!, $v: Int!) { carryComment(input: {id: $id, expectedVersion: $v}) { comment { status } } }";
        let settled = me.graphql(settle, json!({"id": comment["id"], "v": comment["version"]})).await;
        let list = "query($id: ID!) { action(id: $id) { comments { nodes { id text } } } }";
        let list = me.graphql(list, json!({"id": app.world.id("action:national")})).await;
        let told = "query($id: ID!) { planConsultation(id: $id) { open carried actionsWithoutGap { name } } }";
        let told = me.graphql(told, json!({"id": app.world.id("plan:national")})).await;

        assert_eq!(comment["agency"], json!({"code": "MES"}));
        assert_eq!(settled.data()["carryComment"]["comment"]["status"], "CARRIED");
        assert_eq!(list.data()["action"]["comments"]["nodes"], json!([{"id": comment["id"], "text": "By when?"}]));
        let told = &told.data()["planConsultation"];
        assert_eq!((&told["open"], &told["carried"]), (&json!(0), &json!(1)));
        assert_eq!(told["actionsWithoutGap"], json!([{"name": "Action national"}]));
    })
    .await;
}

#[tokio::test]
async fn only_its_author_edits_a_comment() {
    app(async |app| {
        let (officer, me) = (app.user("officer").await, app.user("focal_point").await);
        let path = say(&officer, on(app, "plan:national", "Frist version")).await;

        let theirs = me.edit(&path, json!({"text": "Another"})).await;
        let colleague = app.user("lead").await.edit(&path, json!({"text": "Another"})).await;
        let own = officer.edit(&path, json!({"text": "First version"})).await;
        let kept = me.delete(&path, &me.get(&path).await.etag()).await;
        let gone = officer.delete(&path, &officer.get(&path).await.etag()).await;

        theirs.problem(403, "forbidden");
        colleague.problem(403, "forbidden");
        assert_eq!(own.ok(200)["text"], "First version");
        kept.problem(403, "forbidden");
        assert_eq!(gone.status, 204);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_comment_is_told_at_once() {
    app(async |app| {
        let officer = app.user("officer").await;
        let other = say(&officer, on(app, "action:released", "Elsewhere")).await;
        let mut body = on(app, "action:national", "An answer");
        body["parent"] = json!(other.rsplit('/').next());
        body["agency"] = json!("MOF");
        body["status"] = json!("resolved");

        let wrong = officer.post("/comments", body).await;
        let nothing = officer
            .post(
                "/comments",
                json!({"subject": {"kind": "pillow", "id": app.world.id("task:others")}, "text": "?"}),
            )
            .await;
        let hidden = officer.post("/comments", on(app, "task:others", "What is this?")).await;
        let on_comment =
            json!({"subject": {"kind": "comment", "id": other.rsplit('/').next()}, "text": "On it"});
        let on_comment = officer.post("/comments", on_comment).await;

        let told = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        wrong.problem(422, "invalid");
        assert_eq!(
            wrong.violations(),
            [told("/agency", "rule_broken"), told("/parent", "rule_broken"), told("/status", "rule_broken")]
        );
        for refused in [nothing, hidden, on_comment] {
            refused.problem(422, "invalid");
            assert_eq!(refused.violations(), [told("/subject", "reference_not_found")]);
        }
    })
    .await;
}

#[tokio::test]
async fn replies_hold_a_comment_and_go_with_the_record() {
    app(async |app| {
        let (officer, me) = (app.user("officer").await, app.user("focal_point").await);
        let task = json!({"owner": "KGZ", "title": "Short-lived", "lead_agency": "MES", "language": "en"});
        let task = me.post("/tasks", task).await.id();
        let subject = json!({"kind": "task", "id": task});
        let first = say(&officer, json!({"subject": subject, "text": "First"})).await;
        let reply = json!({"subject": subject, "text": "Second", "parent": first.rsplit('/').next()});
        let reply = say(&me, reply).await;

        let held = officer.delete(&first, &officer.get(&first).await.etag()).await;
        let listed = me.get(&format!("/comments?subject_id={task}&total=true")).await;
        let path = format!("/tasks/{task}");
        let gone = me.delete(&path, &me.get(&path).await.etag()).await;

        held.problem(409, "in_use");
        assert_eq!(listed.ok(200)["page"]["total"], 2);
        assert_eq!(gone.status, 204);
        assert_eq!(me.get(&first).await.status, 404);
        assert_eq!(me.get(&reply).await.status, 404);
    })
    .await;
}

/// What the move `submit` of a plan says of itself.
async fn submit(who: &Client<'_>, path: &str) -> Json {
    let moves = who.get(&format!("{path}/moves")).await;
    let all = moves.ok(200).as_array().cloned().unwrap_or_default();
    all.into_iter().find(|one| one["verb"] == "submit").expect("the move is known")
}

#[tokio::test]
async fn a_country_says_what_must_be_settled_before_its_plan_is_submitted() {
    app(async |app| {
        let (officer, me) = (app.user("officer").await, app.user("secretariat").await);
        let path = at(app, "plan", "national");
        me.act(&path, "consult", json!({})).await.ok(200);
        let comment = say(&officer, on(app, "action:national", "Too late a date")).await;

        let free = submit(&me, &path).await;
        me.edit(&path, json!({"preconditions": ["comments_settled", "gap_links"]})).await.ok(200);
        let bound = submit(&me, &path).await;
        let refused = me.act(&path, "submit", json!({})).await;
        let told = me.get(&format!("{path}/consultation")).await;
        me.act(&comment, "resolve", json!({})).await.ok(200);
        let area = json!({"code": "BORDER", "title": "Border", "part": "detection", "domains": ["R"]});
        let area = app.user("steward").await.post("/capability-areas", area).await.id();
        let gap = json!({"owner": "KGZ", "area": area, "title": "No monitors", "domains": ["R"], "language": "en",
            "actions": [app.world.id("action:national")]});
        me.post("/gaps", gap).await.ok(201);
        let submitted = me.act(&path, "submit", json!({})).await;

        let comments = "each comment on the plan and its content settled";
        let (gaps, risks) = ("a gap that each action closes", "a risk that each action reduces");
        assert_eq!((&free["allowed"], &free["missing"]), (&json!(true), &json!([])));
        assert_eq!(free["warnings"], json!([comments, gaps, risks]));
        assert_eq!((&bound["allowed"], &bound["missing"]), (&json!(false), &json!([comments, gaps])));
        assert_eq!(bound["warnings"], json!([risks]));
        refused.problem(409, "illegal_move");
        let told = told.ok(200);
        assert_eq!((&told["open"], &told["open_comments"][0]["text"]), (&json!(1), &json!("Too late a date")));
        assert_eq!(told["open_comments"][0]["subject"]["name"], "Action national");
        assert_eq!(told["preconditions"], json!(["comments_settled", "gap_links"]));
        assert_eq!(told["actions_without_gap"][0]["name"], "Action national");
        assert_eq!(submitted.ok(200)["status"], "submitted");
    })
    .await;
}

#[tokio::test]
async fn what_agencies_say_among_themselves_holds_no_plan_up() {
    app(async |app| {
        let (lead, me) = (app.user("lead").await, app.user("secretariat").await);
        let path = at(app, "plan", "national");
        me.act(&path, "consult", json!({})).await.ok(200);
        let mut kept = on(app, "action:national", "Between us");
        kept["visibility"] = json!("agency");
        say(&lead, kept).await;
        me.edit(&path, json!({"preconditions": ["comments_settled"]})).await.ok(200);

        let bound = submit(&me, &path).await;

        assert_eq!((&bound["allowed"], &bound["missing"]), (&json!(true), &json!([])));
    })
    .await;
}
