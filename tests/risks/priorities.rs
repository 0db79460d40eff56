//! Priorities by a method: what is scored, what it comes to, and in which order.

use serde_json::{Value as Json, json};

use super::{risk, told};
use crate::{
    statements::counted,
    support::{app, client::Client},
};

fn new_method(more: Json) -> Json {
    let mut new = json!({"owner": "KGZ", "code": "weighted", "title": "Weighted", "scale_min": 1, "scale_max": 5,
        "status": "published", "language": "en", "criteria": [
            {"code": "effect", "title": "Effect", "weight": 3}, {"code": "cost", "title": "Cost", "weight": 1}]});
    new.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    new
}

async fn method(me: &Client<'_>, more: Json) -> String {
    let made = me.post("/priority-methods", new_method(more)).await;
    made.ok(201);
    made.id()
}

fn scores(effect: i32, cost: i32) -> Json {
    json!([{"criterion": "effect", "score": effect}, {"criterion": "cost", "score": cost}])
}

/// A priority of a risk.
fn priority(method: &str, risk: &str, more: Json) -> Json {
    let mut new = json!({"owner": "KGZ", "method": method, "subject": {"kind": "risk", "id": risk}, "language": "en",
        "scores": scores(4, 2), "rationale": "It reduces the gravest risk."});
    new.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    new
}

async fn set(me: &Client<'_>, method: &str, risk: &str, more: Json) -> String {
    let made = me.post("/priorities", priority(method, risk, more)).await;
    made.ok(201);
    made.id()
}

#[tokio::test]
async fn a_published_method_is_not_edited() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let path = format!("/priority-methods/{}", method(&me, json!({"status": "draft"})).await);

        let draft = me.edit(&path, json!({"scale_max": 10})).await;
        me.act(&path, "publish", json!({})).await.ok(200);
        let published = me.edit(&path, json!({"scale_max": 5})).await;
        let seen = me.edit(&path, json!({"visibility": "group"})).await;

        assert_eq!(draft.ok(200)["scale_max"], 10);
        published.problem(409, "method_published");
        assert_eq!(seen.ok(200)["visibility"], "group");
    })
    .await;
}

#[tokio::test]
async fn a_method_has_a_scale_and_criteria_of_different_codes() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let twice = json!([{"code": "effect", "title": "A", "weight": 1}, {"code": "effect", "title": "B", "weight": 2}]);
        let bad = json!([{"code": "Ü", "title": "", "weight": 0, "more": 1}]);

        let broken = me.post("/priority-methods", new_method(json!({"scale_min": 5, "criteria": twice}))).await;
        let shapeless = me.post("/priority-methods", new_method(json!({"criteria": bad}))).await;
        let none = me.post("/priority-methods", new_method(json!({"criteria": []}))).await;

        let both = [told("/criteria/1/code", "not_unique"), told("/scale_max", "rule_broken")].concat();
        assert_eq!(broken.violations(), both);
        let codes: Vec<String> = shapeless.violations().into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(codes, ["/criteria/0/code", "/criteria/0/more", "/criteria/0/title", "/criteria/0/weight"]);
        assert_eq!(none.violations(), told("/criteria", "too_short"));
    })
    .await;
}

#[tokio::test]
async fn editions_of_a_method_share_its_code() {
    app(async |app| {
        let me = app.user("secretariat").await;
        method(&me, json!({})).await;

        let next = me.post("/priority-methods", new_method(json!({"edition": 2}))).await;
        let again = me.post("/priority-methods", new_method(json!({"edition": 2}))).await;

        next.ok(201);
        assert_eq!(again.violations(), told("/code", "not_unique"));
    })
    .await;
}

#[tokio::test]
async fn criteria_and_scores_are_objects_on_both_faces() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let create = "mutation { createPriorityMethod(input: { owner: \"KGZ\", code: \"m\", title: \"M\", scaleMin: 0, scaleMax: 9, \
            language: \"en\", status: PUBLISHED, criteria: [{ code: \"a\", title: \"A\", weight: 2 }] }) { priorityMethod { id criteria { code title weight } } } }";
        let made = me.graphql(create, json!({})).await;
        let of = &made.data()["createPriorityMethod"]["priorityMethod"];
        let risk = risk(&me, json!({})).await;
        let set = "mutation($m: Reference!, $r: Reference!) { createPriority(input: { owner: \"KGZ\", method: $m, subject: { kind: \"risk\", id: $r }, \
            language: \"en\", scores: [{ criterion: \"a\", score: 7, note: \"N\" }], rationale: \"R\" }) { priority { total scores { criterion score note } subject { kind id } } } }";

        let set = me.graphql(set, json!({"m": of["id"], "r": risk})).await;
        let read = me.get(&format!("/priority-methods/{}", of["id"].as_str().unwrap_or_default())).await;

        assert_eq!(of["criteria"], json!([{"code": "a", "title": "A", "weight": 2}]));
        assert_eq!(read.ok(200)["criteria"], of["criteria"]);
        let priority = &set.data()["createPriority"]["priority"];
        assert_eq!(priority["total"], 14);
        assert_eq!(priority["scores"], json!([{"criterion": "a", "score": 7, "note": "N"}]));
        assert_eq!(priority["subject"], json!({"kind": "risk", "id": risk}));
    })
    .await;
}

#[tokio::test]
async fn the_total_follows_from_the_scores_and_is_not_given() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let (method, risk) = (method(&me, json!({})).await, risk(&me, json!({})).await);

        let given = me.post("/priorities", priority(&method, &risk, json!({"total": 99}))).await;
        let made = me.post("/priorities", priority(&method, &risk, json!({}))).await;
        let edited = me.edit(&format!("/priorities/{}", made.id()), json!({"scores": scores(1, 5)})).await;

        assert_eq!(given.violations(), told("/total", "unknown_member"));
        assert_eq!(made.ok(201)["total"], 14);
        assert_eq!(made.body["visibility"], "group");
        assert_eq!(edited.ok(200)["total"], 8);
    })
    .await;
}

#[tokio::test]
async fn scores_name_each_criterion_once_and_no_other() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let (method, risk) = (method(&me, json!({})).await, risk(&me, json!({})).await);
        let bad = json!([{"criterion": "effect", "score": 9}, {"criterion": "effect", "score": 2}, {"criterion": "speed", "score": 3}]);

        let refused = me.post("/priorities", priority(&method, &risk, json!({ "scores": bad }))).await;

        let all = [
            told("/scores", "required"),
            told("/scores/0/score", "out_of_range"),
            told("/scores/1/criterion", "not_unique"),
            told("/scores/2/criterion", "not_in_list"),
        ];
        assert_eq!(refused.violations(), all.concat());
        assert!(refused.body["errors"][0]["detail"].as_str().is_some_and(|text| text.contains("`cost`")));
    })
    .await;
}

#[tokio::test]
async fn another_rank_is_given_with_its_reason() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let (method, risk) = (method(&me, json!({})).await, risk(&me, json!({})).await);

        let rank = me.post("/priorities", priority(&method, &risk, json!({"override_rank": 1}))).await;
        let reason = me.post("/priorities", priority(&method, &risk, json!({"override_reason": "So"}))).await;
        let both = json!({"override_rank": 1, "override_reason": "Agreed by the council"});
        let made = me.post("/priorities", priority(&method, &risk, both)).await;
        let half = me.edit(&format!("/priorities/{}", made.id()), json!({"override_reason": null})).await;

        assert_eq!(rank.violations(), told("/override_reason", "required"));
        assert_eq!(reason.violations(), told("/override_rank", "required"));
        made.ok(201);
        assert_eq!(half.violations(), told("/override_reason", "required"));
    })
    .await;
}

#[tokio::test]
async fn priorities_are_set_by_a_published_method_of_the_owner() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let risk = risk(&me, json!({})).await;
        let draft = method(&me, json!({"status": "draft"})).await;
        let abroad = method(&app.user("foreign_focal_point").await, json!({"owner": "KAZ"})).await;

        let by_draft = me.post("/priorities", priority(&draft, &risk, json!({}))).await;
        let by_other = me.post("/priorities", priority(&abroad, &risk, json!({}))).await;

        assert_eq!(by_draft.violations(), told("/method", "rule_broken"));
        assert_eq!(by_other.violations(), told("/method", "reference_not_found"));
    })
    .await;
}

#[tokio::test]
async fn a_priority_is_of_a_record_that_may_have_one_and_that_its_writer_sees() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let method = method(&me, json!({})).await;
        let hidden = risk(&app.user("lead").await, json!({"visibility": "agency"})).await;
        let of = |kind: &str, id: Json| json!({"subject": {"kind": kind, "id": id}});
        let post = async |more: Json| me.post("/priorities", priority(&method, "", more)).await;

        let task = post(of("task", json!(app.world.id("task:national")))).await;
        let missing = post(of("risk", json!("0198c0de-0000-7000-8000-000000000099"))).await;
        let unseen = post(of("risk", json!(hidden))).await;
        let abroad = post(of("action", json!(app.world.id("action:foreign")))).await;
        let regional = post(of("action", json!(app.world.id("action:regional")))).await;
        let misnamed = post(of("action", json!(hidden))).await;
        let action = post(of("action", json!(app.world.id("action:national")))).await;

        assert_eq!(task.violations(), told("/subject/kind", "not_in_list"));
        for refused in [missing, unseen, abroad, regional, misnamed] {
            assert_eq!(refused.violations(), told("/subject/id", "reference_not_found"));
        }
        action.ok(201);
    })
    .await;
}

#[tokio::test]
async fn a_record_has_one_priority_by_a_method() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let (first, risk) = (method(&me, json!({})).await, risk(&me, json!({})).await);
        let second = method(&me, json!({"edition": 2})).await;
        set(&me, &first, &risk, json!({})).await;

        let again = me.post("/priorities", priority(&first, &risk, json!({}))).await;
        let other = me.post("/priorities", priority(&second, &risk, json!({}))).await;

        assert_eq!(again.violations(), told("/subject", "not_unique"));
        other.ok(201);
    })
    .await;
}

#[tokio::test]
async fn a_ranking_shows_ties_and_ranks_given_instead() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let method = method(&me, json!({})).await;
        let titles = ["Low", "Twin", "Other twin", "Lifted"];
        let said = [(1, 1), (4, 2), (3, 5), (2, 1)];
        let lifted = json!({"override_rank": 1, "override_reason": "Agreed by the council"});
        for (title, (effect, cost)) in titles.into_iter().zip(said) {
            let of = risk(&me, json!({"title": title})).await;
            let mut more = if title == "Lifted" { lifted.clone() } else { json!({}) };
            more["scores"] = scores(effect, cost);
            set(&me, &method, &of, more).await;
        }

        let ranking = me.get(&format!("/priority-methods/{method}/ranking")).await;

        let rows = ranking.ok(200)["rows"].as_array().cloned().unwrap_or_default();
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                json!([
                    row["subject"]["name"],
                    row["rank"],
                    row["is_tied"],
                    row["total"],
                    row["override_rank"]
                ])
            })
            .collect();
        let twins = [json!(["Twin", 1, true, 14, null]), json!(["Other twin", 1, true, 14, null])];
        let [lifted, low] = [json!(["Lifted", 3, false, 7, 1]), json!(["Low", 4, false, 4, null])];
        assert_eq!(told, [&[lifted][..], &twins, &[low]].concat());
        assert_eq!(rows[0]["override_reason"], "Agreed by the council");
        assert_eq!(ranking.body["count"], 4);
    })
    .await;
}

#[tokio::test]
async fn a_ranking_counts_only_what_the_caller_sees() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let method = method(&me, json!({})).await;
        for (level, effect) in [("group", 5), ("national", 3)] {
            let of = risk(&me, json!({"visibility": level})).await;
            set(&me, &method, &of, json!({"visibility": level, "scores": scores(effect, 1)})).await;
        }
        let hidden = risk(&me, json!({})).await;
        set(&me, &method, &hidden, json!({"visibility": "national", "scores": scores(3, 1)})).await;
        let path = format!("/priority-methods/{method}/ranking");
        let query =
            "query($id: ID!) { priorityRanking(id: $id) { count rows { rank isTied subject { name } } } }";

        let all = me.get(&path).await;
        let observer = app.user("observer").await;
        let part = observer.get(&path).await;
        let graphql = observer.graphql(query, json!({ "id": method })).await;
        let abroad = app.user("foreign_observer").await.get(&path).await;

        assert_eq!(all.ok(200)["rows"][0]["total"], 16);
        assert_eq!(all.body["rows"][1]["rank"], 2);
        assert_eq!(part.ok(200)["count"], 2);
        assert_eq!([&part.body["rows"][0]["rank"], &part.body["rows"][0]["total"]], [&json!(1), &json!(10)]);
        assert_eq!(part.body["rows"][1]["subject"], Json::Null);
        assert_eq!(
            graphql.data()["priorityRanking"]["rows"][0],
            json!({"rank": 1, "isTied": true, "subject": {"name": "Chlorine"}})
        );
        abroad.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_ranking_takes_as_many_statements_at_two_as_at_ten() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let method = method(&me, json!({})).await;
        let path = format!("/priority-methods/{method}/ranking");
        let counted = counted(app);
        let reader = me.at(&counted);
        let mut of_size = Vec::new();
        for size in [2, 8] {
            for _ in 0..size {
                set(&me, &method, &risk(&me, json!({})).await, json!({})).await;
            }
            reader.get(&path).await.ok(200);
            let before = counted.state.db.statements();

            reader.get(&path).await.ok(200);

            of_size.push(counted.state.db.statements() - before);
        }

        assert_eq!(of_size[0], of_size[1]);
        assert!(of_size[0] <= 8, "{of_size:?} statements");
    })
    .await;
}

#[tokio::test]
async fn the_rules_of_many_priorities_are_asked_for_in_a_bounded_number() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let method = method(&me, json!({})).await;
        let counted = counted(app);
        let writer = me.at(&counted);
        let mut of_size = Vec::new();
        for size in [2, 20] {
            let mut items = Vec::new();
            for _ in 0..size {
                let risk = risk(&me, json!({})).await;
                items.push(json!({"op": "create", "data": priority(&method, &risk, json!({}))}));
            }
            let before = counted.state.db.statements();

            writer.post("/priorities/batch", json!({ "items": items })).await.ok(200);

            of_size.push(counted.state.db.statements() - before);
        }

        assert!(of_size[1] <= of_size[0] + 2, "{of_size:?} statements");
    })
    .await;
}
