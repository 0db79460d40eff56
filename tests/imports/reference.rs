//! The files of reference data as they are shipped, sent by the steward under the names that fields have.

use kernel::record::Op;
use serde_json::{Value as Json, json};

use super::{counts, send};
use crate::{
    seeding::empty,
    support::{TestApp, client::Client},
};

/// What a file calls fields otherwise than the service.
const NAMES: [(&str, &str); 5] = [
    ("name_en", "name"),
    ("name_ru", "name@ru"),
    ("name_fr", "name@fr"),
    ("parent_code", "parent"),
    ("obligation_code", "obligation"),
];

/// A file of the reference data; only its line of names is another one.
fn shipped(file: &str) -> String {
    let path = format!("{}/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a file");
    let (head, rows) = text.split_once('\n').expect("a line of names");
    let names = head.trim_end().split(',').map(|given| {
        let other = NAMES.iter().find(|(known, _)| *known == given);
        other.map_or(given, |(_, name)| *name)
    });
    let head: Vec<&str> = names.collect();
    format!("{}\n{rows}", head.join(","))
}

async fn steward(app: &TestApp) -> Client<'_> {
    let add = async |kind: &str, fields: Json| {
        let def = concord::domain::KINDS.get(kind).expect("a kind");
        let op = Op::Create(fields.as_object().cloned().expect("an object"));
        let made = app.system().run(async |unit| unit.apply_one(def, op.clone()).await).await;
        made.expect("it is made").id.expect("an id")
    };
    let user = add("user", json!({"email": "steward@test", "name": "Steward"})).await;
    add("grant", json!({"user": user.to_string(), "owner": "reference", "role": "steward"})).await;
    app.person(user).await
}

#[tokio::test]
async fn shipped_files_make_their_records_and_change_nothing_the_second_time() {
    empty(async |app| {
        let me = steward(app).await;

        for (file, kind) in [("regions.csv", "regions"), ("organisations.csv", "organisations")] {
            let query = format!("kind={kind}&mode=upsert&language=en");
            let first = send(&me, &query, shipped(file)).await;
            let before = app.count("change").await;
            let again = send(&me, &format!("{query}&force=true"), shipped(file)).await;

            let rows = first.ok(200)["row_count"].as_i64().expect("a count");
            assert_eq!(counts(&first.body), [rows, 0, 0, 0, 0], "{file}: {}", first.body["rows"]);
            assert_eq!(counts(again.ok(200)), [0, 0, rows, 0, 0], "{file}: {}", again.body["rows"]);
            assert_eq!(app.count("change").await, before);
        }
    })
    .await;
}

#[tokio::test]
async fn shipped_files_change_nothing_of_what_was_made_of_them() {
    empty(async |app| {
        concord::seed::reference(&app.system()).await.expect("the reference data");
        let me = steward(app).await;
        let before = app.count("change").await;

        for (file, kind) in [
            ("regions.csv", "regions"),
            ("organisations.csv", "organisations"),
            ("report_questions.csv", "report-questions"),
        ] {
            let report = send(&me, &format!("kind={kind}&mode=upsert"), shipped(file)).await;

            let rows = report.ok(200)["row_count"].as_i64().expect("a count");
            assert_eq!(counts(&report.body), [0, 0, rows, 0, 0], "{file}: {}", report.body["rows"]);
        }
        assert_eq!(app.count("change").await, before);
    })
    .await;
}
