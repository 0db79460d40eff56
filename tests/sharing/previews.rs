//! A preview says what the release then does, to the record.

use std::collections::BTreeSet;

use concord::domain::KINDS;
use serde_json::{Value as Json, json};

use super::{of_plan, of_record};
use crate::support::{TestApp, app, client::Client, dice::Dice};

/// Kind and id of everything a caller lists that can be released.
async fn everything(client: &Client<'_>) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for def in KINDS.served().filter(|def| def.is_national()) {
        let page = client.get(&format!("/{}?limit=200", def.collection)).await;
        for item in page.ok(200)["items"].as_array().expect("items") {
            all.insert((def.name.to_owned(), item["id"].as_str().expect("an id").to_owned()));
        }
    }
    all
}

fn records(of: &Json) -> BTreeSet<(String, String)> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    of["records"]
        .as_array()
        .expect("records")
        .iter()
        .map(|one| (text(&one["kind"]), text(&one["id"])))
        .collect()
}

#[tokio::test]
async fn a_preview_says_what_reads_null_and_writes_nothing() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let before = app.state.db.statements();
        let preview = me.post("/releases/preview", of_plan(app, json!({}))).await;
        let releases = me.get("/releases?total=true").await;

        let audience = &preview.ok(200)["audiences"][0];
        let lost =
            |field: &str| json!({"kind": "action", "id": app.world.id("action:national"), "field": field});
        assert_eq!(audience["null_references"], json!([lost("lead_agency"), lost("contributing_agencies")]));
        assert_eq!(audience["records"].as_array().map(Vec::len), Some(4));
        assert_eq!(releases.body["page"]["total"], 1);
        assert!(app.state.db.statements() - before < 60, "{}", app.state.db.statements() - before);
    })
    .await;
}

/// A subject by dice: a plan, a record, a kind.
fn subject(app: &TestApp, dice: &mut Dice) -> Json {
    let names = [
        "plan:national",
        "plan:group",
        "pillar:national",
        "pillar:released",
        "task:national",
        "task:group",
        "agency:KGZ/MES",
    ];
    let name = dice.pick(&names).expect("a name");
    let kind = name.split(':').next().expect("a kind");
    match dice.roll(3) {
        0 if kind == "plan" => json!({"plan": app.world.id(name)}),
        1 => json!({"kind": dice.pick(&["task", "pillar", "agency", "participation", "plan"])}),
        _ => of_record(kind, app.world.id(name), "public")["subject"].clone(),
    }
}

#[tokio::test]
async fn a_preview_is_what_the_release_then_does() {
    app(async |app| {
        let (me, mut dice) = (app.user("focal_point").await, Dice::of(7));
        let mut made = 0;
        for _ in 0..40 {
            let audience = dice.pick(&["partners", "region:CA", "public", "country:KAZ"]).expect("an audience");
            let reader = match audience {
                "partners" => app.user("partner").await,
                "region:CA" => app.user("regional").await,
                "public" => app.anonymous(),
                _ => app.user("foreign_observer").await,
            };
            let body = json!({"subject": subject(app, &mut dice), "audiences": [audience], "include_references": dice.roll(2) == 0});
            let before = everything(&reader).await;

            let preview = me.post("/releases/preview", body.clone()).await;
            let release = me.post("/releases", body.clone()).await;

            if preview.status == 422 {
                assert_eq!((release.status, &release.body["errors"]), (422, &preview.body["errors"]), "{body}");
                continue;
            }
            let after = everything(&reader).await;
            let new: BTreeSet<_> = after.difference(&before).cloned().collect();
            assert_eq!(new, records(&preview.ok(200)["audiences"][0]), "{body}");
            made += 1;
            if dice.roll(2) == 0 {
                me.act(&format!("/releases/{}", release.id()), "revoke", json!({})).await.ok(200);
            }
        }
        assert!(made > 10, "{made}");
    })
    .await;
}
