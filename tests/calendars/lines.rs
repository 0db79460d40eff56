//! Lines of feeds, whatever the names in them hold.

use serde_json::json;

use super::{made, task};
use crate::support::app;

#[tokio::test]
async fn no_name_breaks_a_line_of_a_feed() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let agency = format!("/agencies/{}", app.world.id("agency:KGZ/MES"));
        let name = format!("Ministry\rof; all,\nand\r\nmore\\ {}", "Чрезвычайных ситуаций ".repeat(10));
        me.edit(&agency, json!({"name": name})).await.ok(200);
        me.post("/tasks", task("Collect\rand\r\nsend", json!({}))).await.ok(201);
        let calendar = made(&me, json!({"name": "What\ris due", "alarm_days": 3})).await;

        let feed = app.anonymous().get(&calendar.feed).await;

        let text = String::from_utf8(feed.bytes.clone()).expect("text");
        let is_line = |line: &str| line.len() <= 75 && !line.contains(['\r', '\n']);
        assert!(text.split("\r\n").all(is_line), "{text:?}");
        let whole = text.replace("\r\n ", "");
        assert!(
            whole.contains("\r\nDESCRIPTION:Ministry of\\; all\\, and  more\\\\ Чрезвычайных"),
            "{whole}"
        );
        assert!(whole.contains("\r\nSUMMARY:Collect and  send\r\n"), "{whole}");
        assert!(whole.contains("\r\nX-WR-CALNAME:What is due\r\n"), "{whole}");
    })
    .await;
}
