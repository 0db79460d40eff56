//! What lies behind a reference to a record of the same kind, and columns of views that are ids.

use serde_json::{Value as Json, json};

use super::{get, texts, value};
use crate::support::app;

#[tokio::test]
async fn what_a_record_of_the_same_kind_tells_is_compared() {
    app(async |app| {
        let me = app.user("secretariat").await;
        for (code, parent) in [("ABOVE", Json::Null), ("BELOW", json!("ABOVE"))] {
            let agency = json!({"owner": "KGZ", "code": code, "name": code, "kind": "ministry", "language": "en", "parent": parent});
            me.post("/agencies", agency).await.ok(201);
        }

        let below = value(&get(&me, "/agencies?$filter=parent_code eq 'ABOVE'").await);
        let others = value(&get(&me, "/agencies?$filter=parent_code ne 'ABOVE'").await);
        let all = value(&get(&me, "/agencies").await);

        assert_eq!(texts(&below, "code"), ["BELOW"]);
        assert_eq!(others.len() + 1, all.len());
    })
    .await;
}

#[tokio::test]
async fn ids_behind_references_are_told_as_they_are_compared() {
    app(async |app| {
        let me = app.user("focal_point").await;
        for (view, id) in [("plan_action_flat", "pillar_id"), ("calendar_flat", "plan_id")] {
            let rows = value(&get(&me, &format!("/{view}")).await);
            let told = rows.iter().filter(|row| row[id].is_string()).count();

            let found = value(&get(&me, &format!("/{view}?$filter={id} ne null")).await);

            assert!(view == "calendar_flat" || told > 0, "{view}: {rows:?}");
            assert_eq!(found.len(), told, "{view}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_order_ends_at_the_id() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let rows = value(&get(&me, "/tasks?$orderby=id desc,title").await);

        let ids = texts(&rows, "id");
        let mut sorted = ids.clone();
        sorted.sort_by(|one, other| other.cmp(one));
        assert!(ids.len() > 1);
        assert_eq!(ids, sorted);
    })
    .await;
}
