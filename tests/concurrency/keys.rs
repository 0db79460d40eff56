//! Many writers of one new key at once (row B1): one creates, the others find what it made.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use super::{task, titled};
use crate::support::{app, client::Answer};

/// How often each status stands among the answers: 200, 201 and any other.
fn statuses(answers: &[Answer]) -> (usize, usize, Vec<u16>) {
    let count = |wanted: u16| answers.iter().filter(|answer| answer.status == wanted).count();
    let others = answers.iter().map(|answer| answer.status).filter(|status| ![200, 201].contains(status));
    (count(200), count(201), others.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_upserts_of_one_new_key_one_creates_and_the_others_find_it() {
    app(async |app| {
        let me = app.user("secretariat").await;
        for round in 0..5 {
            let path = format!("/tasks/by-key/race/{round}");

            let answers = join_all((0..8).map(|_| me.put(&path, task("Raced")))).await;

            assert_eq!(statuses(&answers), (7, 1, vec![]), "{answers:?}");
            assert_eq!(me.get(&path).await.ok(200)["version"], 1, "the same again changes nothing");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn upserts_of_one_new_key_with_other_contents_are_edits_of_it() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let path = "/tasks/by-key/race/edited";

        let answers = join_all((0..8).map(|n| me.put(path, task(&format!("Raced {n}"))).into_future())).await;

        assert_eq!(statuses(&answers), (7, 1, vec![]), "{answers:?}");
        assert_eq!(me.get(path).await.ok(200)["version"], 8);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_upserts_over_graphql_one_creates_and_the_others_find_it() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let query = "mutation($input: NewTask!) { upsertTask(input: $input) { task { id version } } }";
        let input = json!({"owner": "KGZ", "title": "Raced", "leadAgency": "MES", "language": "en",
            "sourceSystem": "race", "externalKey": "g"});

        let answers = join_all((0..8).map(|_| me.graphql(query, json!({"input": input})))).await;

        let found: BTreeSet<String> =
            answers.iter().map(|one| one.data()["upsertTask"].to_string()).collect();
        assert_eq!(found.len(), 1, "{found:?}");
    })
    .await;
}

/// Upserts of the keys 0 to `count`, beginning at `first`.
fn upserts(count: usize, first: usize) -> Json {
    let item = |at: usize| {
        let key = ((at + first) % count).to_string();
        json!({"op": "upsert", "source_system": "race", "external_key": key, "data": task("Batched")})
    };
    json!({"items": (0..count).map(item).collect::<Vec<_>>()})
}

fn count_of(answers: &[Answer], result: &str) -> usize {
    let outcomes = answers.iter().filter_map(|answer| answer.body["outcomes"].as_array());
    outcomes.flatten().filter(|one| one["result"] == result).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn batches_of_the_same_new_keys_in_any_order_create_each_once() {
    app(async |app| {
        let me = app.user("secretariat").await;
        for (round, count) in [20, 100].into_iter().enumerate() {
            let batches = (0..4).map(|n| me.post("/tasks/batch", upserts(count, n * 7)));

            let answers = join_all(batches).await;

            assert_eq!(statuses(&answers), (4, 0, vec![]), "{answers:?}");
            // The second round finds the twenty keys of the first.
            let new = if round == 0 { 20 } else { 80 };
            assert_eq!(
                (count_of(&answers, "created"), count_of(&answers, "unchanged")),
                (new, count * 4 - new)
            );
        }
        assert_eq!(titled(app, "Batched").await, 100);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn upserts_beside_creations_with_the_same_new_key_are_never_refused() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut keyed = task("Raced");
        (keyed["source_system"], keyed["external_key"]) = (json!("race"), json!("mixed"));
        let (put, post) = ("/tasks/by-key/race/mixed", "/tasks");

        let upserts = join_all((0..6).map(|_| me.put(put, task("Raced"))));
        let creations = join_all((0..6).map(|_| me.post(post, keyed.clone())));
        let (upserts, creations) = tokio::join!(upserts, creations);

        assert_eq!(statuses(&upserts).2, Vec::<u16>::new(), "{upserts:?}");
        let made = statuses(&upserts).1 + statuses(&creations).1;
        assert_eq!((made, titled(app, "Raced").await), (1, 1));
        assert!(statuses(&creations).2.iter().all(|status| *status == 422), "{creations:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_agencies_with_one_new_code_one_is_made_and_the_others_are_not_unique() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let agency =
            json!({"owner": "KGZ", "code": "RACE", "name": "Raced", "kind": "service", "language": "en"});

        let answers = join_all((0..8).map(|_| me.post("/agencies", agency.clone()))).await;

        assert_eq!(statuses(&answers), (0, 1, vec![422; 7]), "{answers:?}");
        let refused = answers.iter().filter(|answer| answer.status == 422);
        assert!(refused.into_iter().all(|one| one.violations() == [("/code".into(), "not_unique".into())]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn grants_that_invite_one_new_address_at_once_make_one_account() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let grant = json!({"owner": "KGZ", "user": "raced@example.org", "role": "observer"});

        let answers = join_all((0..6).map(|_| me.post("/grants", grant.clone()))).await;

        assert_eq!(statuses(&answers), (0, 6, vec![]), "{answers:?}");
        let accounts = app.count_committed("\"user\" WHERE email = 'raced@example.org'").await;
        assert_eq!(accounts, 1);
    })
    .await;
}
