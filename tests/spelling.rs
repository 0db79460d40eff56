//! How texts, keys and codes are kept: trimmed, composed, and never of nothing that is seen.

use concord::domain::KINDS;
use kernel::{
    Error, KindDef,
    record::{Op, OutcomeKind},
    unit::Atomic,
};
use model::field::{Shape, Writing};
use serde_json::{Value as Json, json};

use crate::{
    coverage::stage::Stage,
    support::{TestApp, app},
    tasks::{at, made, task},
};

/// Texts of which nothing is seen.
const UNSEEN: [&str; 6] =
    ["", "  \t\n", "\u{200b}\u{200b}", "\u{ad}", "\u{feff}", "\u{200e}\u{202e}\u{2066}"];

/// What is wrong with a new record, each with its code; nothing is kept.
async fn faults(app: &TestApp, def: &'static KindDef, body: &Json) -> Vec<(String, String)> {
    let mut unit = app.system().begin().await.expect("a unit");
    let op = Op::Create(body.as_object().cloned().expect("an object"));
    let outcomes = unit.apply(def, vec![op], Atomic::Each).await.expect("outcomes");
    unit.rollback().await;
    match &outcomes[0].kind {
        OutcomeKind::Rejected(Error::Invalid(found)) => {
            found.iter().map(|one| (one.pointer.clone(), one.code.name().to_owned())).collect()
        }
        other => panic!("a {}: {other:?}", def.name),
    }
}

/// C4: a title of blanks or of invisible characters only.
#[tokio::test]
async fn no_text_of_any_kind_consists_of_what_is_not_seen() {
    app(async |app| {
        let stage = Stage::bare(app).await;
        let mut met = 0;
        for def in KINDS.served() {
            let texts = def.declared.fields.iter().filter(|field| field.shape == Shape::Text);
            for field in texts.filter(|field| matches!(field.writing, Writing::Always | Writing::NewOnly)) {
                for unseen in UNSEEN {
                    let mut body = stage.new_of(def, 700);
                    body[field.name] = json!(unseen);

                    let found = faults(app, def, &body).await;

                    let right = (format!("/{}", field.name), "too_short".to_owned());
                    assert!(found.contains(&right), "{}.{} {unseen:?}: {found:?}", def.name, field.name);
                    met += 1;
                }
            }
        }
        assert!(met > 200, "{met} texts were tried");
    })
    .await;
}

#[tokio::test]
async fn a_title_of_nothing_seen_is_refused_on_both_faces_and_in_edits() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let create = "mutation($t: String!) { createTask(input: { owner: \"KGZ\", title: $t, leadAgency: \"MES\", \
            language: \"en\" }) { task { title } } }";
        for unseen in UNSEEN {
            let new = me.post("/tasks", task(unseen)).await;
            let edited = me.edit(&at(app, "national"), json!({"title": unseen})).await;
            let graphql = me.graphql(create, json!({"t": unseen})).await;

            assert_eq!(new.violations(), [("/title".to_owned(), "too_short".to_owned())]);
            assert_eq!(edited.violations(), [("/title".to_owned(), "too_short".to_owned())]);
            assert_eq!(graphql.body["errors"][0]["extensions"]["errors"][0]["code"], "too_short");
        }
        let reason = me.act(&at(app, "national"), "cancel", json!({"reason": " \u{200b} "})).await;
        assert_eq!(reason.violations(), [("/reason".to_owned(), "too_short".to_owned())]);
    })
    .await;
}

/// C4: a Russian title of 600 characters, where a title has 500 at most.
#[tokio::test]
async fn the_bounds_of_a_text_hold_for_its_translations() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let with = |texts: Json| {
            let mut body = task("Bounded");
            body["translations"] = json!({ "ru": texts });
            body
        };

        let long = me.post("/tasks", with(json!({"title": "Д".repeat(501)}))).await;
        let most = me.post("/tasks", with(json!({"title": "Д".repeat(500)}))).await;
        let unseen = me.post("/tasks", with(json!({"title": "\u{200b} "}))).await;
        let edit = json!({"translations": {"ru": {"title": "Д".repeat(600)}}});
        let edited = me.edit(&at(app, "national"), edit).await;
        let note = me.post("/tasks", with(json!({"description": "Д".repeat(600)}))).await;

        let at_title = |code: &str| vec![("/translations/ru/title".to_owned(), code.to_owned())];
        assert_eq!(long.violations(), at_title("too_long"));
        assert_eq!(edited.violations(), at_title("too_long"));
        assert_eq!(unseen.violations(), at_title("too_short"));
        most.ok(201);
        note.ok(201);
    })
    .await;
}

/// C5: `T-1`, `T-1 ` and ` T-1`, composed or not, are one record.
#[tokio::test]
async fn one_key_has_one_record_however_it_is_spelt() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let spelt = [
            "caf%C3%A9-1",
            "cafe%CC%81-1",
            "caf%C3%A9-1%20",
            "%20caf%C3%A9-1",
            "%E2%80%8Ecafe%CC%81-1%E2%80%8B",
        ];
        let mut ids = Vec::new();
        for (at, key) in spelt.iter().enumerate() {
            let path = format!("/tasks/by-key/{}/{key}", if at % 2 == 0 { "crm" } else { "crm%20" });
            let put = me.put(&path, task("One")).await;
            let read = me.get(&path).await;

            assert!(matches!(put.status, 200 | 201), "{}", put.body);
            assert_eq!(read.ok(200)["external_key"], "caf\u{e9}-1");
            ids.push(put.id());
            ids.push(read.id());
        }
        let listed = me.get("/tasks?external_key=%20cafe%CC%81-1&source_system=crm%20").await;
        let query = "query($k: String!) { taskByKey(sourceSystem: \"crm\", key: $k) { id } \
            tasks(first: 5, filter: { externalKey: [$k] }) { nodes { id } } }";
        let graphql = me.graphql(query, json!({"k": " cafe\u{301}-1 "})).await;
        ids.push(listed.ok(200)["items"][0]["id"].as_str().unwrap_or_default().to_owned());
        ids.push(graphql.data()["taskByKey"]["id"].as_str().unwrap_or_default().to_owned());
        ids.push(graphql.data()["tasks"]["nodes"][0]["id"].as_str().unwrap_or_default().to_owned());
        ids.dedup();
        assert_eq!(ids.len(), 1, "{ids:?}");
    })
    .await;
}

#[tokio::test]
async fn creations_and_batches_take_a_key_once_however_it_is_spelt() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let keyed = |key: &str| {
            let mut body = task("One");
            (body["source_system"], body["external_key"]) = (json!(" crm"), json!(key));
            body
        };
        let upsert = |key: &str| json!({"op": "upsert", "source_system": "crm", "external_key": key, "data": task("Two")});

        let first = me.post("/tasks", keyed(" T-1")).await;
        let again = me.post("/tasks", keyed("T-1 ")).await;
        let batch = me.post("/tasks/batch", json!({"items": [upsert("\u{feff}T-1")]})).await;

        assert_eq!(first.ok(201)["external_key"], "T-1");
        assert_eq!(first.body["source_system"], "crm");
        assert_eq!(again.violations(), [("/external_key".to_owned(), "not_unique".to_owned())]);
        assert_eq!(batch.ok(200)["outcomes"][0]["id"], json!(first.id()));
    })
    .await;
}

#[tokio::test]
async fn codes_are_found_however_they_are_spelt() {
    app(async |app| {
        let (me, steward) = (app.user("secretariat").await, app.user("steward").await);
        let mut new = task("By code");
        new["lead_agency"] = json!(" MES ");

        let made = me.post("/tasks", new).await;
        let listed = me.get("/tasks?lead_agency=%20MES&owner=KGZ%20").await;
        let read = me.get("/countries/%20KGZ%20").await;
        let query = "{ country(code: \" KGZ\") { code } }";
        let graphql = me.graphql(query, json!({})).await;
        let twice = steward.post("/regions", json!({"code": "CA ", "name": "Again"})).await;

        assert_eq!(made.ok(201)["lead_agency"]["code"], "MES");
        assert!(listed.ok(200)["items"].as_array().is_some_and(|all| !all.is_empty()));
        assert_eq!(read.ok(200)["code"], "KGZ");
        assert_eq!(graphql.data()["country"]["code"], "KGZ");
        assert_eq!(twice.violations(), [("/code".to_owned(), "not_unique".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn texts_are_trimmed_and_keep_their_lines() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut new = task(" \u{feff}Cafe\u{301} \u{200b}");
        new["description"] = json!("\n One\r\n\n  Two \n");
        new["translations"] = json!({"ru": {"title": " Кафе\u{a0}"}});
        let path = made(&me, new).await;

        let read = me.get(&format!("{path}?lang=*")).await;

        let read = read.ok(200);
        assert_eq!(read["title"], "Caf\u{e9}");
        assert_eq!(read["description"], "One\r\n\n  Two");
        assert_eq!(read["translations"]["ru"]["title"], "Кафе");
    })
    .await;
}
