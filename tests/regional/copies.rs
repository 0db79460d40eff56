//! Text that an item copies from a country's record: seen with the record, and true to it.

use serde_json::{Value as Json, json};

use super::{ask, copy, item, release_abroad};
use crate::support::{TestApp, app, client::Client};

/// An item of a public regional plan with text that is released to the region only, and the address of that release.
async fn copied(app: &TestApp) -> (String, String) {
    let (regional, kaz) = (app.user("regional").await, app.user("foreign_focal_point").await);
    let release = release_abroad(app).await;
    let item = item(app, json!({})).await;
    let path = ask(&regional, &item, "KAZ").await;
    kaz.act(&path, "endorse", json!({})).await.ok(200);
    regional.edit(&item, copy(app)).await.ok(200);
    let public = json!({"subject": {"plan": app.world.id("plan:regional")}, "audiences": ["public"]});
    regional.post("/releases", public).await.ok(201);
    (item, release)
}

/// What a reader is told of an item by each way of reading.
async fn told(who: &Client<'_>, item: &str) -> Vec<Json> {
    let id = item.rsplit('/').next().expect("an id");
    let one = who.get(item).await.ok(200)["copied_text"].clone();
    let list = who.get(&format!("/regional-items?id={id}")).await.ok(200)["items"][0]["copied_text"].clone();
    let history = who.get(&format!("{item}/history")).await.ok(200).clone();
    let mut states = history["items"].as_array().expect("a list").iter();
    let past = states.find(|state| {
        !state["record"]["copied_text"].is_null() || !state["changes"]["copied_text"].is_null()
    });
    let past = past.map_or(Json::Null, |state| state["record"]["copied_text"].clone());
    let feed = who.get("/changes?kinds=regional_item").await.ok(200).clone();
    let fed = feed["items"].as_array().expect("a list").iter().rev().find(|one| one["id"] == id);
    let fed = fed.map_or(Json::Null, |one| one["record"]["copied_text"].clone());
    let text = "query($id: ID!) { regionalItem(id: $id) { copiedText plan { items: regionalItems { nodes { copiedText } } } } }";
    let twin = who.graphql(text, json!({ "id": id })).await.data()["regionalItem"].clone();
    vec![
        one,
        list,
        past,
        fed,
        twin["copiedText"].clone(),
        twin["plan"]["items"]["nodes"][0]["copiedText"].clone(),
    ]
}

#[tokio::test]
async fn copied_text_is_absent_for_whoever_does_not_see_its_record() {
    app(async |app| {
        let (item, _) = copied(app).await;

        let regional = told(&app.user("regional").await, &item).await;
        let member = told(&app.user("focal_point").await, &item).await;
        let everybody = told(&app.anonymous(), &item).await;

        assert_eq!(regional, vec![json!("Action foreign"); 6]);
        assert_eq!(member, regional, "the member countries of the region see the record too");
        assert_eq!(everybody, vec![Json::Null; 6]);
    })
    .await;
}

#[tokio::test]
async fn copied_text_leaves_the_past_of_the_item_with_its_record() {
    app(async |app| {
        let (item, release) = copied(app).await;
        let (regional, kaz) = (app.user("regional").await, app.user("foreign_focal_point").await);

        kaz.act(&release, "revoke", json!({})).await.ok(200);

        assert_eq!(told(&regional, &item).await, vec![Json::Null; 6]);
        let own = told(&kaz, &item).await;
        assert_eq!(own[2], "Action foreign", "its own country reads what the item said: {own:?}");
    })
    .await;
}

#[tokio::test]
async fn the_answer_to_an_edit_has_no_text_of_a_record_its_writer_does_not_see() {
    app(async |app| {
        let (item, _) = copied(app).await;
        let kaz = app.user("foreign_focal_point").await;
        // The action leaves the release, and what was copied goes within seconds only.
        let action = format!("/actions/{}", app.world.id("action:foreign"));
        kaz.edit(&action, json!({"visibility": "group"})).await.ok(200);

        let read = app.user("regional").await.get(&item).await;
        let edited = app.user("regional").await.edit(&item, json!({"position": 9})).await;

        assert_eq!(read.ok(200)["copied_text"], Json::Null);
        assert_eq!(edited.ok(200)["copied_text"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn copied_text_is_what_the_record_says() {
    app(async |app| {
        let (item, _) = copied(app).await;
        let regional = app.user("regional").await;
        let with = |text: &str| {
            let mut body = copy(app);
            body["copied_text"] = json!(text);
            body
        };

        let part = regional.edit(&item, with("foreign")).await;
        let invented = regional.edit(&item, with("We promise more")).await;

        assert_eq!(part.ok(200)["copied_text"], "foreign");
        assert_eq!(invented.violations(), [("/copied_text".to_owned(), "rule_broken".to_owned())]);
    })
    .await;
}
