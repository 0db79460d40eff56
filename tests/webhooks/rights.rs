//! What is sent is what the reader may see when it is sent.

use concord::domain::KINDS;
use kernel::record::Op;
use serde_json::json;

use super::{Receiver, hooked, made, run, seen, task, wait};
use crate::support::{TestApp, client::Client};

async fn revoke(app: &TestApp, name: &str) {
    let (def, id) = (KINDS.get("grant").expect("a kind"), app.world.id(&format!("grant:{name}")));
    let op = Op::Delete { id, version: Some(1) };
    let mut unit = app.system().begin().await.expect("a unit");
    unit.apply_one(def, op).await.expect("it is deleted");
    unit.commit().await.expect("committed");
}

#[tokio::test]
async fn a_reader_whose_grants_end_is_sent_nothing_more() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("observer").await;
        made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;
        task(app, "focal_point", "One", json!({})).await;
        run(app).await;
        let before = receiver.titles();

        task(app, "focal_point", "Two", json!({})).await;
        revoke(app, "observer").await;
        run(app).await;

        assert_eq!(before, ["One"]);
        assert_eq!(receiver.titles(), [""; 0]);
        assert_eq!(app.stored("webhook", "state").await, ["ended"]);
        assert_eq!(app.stored("webhook", "reason").await, ["no_reader"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_hidden_is_in_no_message() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("observer").await;
        made(&me, &receiver.url, json!({})).await;

        task(app, "officer", "Kept", json!({ "visibility": "agency" })).await;
        task(app, "focal_point", "Told", json!({})).await;
        run(app).await;

        let bodies: Vec<String> = receiver.got().into_iter().map(|one| one.body).collect();
        assert!(bodies.iter().any(|body| body.contains("Told")));
        assert!(bodies.iter().all(|body| !body.contains("Kept")), "{bodies:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_hidden_between_two_attempts_is_not_sent_again() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("observer").await;
        let (path, _) = made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;
        let one = task(app, "officer", "One", json!({})).await;
        task(app, "focal_point", "Two", json!({})).await;
        receiver.answers(&[500]);
        run(app).await;
        let first = receiver.titles();

        app.user("lead").await.edit(&one, json!({ "visibility": "agency" })).await.ok(200);
        wait(app, "observer", &path).await;
        run(app).await;

        assert_eq!(first, ["One"]);
        let told: Vec<_> = receiver.got().iter().map(super::Got::tells).collect();
        assert!(told.iter().all(|(_, title)| title != "One"), "{told:?}");
        assert!(told.iter().any(|(_, title)| title == "Two"), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn a_reader_whose_rights_change_begins_anew() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("observer").await;
        let (path, _) = made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;
        let def = KINDS.get("grant").expect("a kind");
        let more = json!({ "user": app.world.id("observer"), "owner": "KGZ", "role": "approver" });
        let op = Op::Create(more.as_object().cloned().expect("fields"));
        let mut unit = app.system().begin().await.expect("a unit");
        unit.apply_one(def, op).await.expect("a grant");
        unit.commit().await.expect("committed");
        task(app, "focal_point", "One", json!({})).await;

        run(app).await;
        let paused = seen(app, "observer", &path).await;
        let old = app.user("observer").await.post(&format!("{path}/resume"), json!({})).await;
        let new = app.user("observer").await.post(&format!("{path}/resume"), json!({ "after": "now" })).await;

        assert_eq!(receiver.titles(), [""; 0]);
        assert_eq!((&paused["state"], &paused["reason"]), (&json!("paused"), &json!("rights_changed")));
        old.problem(410, "rights_changed");
        assert_eq!(new.ok(200)["state"], "active");
    })
    .await;
}

#[tokio::test]
async fn a_key_reads_by_its_webhooks_as_it_reads_itself() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        let issued = me.post("/api-keys", json!({ "name": "Copy", "read_kinds": ["task"] })).await;
        let key = issued.ok(201).clone();
        let program = Client::new(app, Some(key["secret"].as_str().expect("a secret").to_owned()));
        let (path, _) = made(&program, &receiver.url, json!({})).await;
        let hidden = me.get(&path).await;

        task(app, "focal_point", "One", json!({})).await;
        run(app).await;
        let first = receiver.titles();
        let key_path = format!("/api-keys/{}", key["api_key"]["id"].as_str().expect("an id"));
        me.act(&key_path, "revoke", json!({})).await.ok(200);
        task(app, "focal_point", "Two", json!({})).await;
        run(app).await;

        hidden.problem(404, "not_found");
        assert_eq!(first, ["One"]);
        assert_eq!(receiver.titles(), [""; 0]);
    })
    .await;
}
