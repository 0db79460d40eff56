//! The same file again: when it is the import that it was.

use serde_json::{Value as Json, json};

use super::{act, counts, send};
use crate::support::app;

const FILE: &str = "title,owner,lead_agency,language,source_system,external_key\n\
    Drill,KGZ,MES,en,crm,1\nStock,KGZ,MES,en,crm,2\n";

/// What each import of a page says of who took it back, the last import first.
fn reverted(page: &Json) -> Vec<&Json> {
    page["items"].as_array().expect("items").iter().map(|item| &item["reverted_by"]).collect()
}

#[tokio::test]
async fn a_file_that_was_taken_back_is_imported_again() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let first = send(&me, "kind=tasks", FILE).await;
        let revert = act(&first, "revert");
        me.post(&format!("{revert}?dry_run=true"), json!({})).await.ok(200);
        let same = send(&me, "kind=tasks", FILE).await;
        let back = me.post(&revert, json!({})).await;

        let again = send(&me, "kind=tasks", FILE).await;
        let last = send(&me, "kind=tasks", FILE).await;
        let one = me.get(&format!("/imports/{}", first.id())).await;
        let all = me.get("/imports").await;

        assert_eq!(
            (same.ok(200)["id"].as_str(), &same.body["reverted_by"]),
            (Some(&*first.id()), &Json::Null)
        );
        assert_eq!(counts(again.ok(200)), [2, 0, 0, 0, 0], "{}", again.body);
        assert_ne!(again.id(), first.id());
        assert_eq!(last.ok(200)["id"], again.body["id"]);
        me.get("/tasks/by-key/crm/1").await.ok(200);
        assert_eq!(one.ok(200)["reverted_by"], back.ok(200)["id"]);
        assert_eq!(reverted(all.ok(200)), [&Json::Null, &Json::Null, &Json::Null, &back.body["id"]]);
    })
    .await;
}

/// The import that is answered would say that its rows are there.
#[tokio::test]
async fn an_import_that_found_what_was_then_taken_back_is_no_answer() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let first = send(&me, "kind=tasks", FILE).await;
        let found = send(&me, "kind=tasks&force=true", FILE).await;
        assert_eq!(counts(found.ok(200)), [0, 0, 2, 0, 0]);
        me.post(&act(&first, "revert"), json!({})).await.ok(200);

        let again = send(&me, "kind=tasks", FILE).await;

        assert_eq!(counts(again.ok(200)), [2, 0, 0, 0, 0], "{}", again.body);
    })
    .await;
}

#[tokio::test]
async fn settings_are_compared_by_what_they_mean() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let first = send(&me, "kind=tasks", FILE).await.ok(200)["id"].clone();
        let (mut same, mut others) = (Vec::new(), Vec::new());

        for more in
            ["mode=upsert", "atomic=all", "nulls=keep", "dry_run=false", "events=each", "name=other.csv"]
        {
            same.push(send(&me, &format!("kind=tasks&{more}"), FILE).await.ok(200)["id"].clone());
        }
        same.push(send(&me, "kind=task", FILE).await.ok(200)["id"].clone());
        for more in ["mode=update", "atomic=group", "nulls=clear", "events=summary", "language=ru"] {
            others.push(send(&me, &format!("kind=tasks&{more}"), FILE).await.ok(200)["id"].clone());
        }
        let groups = send(&me, "kind=tasks&atomic=group&group_size=1000", FILE).await;

        assert_eq!(same, vec![first.clone(); 7]);
        assert!(!others.contains(&first), "{others:?}");
        assert_eq!(groups.ok(200)["id"], others[1]);
    })
    .await;
}
