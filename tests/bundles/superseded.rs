//! The next bundle takes the place of the one before; what is over is hidden.

use chrono::TimeDelta;
use serde_json::{Value as Json, json};

use super::{lines, made, release, send, two};
use crate::support::{TestApp, client::Answer, start};
use concord::domain::{exchange::bundles, sharing::term};
use kernel::clock::Clock;

/// An installation some minutes later.
async fn later(app: &TestApp, minutes: i64) -> TestApp {
    let clock = Clock::fixed(start() + TimeDelta::minutes(minutes));
    TestApp::at(clock, app.state.db.clone(), app.world.clone(), app.url.clone()).await
}

#[tokio::test]
async fn what_a_later_bundle_leaves_out_is_destroyed() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        let released = release(&me, sender, "partners", json!({})).await;
        receiver.pins(sender).await;
        let first = made(&me, json!({"audiences": ["partners"]})).await;
        receiver.receives(&first).await.ok(200);
        let before = receiver.sees("partner", "actions").await;
        let partner = receiver.user("partner").await;
        let action = sender.world.id("action:national");
        partner.get(&format!("/actions/{action}")).await.ok(200);

        me.act(&format!("/releases/{released}"), "revoke", json!({"status_reason": "A mistake"}))
            .await
            .ok(200);
        let second =
            made(&later(sender, 5).await.user("focal_point").await, json!({"audiences": ["partners"]})).await;
        receiver.receives(&second).await.ok(200);
        let stale = receiver.receives(&first).await;

        assert!(before > 0);
        let left = lines(&second)
            .iter()
            .filter(|line| line.get("record").is_some_and(|one| one["kind"] == "action"))
            .count();
        assert_eq!(receiver.sees("partner", "actions").await, u64::try_from(left).expect("a count"));
        partner.get(&format!("/actions/{action}")).await.problem(404, "not_found");
        partner.get(&format!("/actions/{action}/history")).await.problem(404, "not_found");
        stale.problem(409, "superseded");
        let states: Vec<Json> = receiver.user("operator").await.get("/bundles").await.ok(200)["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|one| one["state"].clone())
            .collect();
        assert_eq!(states, ["current", "superseded"]);
    })
    .await;
}

#[tokio::test]
async fn the_same_again_writes_nothing() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        release(&me, sender, "partners", json!({})).await;
        receiver.pins(sender).await;
        let bytes = made(&me, json!({"audiences": ["partners"]})).await;
        let first: Json = receiver.receives(&bytes).await.ok(200).clone();
        let changes = receiver.app.count("change").await;

        let again = receiver.receives(&bytes).await;
        let anew =
            made(&later(sender, 5).await.user("focal_point").await, json!({"audiences": ["partners"]})).await;
        receiver.receives(&anew).await.ok(200);

        assert_eq!(again.ok(200), &first);
        // A later bundle that says the same changes its releases alone: they end with it.
        let releases = lines(&anew).iter().filter(|line| line.get("release").is_some()).count();
        let written = receiver.app.count("change").await - changes;
        assert_eq!(written, i64::try_from(releases).expect("a count"));
    })
    .await;
}

#[tokio::test]
async fn an_agency_that_is_made_anew_takes_the_place_of_the_old_one() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        release(&me, sender, "partners", json!({})).await;
        let body =
            json!({"owner": "KGZ", "code": "NEW", "name": "First", "kind": "ministry", "language": "en"});
        let agency = me.post("/agencies", body.clone()).await;
        let shown =
            json!({"subject": {"record": {"kind": "agency", "id": agency.id()}}, "audiences": ["partners"]});
        me.post("/releases", shown).await.ok(201);
        receiver.pins(sender).await;
        let first = made(&me, json!({"audiences": ["partners"]})).await;
        receiver.receives(&first).await.ok(200);

        let path = format!("/agencies/{}", agency.id());
        let tag = me.get(&path).await.etag();
        assert_eq!(me.delete(&path, &tag).await.status, 204);
        let mut body = body;
        body["name"] = json!("Second");
        let other = me.post("/agencies", body).await;
        let shown =
            json!({"subject": {"record": {"kind": "agency", "id": other.id()}}, "audiences": ["partners"]});
        me.post("/releases", shown).await.ok(201);
        let second =
            made(&later(sender, 5).await.user("focal_point").await, json!({"audiences": ["partners"]})).await;
        receiver.receives(&second).await.ok(200);

        let partner = receiver.user("partner").await;
        partner.get(&format!("/agencies/{}", agency.id())).await.problem(404, "not_found");
        assert_eq!(partner.get(&format!("/agencies/{}", other.id())).await.ok(200)["name"], "Second");
    })
    .await;
}

#[tokio::test]
async fn a_bundle_ends_with_its_day_and_with_its_releases() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        receiver.pins(sender).await;
        let until = |hours: i64| (start() + TimeDelta::hours(hours)).to_rfc3339();
        release(&me, sender, "public", json!({"until_at": until(2)})).await;
        release(&me, sender, "partners", json!({})).await;
        let bytes = made(&me, json!({"audiences": ["public", "partners"], "valid_until": until(48)})).await;
        receiver.receives(&bytes).await.ok(200);

        let at = async |hours: i64| {
            let then = later(&receiver.app, hours * 60).await;
            term::keep_terms(&then.system()).await.expect("the terms are kept");
            let partner = receiver.people.iter().find(|(name, _)| *name == "partner").expect("a partner").1;
            let count = |answer: &Answer| answer.ok(200)["page"]["total"].clone();
            let path = "/plans?owner=KGZ&total=true";
            [count(&then.anonymous().get(path).await), count(&then.person(partner).await.get(path).await)]
        };

        assert_eq!(at(1).await, [1, 2]);
        assert_eq!(at(3).await, [0, 2]);
        assert_eq!(at(49).await, [0, 0]);
        let over = at_then(receiver, 49, &bytes).await;
        assert_eq!(over.problem(422, "invalid")["errors"][0]["code"], "bundle_broken");
        // What is over is destroyed by the clock, not only hidden.
        assert!(receiver.app.count("plan").await > 0);
        bundles::end_over(&later(&receiver.app, 49 * 60).await.system()).await.expect("it ends");
        assert_eq!(receiver.app.count("plan").await, 0);
        let states = receiver.app.stored("bundle", "state").await;
        assert_eq!(states, ["ended"]);
    })
    .await;
}

/// What receiving a bundle answers so many hours later.
async fn at_then(receiver: &super::Receiver, hours: i64, bytes: &[u8]) -> Answer {
    let then = later(&receiver.app, hours * 60).await;
    let operator = receiver.people.iter().find(|(name, _)| *name == "operator").expect("an operator").1;
    send(&then.person(operator).await, bytes).await
}

#[tokio::test]
async fn plans_come_one_by_one_and_all_at_once() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        release(&me, sender, "partners", json!({})).await;
        receiver.pins(sender).await;
        let plan = sender.world.id("plan:national");

        let one = made(&me, json!({"audiences": ["partners"], "plan": plan})).await;
        receiver.receives(&one).await.ok(200);
        let alone = receiver.sees("partner", "plans").await;
        let of_plan = receiver.sees("partner", "actions").await;
        let all =
            made(&later(sender, 5).await.user("focal_point").await, json!({"audiences": ["partners"]})).await;
        receiver.receives(&all).await.ok(200);
        let third = later(sender, 9).await;
        let again =
            made(&third.user("focal_point").await, json!({"audiences": ["partners"], "plan": plan})).await;

        assert!(of_plan > 0 && alone == 1);
        assert!(receiver.sees("partner", "plans").await > 1);
        receiver.receives(&again).await.problem(409, "superseded");
    })
    .await;
}

#[tokio::test]
async fn what_was_withdrawn_may_come_again() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        release(&me, sender, "partners", json!({})).await;
        receiver.pins(sender).await;
        let first = made(&me, json!({"audiences": ["partners"]})).await;
        let id = receiver.receives(&first).await.ok(200)["id"].clone();
        let path = format!("/bundles/{}/withdraw", id.as_str().expect("an id"));
        receiver.user("operator").await.post(&path, json!({})).await.ok(200);
        let gone = receiver.app.count("action").await;

        let same = receiver.receives(&first).await;
        let second =
            made(&later(sender, 5).await.user("focal_point").await, json!({"audiences": ["partners"]})).await;
        receiver.receives(&second).await.ok(200);

        assert_eq!(gone, 0);
        same.problem(409, "superseded");
        assert!(receiver.sees("partner", "actions").await > 0);
    })
    .await;
}

#[tokio::test]
async fn two_plans_share_their_agencies() {
    two(async |sender, receiver| {
        let me = sender.user("focal_point").await;
        release(&me, sender, "partners", json!({})).await;
        receiver.pins(sender).await;
        let all = me.get("/plans?owner=KGZ&limit=200").await.ok(200).clone();
        let national = sender.world.id("plan:national").to_string();
        let others = all["items"].as_array().expect("items").iter();
        let other = others
            .map(|one| one["id"].as_str().expect("an id"))
            .find(|id| **id != national)
            .expect("another plan");
        let body = json!({"subject": {"plan": other}, "audiences": ["partners"], "include_references": true});
        me.post("/releases", body).await;
        let one = made(&me, json!({"audiences": ["partners"], "plan": national})).await;
        receiver.receives(&one).await.ok(200);
        let second = later(sender, 5).await;
        let two =
            made(&second.user("focal_point").await, json!({"audiences": ["partners"], "plan": other})).await;
        let taken = receiver.receives(&two).await.ok(200).clone();
        let plans = receiver.sees("partner", "plans").await;

        let path = format!("/bundles/{}/withdraw", taken["id"].as_str().expect("an id"));
        receiver.user("operator").await.post(&path, json!({})).await.ok(200);

        assert_eq!((plans, receiver.sees("partner", "plans").await), (2, 1));
        assert!(receiver.sees("partner", "agencies").await > 0);
        receiver.receives(&one).await.ok(200);
    })
    .await;
}
