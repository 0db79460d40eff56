//! Who wrote, by name or by role; and the history of what was deleted.

use serde_json::{Value as Json, json};

use crate::support::{TestApp, app};

const PAST: &str =
    "query($id: ID!) { history(id: $id) { totalCount nodes { op number by { id name role agency } } } }";

/// Writers of all states, on both faces.
async fn writers(app: &TestApp, reader: &str, kind: &str, id: &str) -> Vec<Json> {
    let me = app.user(reader).await;
    let rest = me.get(&format!("/{kind}/{id}/history")).await;
    let graphql = me.graphql(PAST, json!({ "id": id })).await;

    let of = |items: &Json| -> Vec<Json> {
        items.as_array().into_iter().flatten().map(|item| item["by"].clone()).collect()
    };
    let all = of(&rest.ok(200)["items"]);
    assert_eq!(of(&graphql.data()["history"]["nodes"]), all);
    all
}

/// R6: `by` was an id that nobody can look up.
#[tokio::test]
async fn a_writer_is_a_name_to_those_who_see_the_account_and_a_role_to_others() {
    app(async |app| {
        let id = app.world.id("task:national").to_string();
        app.user("officer").await.edit(&format!("/tasks/{id}"), json!({"title": "Changed"})).await.ok(200);

        let own = writers(app, "focal_point", "tasks", &id).await;
        let other = writers(app, "observer", "tasks", &id).await;

        let officer = app.world.id("officer");
        assert_eq!(
            own,
            [Json::Null, json!({"id": officer, "name": "officer", "role": "officer", "agency": "MES"})]
        );
        assert_eq!(
            other,
            [Json::Null, json!({"id": null, "name": null, "role": "officer", "agency": "MES"})]
        );
    })
    .await;
}

#[tokio::test]
async fn who_wrote_reference_data_is_a_role_to_everybody() {
    app(async |app| {
        let path = format!("/organisations/{}", app.world.id("organisation:UNICRI"));
        app.user("steward").await.edit(&path, json!({"name": "Renamed"})).await.ok(200);

        let past = app.anonymous().get(&format!("{path}/history")).await;

        let right = json!({"id": null, "name": null, "role": "steward", "agency": null});
        assert_eq!(past.ok(200)["items"][1]["by"], right);
    })
    .await;
}

/// R6: the history of a deleted record answered 404.
#[tokio::test]
async fn a_deleted_record_keeps_its_history_for_those_who_could_see_it() {
    app(async |app| {
        let id = app.world.id("task:agency").to_string();
        let (path, me) = (format!("/tasks/{id}"), app.user("officer").await);
        me.edit(&path, json!({"title": "Changed"})).await.ok(200);
        me.delete(&path, &me.get(&path).await.etag()).await.ok(204);

        let past = me.get(&format!("{path}/history?total=true")).await;
        let page = me.get(&format!("{path}/history?after=h-2")).await;
        let graphql = me.graphql(PAST, json!({ "id": id })).await;
        let hidden = app.user("focal_point").await;
        let (rest, null) =
            (hidden.get(&format!("{path}/history")).await, hidden.graphql(PAST, json!({ "id": id })).await);
        let other_kind = me.get(&format!("/plans/{id}/history")).await;

        let items = past.ok(200)["items"].as_array().cloned().unwrap_or_default();
        let ops: Vec<_> = items.iter().map(|item| (&item["op"], &item["number"])).collect();
        assert_eq!(json!(ops), json!([["create", 1], ["update", 2], ["delete", 3]]));
        assert_eq!((&items[2]["by"]["name"], &items[2]["changes"]), (&json!("officer"), &json!({})));
        assert_eq!(items[2]["record"]["title"], "Changed");
        assert_eq!(page.ok(200)["items"], json!([items[2]]));
        assert_eq!(past.body["page"]["total"], 3);
        assert_eq!(graphql.data()["history"]["nodes"][2]["op"], "DELETE");
        rest.problem(404, "not_found");
        assert_eq!(null.data()["history"], Json::Null);
        other_kind.problem(404, "not_found");
        me.get(&path).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn outsiders_keep_what_was_released_to_them() {
    app(async |app| {
        let path = format!("/tasks/{}", app.world.id("task:released"));
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        me.delete(&path, &me.get(&path).await.etag()).await.ok(204);

        let released = partner.get(&format!("{path}/history")).await;
        let anonymous = app.anonymous().get(&format!("{path}/history")).await;

        let items = released.ok(200)["items"].as_array().cloned().unwrap_or_default();
        assert!(items.iter().all(|item| item["by"].is_null()), "{items:?}");
        assert_eq!(items.last().map(|item| &item["op"]), Some(&json!("delete")));
        anonymous.problem(404, "not_found");
    })
    .await;
}
