//! Evidence below marks and actions.

use serde_json::{Value as Json, json};

use super::mark;
use crate::{
    coverage::stage::MISSING,
    delivery::{id, made},
    support::{TestApp, app},
};

fn evidence(more: Json) -> Json {
    let mut body = json!({"owner": "KGZ", "language": "en", "title": "Licensing of exports"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    body
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().expect("an id")
}

async fn refused(app: &TestApp, more: Json) -> Vec<(String, String)> {
    app.user("secretariat").await.post("/evidence-items", evidence(more)).await.violations()
}

#[tokio::test]
async fn evidence_stands_below_one_record_and_leads_somewhere() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let of = made(&me, "/coverage-marks", mark("CWC-III", json!({}))).await;
        let (of, action) = (last(&of), id(app, "action:national"));
        let hash = "a".repeat(64);

        let nowhere = refused(app, json!({"pointer": "Register"})).await;
        let twice = refused(app, json!({"coverage_mark": of, "action": action, "pointer": "Register"})).await;
        let bare = refused(app, json!({"coverage_mark": of})).await;
        let wrong = refused(app, json!({"coverage_mark": of, "file_sha256": "A".repeat(64)})).await;
        let short = refused(app, json!({"coverage_mark": of, "file_sha256": "abc"})).await;
        let made =
            me.post("/evidence-items", evidence(json!({"coverage_mark": of, "file_sha256": hash}))).await;

        let only = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
        assert_eq!(nowhere, only("/coverage_mark", "required"));
        assert_eq!(twice, only("/coverage_mark", "rule_broken"));
        assert_eq!(bare, only("/legal_instrument", "required"));
        assert_eq!(wrong, only("/file_sha256", "bad_format"));
        assert_eq!(short[0].0, "/file_sha256");
        assert_eq!((&made.ok(201)["file_sha256"], &made.body["lead_agency"]), (&json!(hash), &Json::Null));
    })
    .await;
}

#[tokio::test]
async fn evidence_follows_its_subject_in_rights_and_lead() {
    app(async |app| {
        let full = app.user("secretariat").await;
        let of = made(&full, "/coverage-marks", mark("CWC-III", json!({}))).await;
        let action = id(app, "action:national");
        let below_mark = evidence(json!({"coverage_mark": last(&of), "pointer": "Register"}));
        let below_action = evidence(json!({"action": action, "pointer": "Register"}));
        let lead = app.user("officer").await;

        let by_lead_of_nobody = lead.post("/evidence-items", below_mark.clone()).await;
        let nothing = evidence(json!({"coverage_mark": MISSING, "pointer": "Register"}));
        let never = lead.post("/evidence-items", nothing).await;
        let by_lead = lead.post("/evidence-items", below_action.clone()).await;
        let by_full = full.post("/evidence-items", below_mark).await;
        let seen = app.user("observer").await.get(&format!("/evidence-items/{}", by_full.id())).await;
        full.edit(&format!("/actions/{action}"), json!({"lead_agency": "MOF"})).await.ok(200);
        let moved = full.get(&format!("/evidence-items/{}", by_lead.id())).await;
        let by_former = lead.post("/evidence-items", below_action).await;

        // The mark is of its group, and hidden from the officer: as one that never was.
        assert_eq!(
            (by_lead_of_nobody.status, by_lead_of_nobody.body["code"].clone()),
            (never.status, never.body["code"].clone()),
            "{} {}",
            by_lead_of_nobody.body,
            never.body
        );
        assert_eq!(
            (&by_lead.ok(201)["lead_agency"]["code"], &by_lead.body["visibility"]),
            (&json!("MES"), &json!("national"))
        );
        assert_eq!(by_lead.body["plan"]["id"], json!(id(app, "plan:national")));
        assert_eq!(by_full.ok(201)["visibility"], "group");
        seen.problem(404, "not_found");
        assert_eq!(moved.ok(200)["lead_agency"]["code"], "MOF");
        by_former.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_mark_takes_its_evidence_along_and_a_law_that_is_evidence_stays() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let of = made(&me, "/coverage-marks", mark("CWC-III", json!({}))).await;
        let law = json!({"owner": "KGZ", "language": "en", "kind": "law", "title": "Law", "lead_agency": "MES"});
        let law = made(&me, "/legal-instruments", law).await;
        let item = evidence(json!({"coverage_mark": last(&of), "legal_instrument": last(&law), "articles": "Article 4"}));
        let item = made(&me, "/evidence-items", item).await;
        let query = "query($id: ID!) { coverageMark(id: $id) { evidenceItems { nodes { articles legalInstrument { title } } } } }";

        let read = me.graphql(query, json!({"id": last(&of)})).await;
        let kept = me.delete(&law, &me.get(&law).await.etag()).await;
        me.delete(&of, &me.get(&of).await.etag()).await.ok(204);
        let gone = me.get(&item).await;

        let wanted = json!([{"articles": "Article 4", "legalInstrument": {"title": "Law"}}]);
        assert_eq!(read.data()["coverageMark"]["evidenceItems"]["nodes"], wanted);
        kept.problem(409, "in_use");
        gone.problem(404, "not_found");
    })
    .await;
}
