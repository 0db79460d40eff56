//! Cells and members that cannot be read, and those that are read as programs mean them.

use serde_json::json;

use super::{counts, faults, send};
use crate::support::app;

#[tokio::test]
async fn files_of_pandas_are_understood() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = "external_key,source_system,title,owner,lead_agency,language,due_on,progress_percent\n\
            1,crm,None,KGZ,MES,en,2027-01-31 00:00:00,0.0\n\
            NaN,<NA>,B,KGZ,MES,en,NaT,NaN\n";

        let done = send(&me, "kind=tasks", file).await;
        let time = send(&me, "kind=tasks", file.replace("00:00:00", "08:00:00")).await;

        assert_eq!(counts(done.ok(200)), [2, 0, 0, 0, 0], "{}", done.body);
        let task = me.get("/tasks/by-key/crm/1").await;
        assert_eq!((&task.ok(200)["title"], &task.body["due_on"]), (&json!("None"), &json!("2027-01-31")));
        assert_eq!(faults(time.ok(200)), [(2, "due_on", "bad_format")], "{}", time.body);
    })
    .await;
}

#[tokio::test]
async fn a_broken_first_line_is_a_row_like_later_ones() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let row = r#"{"title":"Drill","owner":"KGZ","lead_agency":"MES","language":"en"}"#;

        let lines = send(&me, "kind=tasks&atomic=row", format!("{{\"title\":\n{row}\n")).await;
        let object = send(&me, "kind=tasks", "{\n\"title\": \"Drill\"\n}\n").await;

        assert_eq!(counts(lines.ok(200)), [1, 0, 0, 0, 1], "{}", lines.body);
        assert_eq!(faults(&lines.body), [(1, "", "malformed_json")]);
        object.problem(422, "invalid");
    })
    .await;
}
