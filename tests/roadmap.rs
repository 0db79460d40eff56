//! Cycles of planning, their steps and milestones.

use serde_json::{Value as Json, json};

use crate::needs::{answering, areas, published, scale};
use crate::support::{app, client::Client};

async fn cycle(me: &Client<'_>, number: i32) -> String {
    let new = json!({"owner": "KGZ", "number": number, "title": format!("Cycle {number}"), "language": "en"});
    let made = me.post("/cycles", new).await;
    made.ok(201);
    made.id()
}

async fn milestone(me: &Client<'_>, cycle: &str, more: Json) -> String {
    let mut new = json!({"cycle": cycle, "title": "Draft", "agency": "MES"});
    new.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    let made = me.post("/milestones", new).await;
    made.ok(201);
    made.id()
}

fn told(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

#[tokio::test]
async fn a_cycle_has_one_step_of_each() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let (first, second) = (cycle(&me, 1).await, cycle(&me, 2).await);
        let step = |cycle: &str| json!({"cycle": cycle, "step": "assessment"});

        let made = me.post("/cycle-steps", step(&first)).await;
        let again = me.post("/cycle-steps", step(&first)).await;
        let other = me.post("/cycle-steps", step(&second)).await;

        made.ok(201);
        other.ok(201);
        assert_eq!(again.violations(), told("/step", "not_unique"));
    })
    .await;
}

#[tokio::test]
async fn an_owner_has_one_cycle_of_each_number() {
    app(async |app| {
        let me = app.user("secretariat").await;
        cycle(&me, 1).await;
        let new = |owner: &str| json!({"owner": owner, "number": 1, "title": "Cycle", "language": "en"});

        let again = me.post("/cycles", new("KGZ")).await;
        let abroad = app.user("foreign_focal_point").await.post("/cycles", new("KAZ")).await;

        assert_eq!(again.violations(), told("/number", "not_unique"));
        abroad.ok(201);
    })
    .await;
}

#[tokio::test]
async fn steps_are_sorted_in_the_order_of_a_cycle() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let of = cycle(&me, 1).await;
        for step in ["review", "joined", "drafting"] {
            me.post("/cycle-steps", json!({"cycle": of, "step": step})).await.ok(201);
        }

        let listed = me.get(&format!("/cycle-steps?cycle_id={of}&sort=step")).await;

        let steps: Vec<&Json> =
            listed.ok(200)["items"].as_array().into_iter().flatten().map(|one| &one["step"]).collect();
        assert_eq!(steps, ["joined", "drafting", "review"]);
    })
    .await;
}

#[tokio::test]
async fn a_step_known_to_a_year_may_end_within_the_year_it_begins() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let of = cycle(&me, 1).await;
        let new = |step: &str, precision: &str| {
            json!({"cycle": of, "step": step, "from_on": "2020-06-15", "until_on": "2020-01-01",
                "until_precision": precision})
        };

        let year = me.post("/cycle-steps", new("assessment", "year")).await;
        let day = me.post("/cycle-steps", new("roadmap", "day")).await;

        year.ok(201);
        assert_eq!(day.violations(), told("/until_on", "rule_broken"));
    })
    .await;
}

#[tokio::test]
async fn a_step_leads_to_its_records_and_is_found_by_them() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let of = cycle(&me, 1).await;
        let (plan, task) = (app.world.id("plan:national"), app.world.id("task:national"));
        let group = app.world.id("working_group:KGZ");
        let new = json!({"cycle": of, "step": "drafting", "plans": [plan], "tasks": [task], "working_groups": [group]});

        let made = me.post("/cycle-steps", new).await;
        let abroad = json!({"cycle": of, "step": "review", "plans": [app.world.id("plan:foreign")]});
        let abroad = me.post("/cycle-steps", abroad).await;
        let found = me.get(&format!("/cycle-steps?plan={plan}&total=true")).await;

        assert_eq!(made.ok(201)["plans"][0]["name"], "Plan national");
        assert_eq!(found.ok(200)["page"]["total"], 1);
        assert_eq!(abroad.violations(), told("/plans/0", "reference_not_found"));
    })
    .await;
}

#[tokio::test]
async fn a_step_or_milestone_is_skipped_by_the_move_that_brings_the_reason() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let of = cycle(&me, 1).await;
        let step = json!({"cycle": of, "step": "adoption", "status": "skipped"});
        let milestone = json!({"cycle": of, "title": "M", "agency": "MES", "status": "skipped"});

        let step = me.post("/cycle-steps", step).await;
        let milestone = me.post("/milestones", milestone).await;

        assert_eq!(step.violations(), told("/status", "rule_broken"));
        assert_eq!(milestone.violations(), told("/status", "rule_broken"));
    })
    .await;
}

#[tokio::test]
async fn a_milestone_is_not_complete_while_one_it_depends_on_is_open() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let of = cycle(&me, 1).await;
        let [first, second] = [milestone(&me, &of, json!({})).await, milestone(&me, &of, json!({})).await];
        let last = milestone(&me, &of, json!({"depends_on": [first, second]})).await;
        let path = |id: &str| format!("/milestones/{id}");

        let early = me.act(&path(&last), "complete", json!({})).await;
        me.act(&path(&first), "complete", json!({})).await.ok(200);
        let half = me.act(&path(&last), "complete", json!({})).await;
        me.act(&path(&second), "skip", json!({"reason": "Not needed"})).await.ok(200);
        let done = me.act(&path(&last), "complete", json!({})).await;

        assert_eq!(
            early.problem(409, "illegal_move")["missing"][0],
            "every milestone it depends on done or skipped"
        );
        half.problem(409, "illegal_move");
        assert_eq!(done.ok(200)["completed_on"], "2026-11-21");
    })
    .await;
}

#[tokio::test]
async fn milestones_do_not_wait_for_each_other_in_a_circle() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let of = cycle(&me, 1).await;
        let first = milestone(&me, &of, json!({})).await;
        let second = milestone(&me, &of, json!({"depends_on": [first]})).await;

        let circle = me.edit(&format!("/milestones/{first}"), json!({"depends_on": [second]})).await;

        assert_eq!(circle.violations(), told("/depends_on", "reference_cycle"));
    })
    .await;
}

#[tokio::test]
async fn a_milestone_depends_on_those_of_its_own_cycle() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let (own, other) = (cycle(&me, 1).await, cycle(&me, 2).await);
        let elsewhere = milestone(&me, &other, json!({})).await;
        let here = milestone(&me, &own, json!({})).await;

        let new = json!({"cycle": own, "title": "M", "agency": "MES", "depends_on": [elsewhere]});
        let made = me.post("/milestones", new).await;
        let edited = me.edit(&format!("/milestones/{here}"), json!({"depends_on": [elsewhere]})).await;

        assert_eq!(made.violations(), told("/depends_on", "rule_broken"));
        assert_eq!(edited.violations(), told("/depends_on", "rule_broken"));
    })
    .await;
}

#[tokio::test]
async fn milestones_of_one_batch_may_wait_for_each_other() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let (own, other) = (cycle(&me, 1).await, cycle(&me, 2).await);
        let item = |cycle: &str, key: &str, more: Json| {
            let mut data = json!({"cycle": cycle, "title": key, "agency": "MES", "source_system": "crm", "external_key": key});
            data.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
            json!({"op": "create", "data": data})
        };
        let after = json!({"depends_on": ["external_key:crm:a"]});
        let items = [item(&own, "b", after.clone()), item(&other, "c", after), item(&own, "a", json!({}))];

        let batch = me.post("/milestones/batch", json!({"atomic": "each", "items": items})).await;

        let outcomes = &batch.ok(200)["outcomes"];
        assert_eq!([&outcomes[0]["result"], &outcomes[2]["result"]], ["created", "created"]);
        assert_eq!(outcomes[1]["errors"][0]["pointer"], "/depends_on");
    })
    .await;
}

#[tokio::test]
async fn the_agency_that_leads_a_milestone_says_that_it_is_reached() {
    app(async |app| {
        let of = cycle(&app.user("secretariat").await, 1).await;
        let id = milestone(&app.user("secretariat").await, &of, json!({})).await;
        let path = format!("/milestones/{id}");

        let bystander = app.user("bystander").await.act(&path, "start", json!({})).await;
        let officer = app.user("officer").await.act(&path, "start", json!({})).await;

        bystander.problem(403, "forbidden");
        assert_eq!(officer.ok(200)["status"], "running");
    })
    .await;
}

#[tokio::test]
async fn a_step_leads_to_its_assessments_and_is_found_by_them() {
    app(async |app| {
        areas(app, &["BORDER"]).await;
        let me = app.user("secretariat").await;
        let (form, _) = published(&me, 1, &[scale("Q1")]).await;
        let assessment = answering(&me, &form, &["MES"]).await;
        let path = format!("/assessments/{assessment}");
        let new = json!({"cycle": cycle(&me, 1).await, "step": "assessment", "assessments": [assessment]});

        let made = me.post("/cycle-steps", new).await;
        let found = me.get(&format!("/cycle-steps?assessment={assessment}&total=true")).await;
        let used = me.delete(&path, &me.get(&path).await.etag()).await;
        let outside = app.user("observer").await.get(&format!("/cycle-steps/{}", made.id())).await;

        assert_eq!(made.ok(201)["assessments"][0]["name"], "Assessment");
        assert_eq!(found.ok(200)["page"]["total"], 1);
        used.problem(409, "in_use");
        assert_eq!(outside.ok(200)["assessments"], json!([]));
    })
    .await;
}
