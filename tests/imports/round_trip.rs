//! What the service answers can be sent back, and changes nothing.

use concord::domain::KINDS;
use model::Write;
use serde_json::Value as Json;

use super::send;
use crate::support::app;

#[tokio::test]
async fn records_of_every_kind_can_be_sent_as_lists_answer_them() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let mut wrong = Vec::new();
        let mut tried = 0;
        for def in KINDS.served().filter(|def| def.declared.takes(Write::Update)) {
            let list = me.get(&format!("/{}?limit=200&lang=*", def.collection)).await;
            let items: Vec<&Json> =
                list.ok(200)["items"].as_array().unwrap().iter().filter(|item| is_own(item)).collect();
            let file: String = items.iter().map(|item| format!("{item}\n")).collect();
            if items.is_empty() {
                continue;
            }

            let report = send(&me, &format!("kind={}&dry_run=true", def.collection), file).await;

            tried += items.len();
            for row in report.body["rows"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|row| row["result"] != "unchanged")
            {
                wrong.push(format!("{} {}: {} {}", def.name, row["result"], row["errors"], row["changes"]));
            }
            if report.status != 200 {
                wrong.push(format!("{}: {}", def.name, report.body));
            }
        }

        assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(tried > 30, "{tried}");
    })
    .await;
}

#[tokio::test]
async fn exports_of_every_kind_can_be_sent_back_in_each_form() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let mut wrong = Vec::new();
        let mut tried = 0;
        // Nobody edits one's own grants.
        let kinds = KINDS.served().filter(|def| def.declared.takes(Write::Update) && def.name != "grant");
        for (def, form) in kinds.flat_map(|def| [(def, "csv"), (def, "ndjson"), (def, "xlsx")]) {
            let file = me.get(&format!("/{}.{form}?owner=KGZ", def.collection)).await;
            if file.status != 200 {
                wrong.push(format!("{} {form}: {}", def.name, file.body));
            }
            // An NDJSON file without a row is empty, and no file to send.
            if file.status != 200 || file.bytes.is_empty() {
                continue;
            }

            let report =
                send(&me, &format!("kind={}&dry_run=true&force=true", def.collection), file.bytes).await;

            let rows = report.body["rows"].as_array();
            tried += rows.map_or(0, Vec::len);
            for row in rows.into_iter().flatten().filter(|row| row["result"] != "unchanged") {
                wrong.push(format!(
                    "{} {form} {}: {} {}",
                    def.name, row["result"], row["errors"], row["changes"]
                ));
            }
            if report.status != 200 {
                wrong.push(format!("{} {form}: {}", def.name, report.body));
            }
        }

        assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(tried > 60, "{tried}");
    })
    .await;
}

/// Whether the caller may write it: of its country, and none of its own grants, which nobody edits.
fn is_own(item: &Json) -> bool {
    item["owner"] == "KGZ" && (item["user"].is_null() || item["role"] != "focal_point")
}
