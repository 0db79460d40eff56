//! References of rows to records of any kind, and in circles.

use serde_json::{Value as Json, json};

use super::{counts, faults, send};
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

/// The message of the first error of each row.
fn messages(report: &Json) -> Vec<&str> {
    let rows = report["rows"].as_array().expect("rows").iter();
    rows.map(|row| row["errors"][0]["message"].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn circles_within_a_kind_are_told_with_their_way() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let head = "source_system,external_key,title,lead_agency,language,depends_on";
        let of = |key: &str, next: &str| format!("s,{key},{key},MES,en,external_key:s:{next}\n");
        let three =
            format!("{head}\n{}{}{}{}", of("c1", "c2"), of("c2", "c3"), of("c3", "c1"), of("c4", "c3"));
        let agencies = "code,name,kind,language,parent\nA1,One,service,en,a2\nA2,Two,service,en,A1\n";

        let whole = send(&me, "kind=tasks", three.as_str()).await;
        let parted = send(&me, "kind=tasks&atomic=group&group_size=1", three.as_str()).await;
        let parents = send(&me, "kind=agencies", agencies).await;

        let way = |way: &str| format!("rows refer to each other in a circle: {way}");
        let ways = [
            way("line 2 -> line 3 -> line 4 -> line 2"),
            way("line 3 -> line 4 -> line 2 -> line 3"),
            way("line 4 -> line 2 -> line 3 -> line 4"),
        ];
        for report in [whole, parted] {
            assert_eq!(messages(report.ok(200))[..3], ways, "{}", report.body);
            let circle = |line| (line, "depends_on", "reference_cycle");
            assert_eq!(faults(&report.body)[..3], [circle(2), circle(3), circle(4)]);
            assert_eq!(faults(&report.body)[3], (5, "depends_on", "reference_not_found"));
            assert_eq!(report.body["rows"][0]["errors"][0]["value"], "external_key:s:c2");
        }
        let ways = ["line 2 -> line 3 -> line 2", "line 3 -> line 2 -> line 3"].map(way);
        assert_eq!(messages(parents.ok(200)), ways, "{}", parents.body);
    })
    .await;
}

#[tokio::test]
async fn a_circle_over_stored_records_is_told_with_its_way() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let head = "source_system,external_key,title,lead_agency,language,depends_on";
        let stored = format!("{head}\ns,a,A,MES,en,external_key:s:b\ns,b,B,MES,en,\n");
        let made = send(&me, "kind=tasks", stored).await;
        let first = made.ok(200)["rows"][0]["id"].as_str().expect("an id").to_owned();

        let closed = send(&me, "kind=tasks", format!("{head}\ns,b,B,MES,en,external_key:s:a\n")).await;

        let way = format!("row 1 (line 2) -> task {first} -> row 1 (line 2)");
        assert_eq!(
            messages(closed.ok(200)),
            [format!("the record would lead back to itself: a circle is not allowed here: {way}")],
        );
    })
    .await;
}

#[tokio::test]
async fn a_circle_over_kinds_refuses_the_file_and_names_its_tables() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = lines(&[
            json!({
                "record_kind": "tasks", "source_system": "s", "external_key": "t", "title": "A",
                "origin": {"kind": "finding", "id": "external_key:s:f"},
            }),
            json!({
                "record_kind": "findings", "source_system": "s", "external_key": "f", "title": "B",
                "task": "external_key:s:t",
            }),
        ]);

        let refused = send(&me, "", file).await;

        let told = refused.problem(422, "invalid")["errors"][0]["detail"].as_str().expect("a text");
        assert!(told.contains("tasks line 1 -> findings line 2"), "{told}");
    })
    .await;
}
