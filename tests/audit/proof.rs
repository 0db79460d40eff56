//! Traces that cannot be written, and traces that somebody tampers with.

use kernel::change;
use serde_json::{Value as Json, json};

use super::{at, sets};
use crate::{
    log::unverified::{sql, unverified},
    support::{TestApp, app, db},
};

/// Lets the database refuse new traces.
async fn refuse(app: &TestApp) {
    if db::is_postgres() {
        let raise = "CREATE FUNCTION broken() RETURNS trigger AS 'BEGIN RAISE EXCEPTION ''broken''; END' LANGUAGE plpgsql";
        sql(app, raise).await.expect("a function");
        let trigger =
            "CREATE TRIGGER broken BEFORE INSERT ON read_trace FOR EACH ROW EXECUTE FUNCTION broken()";
        sql(app, trigger).await.expect("a trigger");
        return;
    }
    let trigger =
        "CREATE TRIGGER broken BEFORE INSERT ON read_trace BEGIN SELECT RAISE(ABORT, 'broken'); END";
    sql(app, trigger).await.expect("a trigger");
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_answered() {
    app(async |app| {
        let (partner, path) = (app.user("partner").await, at(app, "plan:released"));
        refuse(app).await;

        let rest = partner.get(&path).await;
        let tree = partner.get(&format!("{path}/tree")).await;
        let feed = partner.get("/changes?kinds=plan").await;
        let graphql = partner.graphql("{ plans { nodes { title } } }", json!({})).await;
        let observer = app.user("observer").await.get(&path).await;

        rest.problem(503, "unavailable");
        tree.problem(503, "unavailable");
        feed.problem(503, "unavailable");
        assert_eq!((graphql.fault(), &graphql.body["data"]), ("unavailable", &Json::Null));
        observer.ok(200);
        assert_eq!(sets(app).await, 0);
    })
    .await;
}

/// What the verification finds once this was done to the traces.
async fn found(change: &str) -> Vec<String> {
    let mut found = Vec::new();
    unverified(async |app| {
        app.user("partner").await.get(&at(app, "plan:released")).await.ok(200);
        let refused = sql(app, change).await.is_err();
        for operation in ["update", "delete"] {
            let on = if db::is_postgres() { " ON read_trace" } else { "" };
            sql(app, &format!("DROP TRIGGER refuse_{operation}_of_read_trace{on}"))
                .await
                .expect("no trigger");
        }
        sql(app, change).await.expect("the database does as it is told");
        let report = change::verify(&app.system(), None).await.expect("the log can be read");
        found.push(refused.to_string());
        found.extend(report.findings.into_iter().map(|finding| finding.0));
    })
    .await;
    found
}

#[tokio::test]
async fn a_trace_that_is_altered_is_found() {
    let found = found("UPDATE read_trace SET owner = 'KAZ'").await;

    assert_eq!(found[0], "true");
    assert!(found.len() == 2 && found[1].contains("altered"), "{found:?}");
}

#[tokio::test]
async fn a_trace_that_is_deleted_is_found() {
    let found = found("DELETE FROM read_trace").await;

    assert_eq!(found[0], "true");
    assert!(found.len() == 2 && found[1].contains("deleted"), "{found:?}");
}
