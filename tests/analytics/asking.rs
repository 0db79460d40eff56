//! What is asked wrongly is told, all at once; what is asked rightly takes few statements and is the same on both faces.

use serde_json::json;

use crate::{statements::counted, support::app};

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once_with_what_is_near() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let asked = "/analytics/tasks?group_by=statuss,due_on:weeks&measure=sum:title,count&having=sum:estimate_days%3E3,count&top=0&time_zone=Mars/Olympus&as_of=yesterday&statsu=done&sort=nothing";

        let refused = me.get(asked).await;

        assert_eq!(refused.status, 400, "{}", refused.body);
        let text = refused.body.to_string();
        for part in ["?statsu", "?group_by", "?measure", "?having", "?top", "?time_zone", "?as_of", "?sort", "did you mean `status`"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let unknown = me.get("/analytics/taskz").await;
        assert_eq!(unknown.status, 404);
        assert!(unknown.body.to_string().contains("did you mean `tasks`"), "{}", unknown.body);
    })
    .await;
}

#[tokio::test]
async fn having_top_and_sort_choose_groups() {
    app(async |app| {
        let me = app.user("focal_point").await;
        for title in ["a", "b", "c"] {
            let body = json!({"owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en", "priority": "urgent"});
            me.post("/tasks", body).await.ok(201);
        }
        let path = |more: &str| format!("tasks?group_by=priority&labels=codes{more}");

        let all = super::rows(&me, &path("")).await;
        let most = super::rows(&me, &path("&top=1")).await;
        let least = super::rows(&me, &path("&sort=count&top=1")).await;
        let many = super::rows(&me, &path("&having=count%3E=3")).await;

        let greatest = all.iter().filter_map(|row| row["count"].as_i64()).max();
        let smallest = all.iter().filter_map(|row| row["count"].as_i64()).min();
        assert_eq!(most.len(), 1);
        assert_eq!(most[0]["count"].as_i64(), greatest);
        assert_eq!(least[0]["count"].as_i64(), smallest);
        assert!(!many.is_empty() && many.iter().all(|row| row["count"].as_i64() >= Some(3)), "{many:?}");
    })
    .await;
}

#[tokio::test]
async fn tables_have_labels_in_the_language_of_their_reader_and_no_formulas() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let task = json!({"owner": "KGZ", "title": "Any", "lead_agency": "MES", "language": "en"});
        me.post("/tasks", task).await.ok(201);

        let russian = me.get("/analytics/tasks?group_by=status&format=csv&lang=ru").await;
        let french = super::rows(&me, "tasks?group_by=status&labels=labels&lang=fr").await;
        let book = me.get("/analytics/tasks?group_by=status&format=xlsx").await;

        let text = String::from_utf8_lossy(&russian.bytes).into_owned();
        assert!(text.starts_with("status,status_label,count"), "{text}");
        assert!(text.chars().any(|letter| ('а'..='я').contains(&letter)), "{text}");
        assert!(french.iter().all(|row| row["status"] != "planned"), "{french:?}");
        assert!(book.bytes.starts_with(b"PK"), "no workbook");
    })
    .await;
}

#[tokio::test]
async fn figures_take_as_many_statements_for_many_records_as_for_one() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let counting = counted(app);
        let cost = async || {
            let db = &counting.state.db;
            let asking = counting.user("focal_point").await;
            asking.get("/analytics/tasks?group_by=status").await.ok(200);
            let before = db.statements();
            asking.get("/analytics/tasks?group_by=status,due_on:month").await.ok(200);
            db.statements() - before
        };
        let few = cost().await;
        for title in ["a", "b", "c", "d", "e"] {
            let body = json!({"owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en"});
            me.post("/tasks", body).await.ok(201);
        }

        assert_eq!(cost().await, few);
        assert!(few <= 4, "{few} statements");
    })
    .await;
}

#[tokio::test]
async fn both_faces_tell_the_same() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let rest = super::rows(&me, "tasks?group_by=status&country=KGZ").await;
        let query = "{ analytics(collection: \"tasks\", groupBy: [\"status\"], filters: [{name: \"country\", values: [\"KGZ\"]}]) \
                     { columns { name role } rows { cells { name value number } } meta { coverage { n m } } } }";
        let graphql = me.graphql(query, json!({})).await;

        let told = graphql.data()["analytics"]["rows"].as_array().cloned().unwrap_or_default();
        assert_eq!(told.len(), rest.len());
        for (one, other) in told.iter().zip(&rest) {
            assert_eq!(one["cells"][0]["value"], other["status"]);
            assert_eq!(one["cells"][2]["number"].as_f64(), other["count"].as_f64());
        }
    })
    .await;
}
