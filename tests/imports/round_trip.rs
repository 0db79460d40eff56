//! What the service answers can be sent back, and changes nothing: of every kind there is, in every form.

use concord::domain::KINDS;
use kernel::{KindDef, record::Op};
use model::field::{FieldDef, Shape, Writing};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{faults, results, send};
use crate::{
    coverage::stage::Stage,
    support::{TestApp, app, client::Client},
};

const FORMS: [&str; 3] = ["csv", "ndjson", "xlsx"];

/// Makes a record of every kind; gives one of each a translation, a text that empties a field in a table, and instants that
/// no workbook counts, where its state and rules let it have them. Answers how many were given.
async fn furnish(app: &TestApp) -> usize {
    let stage = Stage::bare(app).await;
    let mut given = 0;
    for def in KINDS.served() {
        let Some(id) = stage.first(def.name) else { continue };
        for fields in odd(def) {
            let version = stage.row(def, id).await.map(|row| row.version());
            given += usize::from(is_given(app, def, (id, version), &fields).await);
        }
    }
    given
}

async fn is_given(
    app: &TestApp,
    def: &'static KindDef,
    (id, version): (Uuid, Option<i32>),
    fields: &Json,
) -> bool {
    let mut unit = app.system().begin().await.expect("a unit");
    let fields = fields.as_object().cloned().expect("an object");
    let done = unit.apply_one(def, Op::Update { id, version, fields }).await.is_ok();
    if done {
        unit.commit().await.expect("committed");
    } else {
        unit.rollback().await;
    }
    done
}

/// What a record may be given that is easily lost on its way.
fn odd(def: &KindDef) -> Vec<Json> {
    let fields = || def.declared.fields.iter().filter(|field| field.writing == Writing::Always);
    let is_plain =
        |field: &&FieldDef| field.shape == Shape::Text && field.is_nullable && field.pattern.is_none();
    let label = def.label.filter(|label| def.columns.iter().any(|one| one.is_text && one.name == *label));
    let translated = label.map(|label| json!({ "translations": { "ru": { label: "Перевод" } } }));
    let texts = fields().filter(is_plain).map(|field| json!({ field.name: "clear!" }));
    let instants = fields().filter(|field| field.shape == Shape::Instant);
    let instants = instants.map(|field| json!({ field.name: "2027-11-20T23:59:59.999999Z" }));
    translated.into_iter().chain(texts).chain(instants).collect()
}

/// Files that were sent back: how many rows they had, and what became of those that are not `unchanged`.
#[derive(Default)]
struct Returned {
    rows: usize,
    wrong: Vec<String>,
}

impl Returned {
    async fn send(&mut self, me: &Client<'_>, (def, what): (&KindDef, &str), (query, file): (&str, Vec<u8>)) {
        let query = format!("kind={}&dry_run=true&force=true{query}", def.collection);
        let report = send(me, &query, file).await;
        let Some(rows) = report.body["rows"].as_array() else {
            return self.wrong.push(format!("{} {what}: {}", def.name, report.body));
        };
        self.rows += rows.len();
        let told = |row: &&Json| {
            format!("{} {what} {}: {} {}", def.name, row["result"], row["errors"], row["changes"])
        };
        let others = rows.iter().filter(|row| row["result"] != "unchanged");
        self.wrong.extend(others.map(|row| told(&row)));
    }

    /// Exports every kind, and sends it back by a query.
    async fn exports(me: &Client<'_>, of: &str, query: &str) -> Self {
        let mut returned = Self::default();
        for (def, form) in KINDS.served().flat_map(|def| FORMS.map(|form| (def, form))) {
            let file = me.get(&format!("/{}.{form}?{of}", def.collection)).await;
            if file.status == 200 {
                returned.send(me, (def, form), (query, file.bytes)).await;
            } else {
                returned.wrong.push(format!("{} {form}: {}", def.name, file.body));
            }
        }
        returned
    }

    #[track_caller]
    fn are_unchanged(&self, least: usize) {
        assert!(self.wrong.is_empty(), "{} of {}:\n{}", self.wrong.len(), self.rows, self.wrong.join("\n"));
        assert!(self.rows > least, "{}", self.rows);
    }
}

#[tokio::test]
async fn records_of_every_kind_can_be_sent_as_lists_answer_them() {
    app(async |app| {
        let given = furnish(app).await;
        let me = app.user("focal_point").await;
        let mut returned = Returned::default();

        for (def, lang) in KINDS.served().flat_map(|def| ["*", "ru", "ky,en"].map(|lang| (def, lang))) {
            let list = me.get(&format!("/{}?limit=200&lang={lang}", def.collection)).await;
            let items = list.ok(200)["items"].as_array().expect("items");
            let file: String = items.iter().map(|item| format!("{item}\n")).collect();
            returned.send(&me, (def, lang), ("", file.into_bytes())).await;
        }

        returned.are_unchanged(200);
        assert!(given > 40, "{given}");
    })
    .await;
}

#[tokio::test]
async fn exports_of_every_kind_can_be_sent_back_in_each_form() {
    app(async |app| {
        furnish(app).await;
        let me = app.user("focal_point").await;

        Returned::exports(&me, "", "").await.are_unchanged(200);
    })
    .await;
}

#[tokio::test]
async fn exports_in_a_language_can_be_sent_back_in_each_form() {
    app(async |app| {
        furnish(app).await;
        let me = app.user("focal_point").await;

        Returned::exports(&me, "lang=ru", "").await.are_unchanged(200);
    })
    .await;
}

#[tokio::test]
async fn exports_of_every_kind_can_be_sent_back_though_what_is_empty_empties() {
    app(async |app| {
        furnish(app).await;
        let me = app.user("focal_point").await;

        Returned::exports(&me, "owner=KGZ", "&nulls=clear").await.are_unchanged(100);
    })
    .await;
}

/// A cell holds fewer units than a text of this length has: what is left of it is no text to be kept.
#[tokio::test]
async fn a_text_that_a_workbook_cut_is_refused() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let body = json!({"owner": "KGZ", "title": "Drill", "description": "\u{1f9ea}".repeat(18_000), "lead_agency": "MES", "language": "en"});
        let id = me.post("/tasks", body).await.id();

        let cut = send(&me, "kind=tasks", me.get(&format!("/tasks.xlsx?id={id}")).await.bytes).await;
        let whole = send(&me, "kind=tasks", me.get(&format!("/tasks.csv?id={id}")).await.bytes).await;

        assert_eq!(faults(cut.ok(200)), [(2, "description", "too_long")]);
        assert_eq!(results(whole.ok(200)), ["unchanged"]);
    })
    .await;
}
