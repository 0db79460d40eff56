//! Instants on their way through tables.

use serde_json::{Value as Json, json};

use super::{counts, faults, results, send};
use crate::support::{app, client::Client};

const INSTANTS: [&str; 5] = [
    "2026-11-20T00:00:00Z",
    "2026-11-20T10:11:12.123Z",
    "2026-11-20T10:11:12.123456Z",
    "2026-11-20T23:59:59.999999Z",
    "1899-12-31T23:59:59.000001Z",
];

async fn event(me: &Client<'_>, at: &str) -> String {
    let body = json!({"owner": "KGZ", "title": at, "kind": "accident", "happened_at": at, "lead_agency": "MES", "language": "en"});
    let made = me.post("/treaty-events", body).await;
    made.ok(201);
    made.id()
}

#[tokio::test]
async fn instants_come_back_from_every_form_as_they_went_out() {
    app(async |app| {
        let me = app.user("focal_point").await;
        for at in INSTANTS {
            event(&me, at).await;
        }
        let key = json!({"name": "Copy", "is_read_only": true, "expires_at": "2027-11-20T00:00:00Z"});
        me.post("/api-keys", key).await.ok(201);
        let rule = json!({"owner": "KGZ", "kind": "action", "field": "cost", "from_at": INSTANTS[2], "until_at": "2027-01-01T00:00:00Z"});
        me.post("/disclosure-rules", rule).await.ok(201);
        let user = format!("/users/{}", app.world.id("bystander"));
        app.user("operator").await.edit(&user, json!({"valid_until": "2027-11-20T23:59:59.999999Z"})).await.ok(200);

        for (kind, form) in ["treaty-events", "api-keys", "disclosure-rules", "users", "releases"]
            .into_iter()
            .flat_map(|kind| ["csv", "ndjson", "xlsx"].map(|form| (kind, form)))
        {
            let file = me.get(&format!("/{kind}.{form}")).await;
            let sent = send(&me, &format!("kind={kind}&force=true"), file.bytes).await;

            let results = results(sent.ok(200));
            assert!(!results.is_empty() && results.iter().all(|result| *result == "unchanged"), "{kind} {form}: {}", sent.body);
        }
    })
    .await;
}

#[tokio::test]
async fn a_day_is_its_midnight_where_an_instant_is_meant() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let mut book = rust_xlsxwriter::Workbook::new();
        let day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
        let sheet = book.add_worksheet().set_name("treaty-events").expect("a sheet");
        let names = ["title", "kind", "owner", "lead_agency", "language", "happened_at"];
        for (at, (name, cell)) in (0_u16..).zip(names.into_iter().zip(["Spill", "accident", "KGZ", "MES", "en"])) {
            sheet.write_string(0, at, name).expect("a name");
            sheet.write_string(1, at, cell).expect("a cell");
        }
        sheet.write_string(0, 5, "happened_at").expect("a name");
        sheet.write_number_with_format(1, 5, 46_346.0, &day).expect("a day");
        let book = book.save_to_buffer().expect("a workbook");
        let csv = "title,kind,owner,lead_agency,language,happened_at\nSpill,accident,KGZ,MES,en,2026-11-20\nSpill,accident,KGZ,MES,en,soon\n";

        let typed = send(&me, "", book).await;
        let written = send(&me, "kind=treaty-events&atomic=row", csv).await;

        let at = |report: &Json| report["rows"][0]["changes"]["happened_at"][1].clone();
        assert_eq!((counts(typed.ok(200)), at(&typed.body)), ([1, 0, 0, 0, 0], json!(INSTANTS[0])));
        assert_eq!((counts(written.ok(200)), at(&written.body)), ([1, 0, 0, 0, 1], json!(INSTANTS[0])));
        assert_eq!(faults(&written.body), [(3, "happened_at", "bad_format")]);
    })
    .await;
}
