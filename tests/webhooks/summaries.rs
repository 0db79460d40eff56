//! Imports of which webhooks tell in one message.

use chrono::TimeDelta;
use serde_json::{Value as Json, json};

use super::{Got, Receiver, hooked, made, run, seen, task, wait};
use crate::{
    imports::{act, send},
    support::{
        TestApp,
        client::{Answer, Client},
    },
};

const HEAD: &str = "title,owner,lead_agency,language,visibility\n";

/// A file of as many tasks, every third one for its agency alone.
fn file(rows: usize) -> String {
    let row = |at: usize| {
        let visibility = if at.is_multiple_of(3) { "agency" } else { "national" };
        format!("Row {at},KGZ,MES,en,{visibility}\n")
    };
    HEAD.to_owned() + &(0..rows).map(row).collect::<String>()
}

/// Sends a file of as many new tasks.
async fn imported(caller: &Client<'_>, query: &str, rows: usize) -> Answer {
    let answer = send(caller, query, file(rows)).await;
    assert_eq!(answer.ok(200)["rejected"], 0, "{}", answer.body);
    answer
}

/// The types of messages.
fn types(got: &[Got]) -> Vec<String> {
    got.iter().map(|one| one.tells().0).collect()
}

/// What a summary counts.
fn counts(got: &Got) -> Json {
    got.json()["data"]["counts"].clone()
}

fn counted(event: &str, count: usize) -> Json {
    json!([{ "kind": "task", "event": event, "count": count }])
}

/// Leaves the import of an answer at work; answers its path.
async fn lay_open(app: &TestApp, sent: &Answer) -> String {
    let id = sent.ok(200)["id"].as_str().expect("an id");
    app.lay_open_import(id.parse().expect("an id")).await;
    format!("/imports/{id}/cancel")
}

#[tokio::test]
async fn an_import_is_told_of_in_one_message_where_its_sender_asks_for_it() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("officer").await;
        made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;

        task(app, "focal_point", "Before", json!({})).await;
        let sent = imported(&me, "kind=tasks&events=summary", 60).await;
        task(app, "focal_point", "After", json!({})).await;
        run(app).await;
        let got = receiver.got();
        let data = got[1].json()["data"].clone();
        let feed = async |from: &str| {
            let after = data[from].as_str().expect("a cursor");
            let part = me.get(&format!("/changes?kinds=task&limit=200&after={after}")).await;
            part.ok(200)["items"].as_array().expect("items").len()
        };
        let told = [feed("after").await, feed("cursor").await];
        me.post(&act(&sent, "revert"), json!({})).await.ok(200);
        run(app).await;
        let back = receiver.got();
        imported(&me, "kind=tasks", 3).await;
        run(app).await;

        assert_eq!(sent.body["events"], "summary");
        assert_eq!(types(&got), ["task.appeared", "changes.summary", "task.appeared"]);
        assert_eq!(counts(&got[1]), counted("appeared", 60));
        assert_eq!(data["after"], got[0].json()["data"]["cursor"]);
        // The task behind it follows in any case.
        assert_eq!(told, [61, 1]);
        assert_eq!(
            (types(&back), counts(&back[0])),
            (vec!["changes.summary".to_owned()], counted("disappeared", 60))
        );
        assert_eq!(types(&receiver.got()), ["task.appeared"; 3]);
    })
    .await;
}

#[tokio::test]
async fn a_summary_counts_what_its_reader_sees_and_wants() {
    hooked(async |app| {
        let (all, seen_by_observer, other) =
            (Receiver::new().await, Receiver::new().await, Receiver::new().await);
        let me = app.user("officer").await;
        made(&me, &all.url, json!({})).await;
        made(&app.user("observer").await, &seen_by_observer.url, json!({ "kinds": ["task"] })).await;
        made(&me, &other.url, json!({ "countries": ["KAZ"] })).await;

        imported(&me, "kind=tasks&events=summary", 60).await;
        run(app).await;

        assert_eq!(all.got().iter().map(counts).collect::<Vec<_>>(), [counted("appeared", 60)]);
        assert_eq!(seen_by_observer.got().iter().map(counts).collect::<Vec<_>>(), [counted("appeared", 40)]);
        assert_eq!(other.got().len(), 0);
        assert_eq!(app.stored("webhook", "state").await, ["active"; 3]);
    })
    .await;
}

#[tokio::test]
async fn a_summary_that_is_not_taken_is_sent_again_as_the_same_message() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("officer").await;
        let (path, _) = made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;
        imported(&me, "kind=tasks&events=summary", 30).await;
        receiver.answers(&[503]);

        run(app).await;
        run(app).await;
        let first = receiver.got();
        let waited = wait(app, "officer", &path).await;
        run(app).await;
        let last = receiver.got();

        assert_eq!((first.len(), last.len()), (1, 1));
        assert!((5..=6).contains(&waited));
        assert_eq!(first[0].header("webhook-id"), last[0].header("webhook-id"));
        assert_eq!(first[0].json()["data"]["counts"], last[0].json()["data"]["counts"]);
        assert_eq!(seen(app, "officer", &path).await["failures"], 0);
    })
    .await;
}

#[tokio::test]
async fn an_import_at_work_is_waited_for_while_nothing_else_follows() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("officer").await;
        made(&me, &receiver.url, json!({ "kinds": ["task"] })).await;
        let groups = "kind=tasks&atomic=group&group_size=10&events=summary";
        let later = async || {
            app.state.clock.advance(TimeDelta::seconds(5));
            run(app).await;
            receiver.got()
        };

        let first = imported(&me, groups, 30).await;
        let cancel = lay_open(app, &first).await;
        run(app).await;
        let at_work = (receiver.got(), later().await);
        me.post(&cancel, json!({})).await.ok(200);
        let whole = later().await;
        let second = imported(&me, groups, 40).await;
        lay_open(app, &second).await;
        task(app, "focal_point", "Another", json!({})).await;
        run(app).await;
        let followed = receiver.got();
        let third = imported(&me, groups, 50).await;
        lay_open(app, &third).await;
        run(app).await;
        let waiting = receiver.got();
        app.state.clock.advance(TimeDelta::seconds(61));
        let left_alone = later().await;

        assert_eq!((at_work.0.len(), at_work.1.len(), waiting.len()), (0, 0, 0));
        assert_eq!(whole.iter().map(counts).collect::<Vec<_>>(), [counted("appeared", 30)]);
        assert_eq!(types(&followed), ["changes.summary", "task.appeared"]);
        assert_eq!(counts(&followed[0]), counted("appeared", 40));
        assert_eq!(left_alone.iter().map(counts).collect::<Vec<_>>(), [counted("appeared", 50)]);
    })
    .await;
}

#[tokio::test]
async fn a_long_import_is_one_message_too() {
    hooked(async |app| {
        let receiver = Receiver::new().await;
        let me = app.user("officer").await;
        made(&me, &receiver.url, json!({ "kinds": ["task"], "events": ["appeared"] })).await;

        send(&me, "kind=tasks&events=summary", file(1_200)).await.ok(202);
        app.finish_tasks().await;
        run(app).await;

        assert_eq!(receiver.got().iter().map(counts).collect::<Vec<_>>(), [counted("appeared", 1_200)]);
    })
    .await;
}
