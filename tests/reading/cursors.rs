//! Order, pages and cursors, on both faces.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{task, titles};
use crate::support::{TestApp, app, client::Client};

/// Adds tasks with these days, named by them; one without a day is named `none`.
async fn add_dated(me: &Client<'_>, days: &[Option<&str>]) {
    for day in days {
        let mut body = task(day.unwrap_or("none"));
        body["due_on"] = json!(day);
        body["description"] = json!("dated");
        me.post("/tasks", body).await.ok(201);
    }
}

/// Walks a list page by page by its cursors; answers the titles.
async fn walk(who: &Client<'_>, path: &str, limit: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = format!("{path}&limit={limit}");
    loop {
        let page = who.get(&next).await;
        let items = page.ok(200)["items"].as_array().cloned().unwrap_or_default();
        found.extend(items.iter().map(|one| one["title"].as_str().unwrap_or_default().to_owned()));
        let link = page.headers.get("link").and_then(|value| value.to_str().ok());
        let Some(cursor) = page.body["page"]["next"].as_str() else {
            assert!(link.is_none());
            return found;
        };
        let address = link.and_then(|text| text.strip_prefix("</api/v1")?.strip_suffix(">; rel=\"next\""));
        assert!(address.is_some_and(|address| address.contains(cursor)));
        next = address.unwrap_or_default().to_owned();
    }
}

const CONNECTION: &str =
    "query($filter: TaskFilter, $sort: [TaskSort!], $first: Int, $after: String, $last: Int, $before: String) {
    tasks(filter: $filter, sort: $sort, first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { title } } nodes { title } totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

/// Walks a connection one record at a time, forwards or backwards; answers the titles.
async fn walk_connection(who: &Client<'_>, sort: &str, forwards: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = Json::Null;
    loop {
        let mut asked = json!({"filter": {"q": "dated"}, "sort": [sort]});
        let (size, at) = if forwards { ("first", "after") } else { ("last", "before") };
        asked[size] = json!(1);
        asked[at] = cursor;
        let answer = who.graphql(CONNECTION, asked).await;
        let part = &answer.data()["tasks"];
        assert_eq!(part["edges"][0]["node"], part["nodes"][0]);
        found.extend(part["nodes"][0]["title"].as_str().map(str::to_owned));
        let info = &part["pageInfo"];
        let (more, next) =
            if forwards { ("hasNextPage", "endCursor") } else { ("hasPreviousPage", "startCursor") };
        if info[more] == false {
            return found;
        }
        cursor = info[next].clone();
    }
}

#[tokio::test]
async fn a_list_is_in_order_of_creation_unless_asked() {
    app(async |app| {
        let me = app.user("officer").await;
        add_dated(&me, &[Some("2027-03-01"), None, Some("2027-01-01")]).await;

        assert_eq!(titles(&me, "/tasks?q=dated").await, ["2027-03-01", "none", "2027-01-01"]);
        assert_eq!(walk(&me, "/tasks?q=dated", 2).await, ["2027-03-01", "none", "2027-01-01"]);
    })
    .await;
}

#[tokio::test]
async fn nulls_come_last_both_ways() {
    app(async |app| {
        let me = app.user("officer").await;
        add_dated(&me, &[None, Some("2027-03-01"), Some("2027-01-01"), Some("2027-02-01"), None]).await;
        let up = ["2027-01-01", "2027-02-01", "2027-03-01", "none", "none"];
        let down = ["2027-03-01", "2027-02-01", "2027-01-01", "none", "none"];

        assert_eq!(titles(&me, "/tasks?q=dated&sort=due_on").await, up);
        assert_eq!(titles(&me, "/tasks?q=dated&sort=-due_on").await, down);
    })
    .await;
}

#[tokio::test]
async fn a_walk_by_single_records_equals_the_list() {
    app(async |app| {
        let me = app.user("officer").await;
        add_dated(&me, &[None, Some("2027-03-01"), Some("2027-01-01"), Some("2027-03-01"), None]).await;

        let up = titles(&me, "/tasks?q=dated&sort=due_on").await;
        let down = titles(&me, "/tasks?q=dated&sort=-due_on,title").await;

        assert_eq!(walk(&me, "/tasks?q=dated&sort=due_on", 1).await, up);
        assert_eq!(walk(&me, "/tasks?q=dated&sort=-due_on,title", 1).await, down);
        assert_eq!(
            walk(&me, "/tasks?q=dated&sort=priority,-due_on", 1).await,
            walk(&me, "/tasks?q=dated&sort=-due_on", 3).await
        );
    })
    .await;
}

/// Titles of tasks with each priority, in an order of a list, page by page.
async fn by_priority(me: &Client<'_>, sort: &str) -> Vec<String> {
    walk(me, &format!("/tasks?q=ranked&sort={sort}"), 1).await
}

#[tokio::test]
async fn priorities_are_sorted_by_urgency_and_not_by_the_alphabet() {
    app(async |app| {
        let me = app.user("officer").await;
        for priority in ["high", "low", "urgent", "normal"] {
            let task = json!({"owner": "KGZ", "title": priority, "description": "ranked", "lead_agency": "MES",
                "priority": priority, "language": "en"});
            me.post("/tasks", task).await.ok(201);
        }

        assert_eq!(by_priority(&me, "priority").await, ["low", "normal", "high", "urgent"]);
        assert_eq!(by_priority(&me, "-priority").await, ["urgent", "high", "normal", "low"]);
        assert_eq!(by_priority(&me, "priority,-title").await, ["low", "normal", "high", "urgent"]);
    })
    .await;
}

#[tokio::test]
async fn a_connection_walks_both_ways() {
    app(async |app| {
        let me = app.user("officer").await;
        add_dated(&me, &[None, Some("2027-03-01"), Some("2027-01-01"), Some("2027-02-01"), None]).await;
        let up = titles(&me, "/tasks?q=dated&sort=due_on").await;
        let down = titles(&me, "/tasks?q=dated&sort=-due_on").await;
        let turned = |list: &[String]| list.iter().rev().cloned().collect::<Vec<_>>();

        assert_eq!(walk_connection(&me, "DUE_ON_ASC", true).await, up);
        assert_eq!(walk_connection(&me, "DUE_ON_DESC", true).await, down);
        assert_eq!(walk_connection(&me, "DUE_ON_ASC", false).await, turned(&up));
        assert_eq!(walk_connection(&me, "DUE_ON_DESC", false).await, turned(&down));
    })
    .await;
}

#[tokio::test]
async fn the_end_of_a_connection_is_in_the_order_of_the_list() {
    app(async |app| {
        let me = app.user("officer").await;
        add_dated(&me, &[Some("2027-03-01"), Some("2027-01-01"), Some("2027-02-01")]).await;

        let end = me
            .graphql(CONNECTION, json!({"filter": {"q": "dated"}, "sort": ["DUE_ON_ASC"], "last": 2}))
            .await;
        let mixed = me.graphql(CONNECTION, json!({"first": 1, "last": 1})).await;

        let part = &end.data()["tasks"];
        assert_eq!(part["nodes"], json!([{"title": "2027-02-01"}, {"title": "2027-03-01"}]));
        assert_eq!(part["totalCount"], 3);
        assert_eq!(mixed.fault(), "bad_request");
    })
    .await;
}

/// A cursor of the officer's tasks.
async fn cursor(app: &TestApp, path: &str) -> String {
    let page = app.user("officer").await.get(path).await;
    page.ok(200)["page"]["next"].as_str().expect("a cursor").to_owned()
}

#[tokio::test]
async fn a_cursor_serves_its_caller_list_and_order_only() {
    app(async |app| {
        let cursor = cursor(app, "/tasks?limit=1").await;
        let me = app.user("officer").await;
        let mut altered = cursor.clone();
        altered.replace_range(30..31, if &cursor[30..31] == "A" { "B" } else { "A" });

        let own = me.get(&format!("/tasks?after={cursor}")).await;
        let foreign = app.user("lead").await.get(&format!("/tasks?after={cursor}")).await;
        let anonymous = app.anonymous().get(&format!("/tasks?after={cursor}")).await;
        let changed = me.get(&format!("/tasks?after={altered}")).await;
        let cut = me.get(&format!("/tasks?after={}", &cursor[..20])).await;
        let nonsense = me.get("/tasks?after=nonsense").await;
        let empty = me.get("/tasks?after=").await;
        let resorted = me.get(&format!("/tasks?sort=title&after={cursor}")).await;
        let elsewhere = me.get(&format!("/actions?after={cursor}")).await;

        own.ok(200);
        foreign.problem(400, "cursor_invalid");
        anonymous.problem(400, "cursor_invalid");
        changed.problem(400, "cursor_invalid");
        cut.problem(400, "cursor_invalid");
        nonsense.problem(400, "cursor_invalid");
        empty.problem(400, "cursor_invalid");
        resorted.problem(400, "cursor_invalid");
        elsewhere.problem(400, "cursor_invalid");
        assert_eq!(foreign.violations(), [("?after".into(), "cursor_invalid".into())]);
    })
    .await;
}

#[tokio::test]
async fn a_cursor_is_refused_on_the_graphql_face_too() {
    app(async |app| {
        let cursor = cursor(app, "/tasks?limit=1").await;
        let me = app.user("officer").await;

        let own = me.graphql(CONNECTION, json!({"after": cursor})).await;
        let foreign = app.user("lead").await.graphql(CONNECTION, json!({"after": cursor})).await;
        let nonsense = me.graphql(CONNECTION, json!({"before": "nonsense"})).await;

        own.data();
        assert_eq!(foreign.fault(), "cursor_invalid");
        assert_eq!(nonsense.fault(), "cursor_invalid");
    })
    .await;
}

#[tokio::test]
async fn sizes_outside_their_range_are_never_cut_silently() {
    app(async |app| {
        let me = app.user("officer").await;

        let none = me.get("/tasks?limit=0").await;
        let much = me.get("/tasks?limit=201").await;
        let less = me.get("/tasks?limit=-1").await;
        let most = me.get("/tasks?limit=200").await;
        let first = me.graphql(CONNECTION, json!({"first": 201})).await;
        let last = me.graphql(CONNECTION, json!({"last": 0})).await;

        none.problem(400, "limit_out_of_range");
        assert!(much.problem(400, "limit_out_of_range")["detail"].to_string().contains("200"));
        less.problem(400, "limit_out_of_range");
        assert_eq!(most.ok(200)["page"]["limit"], 200);
        assert_eq!(first.fault(), "limit_out_of_range");
        assert_eq!(last.fault(), "limit_out_of_range");
    })
    .await;
}

#[tokio::test]
async fn sort_keys_are_known_ones_and_at_most_three() {
    app(async |app| {
        let me = app.user("officer").await;

        let unknown = me.get("/tasks?sort=colour").await;
        let twice = me.get("/tasks?sort=title,-title").await;
        let many = me.get("/tasks?sort=title,updated_at,priority,due_on").await;

        unknown.problem(400, "unknown_parameter");
        assert!(unknown.body["detail"].to_string().contains("due_on"));
        assert_eq!(twice.status, 400);
        assert_eq!(many.status, 400);
        assert_eq!(many.violations()[0].0, "?sort");
    })
    .await;
}

#[tokio::test]
async fn a_total_is_counted_only_when_asked() {
    app(async |app| {
        let me = app.user("observer").await;

        let plain = me.get("/tasks?limit=1").await;
        let counted = me.get("/tasks?limit=1&total=true").await;

        assert!(plain.ok(200)["page"].get("total").is_none());
        assert_eq!(plain.body["page"]["limit"], 1);
        assert_eq!(counted.ok(200)["page"]["total"], 2);
    })
    .await;
}

/// Writes in batches while the walk goes on: adds some, edits others, deletes what it added.
async fn write_much(me: &Client<'_>, rounds: usize) {
    for round in 0..rounds {
        let items: Vec<Json> =
            (0..50).map(|n| json!({"op": "create", "data": task(&format!("New {round} {n}"))})).collect();
        let made = me.post("/tasks/batch", json!({"atomic": "each", "items": items})).await;
        let outcomes = made.ok(200)["outcomes"].as_array().cloned().unwrap_or_default();
        let gone: Vec<Json> = outcomes
            .iter()
            .enumerate()
            .map(|(at, one)| match at % 2 {
                0 => json!({"op": "delete", "id": one["id"], "version": 1}),
                _ => json!({"op": "update", "id": one["id"], "version": 1, "data": {"title": "Edited"}}),
            })
            .collect();
        me.post("/tasks/batch", json!({"atomic": "each", "items": gone})).await.ok(200);
    }
}

/// Ids of all tasks, page by page.
async fn walk_ids(who: &Client<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = "/tasks?limit=7".to_owned();
    loop {
        let page = who.get(&next).await;
        let items = page.ok(200)["items"].as_array().cloned().unwrap_or_default();
        found.extend(items.iter().map(|one| one["id"].as_str().unwrap_or_default().to_owned()));
        let Some(cursor) = page.body["page"]["next"].as_str() else { return found };
        next = format!("/tasks?limit=7&after={cursor}");
    }
}

#[tokio::test]
async fn a_walk_during_a_thousand_writes_repeats_and_loses_nothing() {
    app(async |app| {
        let me = app.user("officer").await;
        write_much(&me, 2).await;
        let before: BTreeSet<String> = walk_ids(&me).await.into_iter().collect();

        let (_, found) = tokio::join!(write_much(&me, 10), walk_ids(&me));

        let distinct: BTreeSet<String> = found.iter().cloned().collect();
        assert_eq!(distinct.len(), found.len());
        assert_eq!(before.difference(&distinct).count(), 0);
    })
    .await;
}
