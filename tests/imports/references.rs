//! References of rows to records of any kind, and in circles.

use serde_json::{Value as Json, json};

use super::{counts, send};
use crate::support::app;

fn lines(rows: &[Json]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

#[tokio::test]
async fn records_of_any_kind_are_named_as_others_are() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let task = |key: &str, origin: Json| {
            json!({
                "record_kind": "tasks", "title": key, "lead_agency": "MES", "language": "en", "source_system": "crm",
                "external_key": key, "origin": origin,
            })
        };
        let of_first = json!({"kind": "task", "id": "external_key:crm:t1"});
        let comment = json!({
            "record_kind": "comments", "subject": of_first, "text": "Why?", "language": "en", "source_system": "crm",
            "external_key": "c1",
        });
        let file = lines(&[
            comment,
            task("t2", of_first.clone()),
            task("t1", json!({"kind": "agency", "id": "mes"})),
        ]);

        let shown = send(&me, "dry_run=true", file.as_str()).await;
        let done = send(&me, "", file.as_str()).await;
        let again = send(&me, "force=true", file.as_str()).await;
        let table = "subject.kind,subject.id,text,language\ntask,external_key:crm:t2,And now?,en\n";
        let by_csv = send(&me, "kind=comments", table).await;
        let wrong = json!({"owner": "KGZ", "title": "C", "language": "en", "lead_agency": "MES", "origin": {"kind": "agency", "id": "NOPE"}});
        let wrong = me.post("/tasks", wrong).await;

        assert_eq!(counts(shown.ok(200)), [3, 0, 0, 0, 0], "{}", shown.body);
        assert_eq!(counts(done.ok(200)), [3, 0, 0, 0, 0], "{}", done.body);
        assert_eq!(counts(again.ok(200)), [0, 0, 3, 0, 0], "{}", again.body);
        assert_eq!(counts(by_csv.ok(200)), [1, 0, 0, 0, 0], "{}", by_csv.body);
        let first = me.get("/tasks/by-key/crm/t1").await.ok(200).clone();
        let second = me.get("/tasks/by-key/crm/t2").await.ok(200).clone();
        let comment = me.get("/comments/by-key/crm/c1").await.ok(200).clone();
        let of_first = json!({"kind": "task", "id": first["id"]});
        assert_eq!((&second["origin"], &comment["subject"]), (&of_first, &of_first));
        assert_eq!(first["origin"], json!({"kind": "agency", "id": first["lead_agency"]["id"]}));
        assert_eq!(wrong.violations(), [("/origin".to_owned(), "reference_not_found".to_owned())]);
    })
    .await;
}
