//! What may be asked of the feed: cursors, kinds, pages that wait.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    change::{SetHead, feed},
    crypto::sha256,
};
use sea_orm::sea_query::{Alias, Expr, Order, Query};
use serde_json::json;
use uuid::Uuid;

use super::{now, until_open};
use crate::support::{TestApp, app, client::Answer};

#[tokio::test]
async fn a_cursor_is_good_for_its_caller_and_feed_only() {
    app(async |app| {
        let (me, other) = (app.user("focal_point").await, app.user("secretariat").await);
        let mine = now(&me).await;
        let list =
            me.get("/tasks?limit=1").await.ok(200)["page"]["next"].as_str().expect("a cursor").to_owned();

        let stolen = other.get(&format!("/changes?after={mine}")).await;
        let nobody = app.anonymous().get(&format!("/changes?after={mine}")).await;
        let strange = me.get(&format!("/changes?after={list}")).await;
        let cut = me.get(&format!("/changes?after={}", &mine[1..])).await;

        for answer in [stolen, nobody, strange, cut] {
            answer.problem(400, "cursor_invalid");
        }
    })
    .await;
}

#[tokio::test]
async fn a_cursor_ends_when_its_caller_sees_other_records() {
    app(async |app| {
        let (me, officer) = (app.user("focal_point").await, app.user("officer").await);
        let mine = now(&me).await;
        let after = now(&officer).await;
        let seat = json!({"working_group": app.world.id("working_group:KGZ"), "agency": "MES"});
        let made = me.post("/memberships", seat).await;

        let changed = officer.get(&format!("/changes?after={after}")).await;
        let same = me.get(&format!("/changes?after={mine}")).await;

        made.ok(201);
        changed.problem(410, "rights_changed");
        same.ok(200);
    })
    .await;
}

#[tokio::test]
async fn kinds_narrow_the_feed() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let tasks = me.get("/changes?kinds=tasks,pillar&limit=200").await;
        let unknown = me.get("/changes?kinds=task,cookies").await;
        let hidden = me.get("/changes?kinds=release_set").await;

        let mut kinds: Vec<&str> = tasks.ok(200)["items"]
            .as_array()
            .expect("items")
            .iter()
            .filter_map(|one| one["kind"].as_str())
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds, ["pillar", "task"]);
        unknown.problem(400, "bad_request");
        hidden.problem(400, "bad_request");
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_with_the_parameters_is_told() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let answer = me.get("/changes?limit=many&wait=x&since=1").await;
        let outside = me.get("/changes?wait=21&limit=201&kinds=task,nothing&kinds=neither").await;
        let large = me.get("/changes?limit=201").await;

        let named = |answer: &Answer| -> Vec<String> {
            answer.violations().into_iter().map(|(pointer, _)| pointer).collect()
        };
        answer.problem(400, "bad_request");
        assert_eq!(named(&answer), ["?limit", "?since", "?wait"]);
        assert_eq!(outside.status, 400);
        assert_eq!(named(&outside), ["?kinds", "?kinds", "?limit", "?wait"]);
        large.problem(400, "limit_out_of_range");
    })
    .await;
}

#[tokio::test]
async fn an_account_that_is_only_named_in_a_log_is_not_told() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let after = now(&me).await;

        let path = format!("/users/{}/password-token", app.world.id("officer"));
        me.post(&path, json!({})).await.ok(201);
        let page = me.get(&format!("/changes?after={after}")).await;

        assert_eq!(page.ok(200)["items"], json!([]));
    })
    .await;
}

/// Adds so many change sets without changes to the end of the log, chained as it has to be.
async fn lengthen(app: &TestApp, sets: i64) {
    let conn = app.state.db.writing();
    let col = |name: &'static str| Alias::new(name);
    let newest = Query::select()
        .columns(["seq", "at", "hash"].map(Alias::new))
        .from(col("change_set"))
        .order_by(col("seq"), Order::Desc)
        .limit(1)
        .take();
    let newest = conn.one(&newest).await.expect("the log").expect("a set");
    let (first, at): (i64, DateTime<Utc>) =
        (newest.try_get_by_index(0).expect("a number"), newest.try_get_by_index(1).expect("an instant"));
    let mut prev: String = newest.try_get_by_index(2).expect("a hash");
    let columns = ["seq", "id", "at", "cause", "row_count", "digest", "prev", "hash"].map(Alias::new);
    for numbers in (1..=sets).collect::<Vec<_>>().chunks(1_000) {
        let mut insert = Query::insert();
        insert.into_table(col("change_set")).columns(columns.clone());
        for number in numbers {
            let head = SetHead {
                seq: first + number,
                id: Uuid::from_u128(u128::try_from(*number).expect("a number")),
                at: at + TimeDelta::microseconds(*number),
                actor: None,
                owner: None,
                request_id: None,
                cause: "seed".into(),
                row_count: 0,
                digest: sha256(&[]),
                prev: prev.clone(),
            };
            let hash = head.hash();
            insert.values_panic([
                Expr::val(head.seq),
                Expr::val(head.id),
                Expr::val(head.at),
                Expr::val(head.cause),
                Expr::val(head.row_count),
                Expr::val(head.digest),
                Expr::val(head.prev),
                Expr::val(hash.clone()),
            ]);
            prev = hash;
        }
        conn.run(&insert).await.expect("sets");
    }
}

#[tokio::test]
async fn a_page_passes_a_bounded_part_of_the_log() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let after = now(&me).await;
        let path = format!("/tasks/{}", app.world.id("task:national"));
        lengthen(app, feed::PASSED + 1).await;
        me.edit(&path, json!({"title": "Far away"})).await.ok(200);

        let first = me.get(&format!("/changes?after={after}")).await.ok(200).clone();
        let next = first["next"].as_str().expect("a cursor");
        let second = me.get(&format!("/changes?after={next}")).await.ok(200).clone();

        assert_eq!((&first["items"], &first["has_more"]), (&json!([]), &json!(true)));
        assert_eq!(
            (&second["items"][0]["record"]["title"], &second["has_more"]),
            (&json!("Far away"), &json!(false))
        );
    })
    .await;
}

#[tokio::test]
async fn a_page_waits_until_something_happens() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let after = now(&me).await;
        let path = format!("/tasks/{}", app.world.id("task:national"));

        let waiting = async { me.get(&format!("/changes?after={after}&wait=15")).await };
        let writing = async {
            until_open(app, 1).await;
            me.edit(&path, json!({"title": "Now"})).await
        };
        let (waited, written) = tokio::join!(waiting, writing);

        written.ok(200);
        assert_eq!(waited.ok(200)["items"][0]["record"]["title"], "Now");
    })
    .await;
}
