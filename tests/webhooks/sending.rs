//! Messages go out in order, again where they were not taken, and the webhook says how it fares.

use serde_json::json;

use super::{Receiver, hooked, made, run, seen, task, wait};

#[tokio::test]
async fn what_happens_is_sent_in_order_and_once() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        task(app, "focal_point", "Before", json!({})).await;
        let (path, hook) = made(&me, &receiver.url, json!({ "kinds": ["tasks"] })).await;

        let one = task(app, "focal_point", "One", json!({})).await;
        task(app, "focal_point", "Two", json!({})).await;
        run(app).await;
        let first = receiver.got();
        run(app).await;
        me.edit(&one, json!({ "title": "One more" })).await.ok(200);
        run(app).await;

        let told: Vec<_> = first.iter().map(super::Got::tells).collect();
        let wanted = [("task.appeared", "One"), ("task.appeared", "Two")];
        assert_eq!(told, wanted.map(|(name, title)| (name.to_owned(), title.to_owned())));
        let data = &first[0].json()["data"];
        assert_eq!((&data["event"], &data["kind"]), (&json!("appeared"), &json!("task")));
        assert_eq!(data["id"], one.trim_start_matches("/tasks/"));
        let after = me.get(&format!("/changes?after={}", data["cursor"].as_str().expect("a cursor"))).await;
        assert_eq!(after.ok(200)["items"][0]["record"]["title"], "Two");
        let second: Vec<_> = receiver.got().iter().map(super::Got::tells).collect();
        assert_eq!(second, [("task.changed".to_owned(), "One more".to_owned())]);
        assert_eq!(hook["state"], "active");
        let now = seen(app, "focal_point", &path).await;
        assert_eq!((&now["failures"], &now["last_attempt"]["status"]), (&json!(0), &json!(204)));
        assert_eq!(now["secret"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_taken_is_sent_again_and_nothing_overtakes_it() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        let (path, _) = made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;
        task(app, "focal_point", "One", json!({})).await;
        task(app, "focal_point", "Two", json!({})).await;
        receiver.answers(&[503, 500]);

        run(app).await;
        run(app).await;
        let first = receiver.got();
        let waited = [wait(app, "focal_point", &path).await, {
            run(app).await;
            wait(app, "focal_point", &path).await
        }];
        let second = receiver.got();
        run(app).await;
        let last = receiver.got();

        assert_eq!((first.len(), second.len()), (1, 1));
        assert!((5..=6).contains(&waited[0]) && (20..=24).contains(&waited[1]), "{waited:?}");
        assert_eq!(first[0].header("webhook-id"), last[0].header("webhook-id"));
        assert_eq!(last.iter().map(|one| one.tells().1).collect::<Vec<_>>(), ["One", "Two"]);
        let attempts = app.user("focal_point").await.get(&format!("{path}/attempts")).await;
        let items = attempts.ok(200)["items"].as_array().expect("items").clone();
        let statuses: Vec<_> = items.iter().map(|one| one["status"].as_i64().expect("a status")).collect();
        assert_eq!(statuses, [204, 204, 500, 503]);
        assert_eq!(items[3]["message"], first[0].header("webhook-id"));
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_stays_away_has_its_webhook_paused_and_what_it_missed_sent_later() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        let (path, _) = made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;
        task(app, "focal_point", "One", json!({})).await;
        receiver.answers(&[500; 9]);

        let mut waits = Vec::new();
        run(app).await;
        while seen(app, "focal_point", &path).await["state"] == "active" {
            waits.push(wait(app, "focal_point", &path).await);
            run(app).await;
        }
        let paused = seen(app, "focal_point", &path).await;
        task(app, "focal_point", "Two", json!({})).await;
        run(app).await;
        let missed = receiver.got().len();
        app.user("focal_point").await.post(&format!("{path}/resume"), json!({})).await.ok(200);
        run(app).await;

        assert_eq!((&paused["state"], &paused["reason"]), (&json!("paused"), &json!("failing")));
        assert_eq!(paused["next_attempt_at"], json!(null));
        assert_eq!((waits.len(), missed), (8, 9));
        assert!(waits.windows(2).all(|pair| pair[0] < pair[1]) && waits[7] == 36_000, "{waits:?}");
        assert_eq!(receiver.titles(), ["One", "Two"]);
        assert_eq!(seen(app, "focal_point", &path).await["reason"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_is_gone_ends_its_webhook() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        let (path, _) = made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;
        task(app, "focal_point", "One", json!({})).await;
        receiver.answers(&[410]);

        run(app).await;
        task(app, "focal_point", "Two", json!({})).await;
        run(app).await;

        assert_eq!(receiver.titles(), ["One"]);
        let hook = seen(app, "focal_point", &path).await;
        assert_eq!((&hook["state"], &hook["reason"]), (&json!("ended"), &json!("gone")));
        for verb in ["resume", "pause", "rotate", "test"] {
            me.post(&format!("{path}/{verb}"), json!({})).await.problem(409, "webhook_ended");
        }
        me.patch(&path, "*", json!({ "kinds": [] })).await.problem(409, "webhook_ended");
        me.delete(&path, "*").await.ok(204);
        me.get(&path).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn what_came_after_a_cursor_is_sent_again_under_the_same_ids() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("focal_point").await;
        let start = me.get("/changes?after=now").await.ok(200)["next"].clone();
        let (path, _) = made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;
        task(app, "focal_point", "One", json!({})).await;
        run(app).await;
        let first = receiver.got();

        me.post(&format!("{path}/resume"), json!({ "after": start })).await.ok(200);
        run(app).await;
        let second = receiver.got();
        me.post(&format!("{path}/pause"), json!({})).await.ok(200);
        task(app, "focal_point", "Two", json!({})).await;
        run(app).await;
        let paused = receiver.got();
        me.post(&format!("{path}/resume"), json!({ "after": "now" })).await.ok(200);
        run(app).await;
        let skipped = receiver.got();
        let other = me.post(&format!("{path}/resume"), json!({ "after": "nothing" })).await;

        assert_eq!(first.len(), 1);
        assert_eq!(second.len(), 1);
        assert_eq!(first[0].header("webhook-id"), second[0].header("webhook-id"));
        assert_eq!((paused.len(), skipped.len()), (0, 0));
        assert_eq!(other.problem(422, "invalid")["errors"][0]["code"], "cursor_invalid");
    })
    .await;
}

#[tokio::test]
async fn a_webhook_tells_what_it_is_asked_to_tell() {
    hooked(async |app| {
        let (events, countries) = (Receiver::new().await, Receiver::new().await);
        let me = app.user("focal_point").await;
        made(&me, &events.url, json!({ "kinds": ["task"], "events": ["changed", "disappeared"] })).await;
        made(&me, &countries.url, json!({ "countries": ["kg"], "kinds": ["task", "user"] })).await;
        let (other, _) = made(&me, &countries.url, json!({ "countries": ["KAZ"], "kinds": ["task"] })).await;

        let one = task(app, "focal_point", "One", json!({})).await;
        run(app).await;
        let [first, of_country] = [events.titles(), countries.titles()];
        me.edit(&one, json!({ "title": "One more" })).await.ok(200);
        run(app).await;
        let second = events.titles();
        let etag = me.get(&one).await.etag();
        me.delete(&one, &etag).await.ok(204);
        run(app).await;
        let gone = events.got();

        assert_eq!(first, [""; 0]);
        assert_eq!(of_country, ["One"]);
        assert_eq!(second, ["One more"]);
        assert_eq!(gone[0].json()["type"], "task.disappeared");
        assert_eq!(gone[0].json()["data"]["record"], json!(null));
        assert_eq!(seen(app, "focal_point", &other).await["countries"], json!(["KAZ"]));
    })
    .await;
}
