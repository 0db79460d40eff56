//! Files write of a kind what single writes may, and say of any kind what is there.

use serde_json::json;

use super::{counts, faults, results, send};
use crate::support::app;

#[tokio::test]
async fn what_nobody_edits_is_unchanged_where_a_row_says_what_is_there() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let ends = json!({"name": "Copy", "expires_at": "2027-11-20T00:00:00Z"});
        me.post("/api-keys", ends.clone()).await.ok(201);
        me.post("/calendars", ends).await.ok(201);
        let before = app.count("change").await;

        for (kind, rows) in [("api-keys", 1), ("calendars", 1), ("releases", 1), ("grants", 10)] {
            for form in ["csv", "ndjson", "xlsx"] {
                let file = me.get(&format!("/{kind}.{form}?owner=KGZ")).await;
                let same = send(&me, &format!("kind={kind}&force=true"), file.bytes).await;

                assert_eq!(counts(same.ok(200)), [0, 0, rows, 0, 0], "{kind} {form}: {}", same.body);
            }
        }
        assert_eq!(app.count("change").await, before);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_edits_is_not_edited_by_files() {
    app(async |app| {
        let me = app.user("focal_point").await;
        me.post("/api-keys", json!({"name": "Copy"})).await.ok(201);
        let key = me.get("/api-keys").await.ok(200)["items"][0]["id"].as_str().expect("an id").to_owned();
        let (grant, release) = (app.world.id("grant:focal_point"), app.world.id("release:partners"));

        let key = send(&me, "kind=api-keys", format!("id,name\n{key},Another\n")).await;
        let release = send(&me, "kind=releases", format!("id,basis\n{release},Another\n")).await;
        let mine = send(&me, "kind=grants", format!("id,valid_until\n{grant},2030-01-01\n")).await;
        let hidden =
            send(&me, "kind=grants", format!("id,role\n{},operator\n", app.world.id("grant:operator"))).await;

        for refused in [key, release, mine] {
            assert_eq!(faults(refused.ok(200)), [(2, "", "forbidden")], "{}", refused.body);
        }
        assert_eq!(faults(hidden.ok(200)), [(2, "id", "not_found")]);
    })
    .await;
}

#[tokio::test]
async fn files_make_and_delete_what_single_writes_may() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let asked = json!({"owner": "KGZ", "from_on": "2026-01-01", "horizon_years": 3, "is_active": false});
        let asked = me.post("/compilations", asked).await.id();
        let plan = app.world.id("plan:released");
        let made = format!("subject,audiences\n\"{{\"\"plan\"\":\"\"{plan}\"\"}}\",public\n");

        let key = send(&me, "kind=api-keys", "name\nCopy\n").await;
        let calendar = send(&me, "kind=calendars", "name\nReturns\n").await;
        let gone = send(&me, "kind=compilations&mode=delete", format!("id\n{asked}\n")).await;
        let sync = send(&me, "kind=compilations&mode=sync&source_system=crm", format!("id\n{asked}\n")).await;
        let release = send(&me, "kind=releases", made).await;

        for refused in [key, calendar, gone] {
            assert_eq!(faults(refused.ok(200)), [(2, "", "forbidden")], "{}", refused.body);
        }
        sync.problem(400, "bad_request");
        assert_eq!(sync.violations(), [("?mode".into(), "rule_broken".into())]);
        assert_eq!(results(release.ok(200)), ["created"], "{}", release.body);
        for kind in ["api-keys", "calendars"] {
            assert_eq!(me.get(&format!("/{kind}")).await.ok(200)["items"], json!([]));
            me.get(&format!("/imports/templates/{kind}")).await.problem(404, "not_found");
        }
        me.get("/imports/templates/releases?format=json_schema").await.ok(200);
    })
    .await;
}
