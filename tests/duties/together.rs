//! Several processes on one database: what they work out at the same time is there once.

use concord::domain::treaties::compile;
use futures_util::future::join_all;
use kernel::{Ctx, cause::Cause, db::Db};
use serde_json::json;

use super::{compiled, deadlines, world};
use crate::{
    bad_input::head,
    support::{TestApp, app, client::Client},
};

async fn asks(who: Client<'_>) -> u16 {
    who.post("/commitments/compile", json!({"owner": "KGZ"})).await.status
}

async fn runs(app: &TestApp) -> u16 {
    let job = Ctx { cause: Cause::Job, ..app.system() };
    compile::daily(&job).await.map_or(500, |()| 200)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_that_begin_at_once_make_everything_once() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let db = Db::connect(&app.url, 4).await.expect("the database opens");
        let other = TestApp::on(db, app.world.clone(), app.url.clone()).await;
        let mut callers = Vec::new();
        for _ in 0..4 {
            callers.push(app.user("focal_point").await);
            callers.push(app.user("focal_point").await.at(&other));
        }

        let begun = join_all(callers.into_iter().map(asks)).await;
        let after = head(app).await;
        let days = join_all([runs(app), runs(&other), runs(app), runs(&other)]).await;

        assert_eq!(begun, [200; 8]);
        assert_eq!(days, [200; 4]);
        assert_eq!(head(app).await, after, "nothing was left to do");
        assert_eq!(app.count("compilation").await, 1);
        assert_eq!(app.count("commitment").await, 7);
        let all = deadlines(&app.user("focal_point").await).await;
        assert_eq!(app.count("deadline").await, i64::try_from(all.len()).expect("a number"));
        assert_eq!(all.iter().filter(|(code, ..)| code == "CWC-YEAR").count(), 4);
        other.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_of_rule_and_participation_beside_the_daily_run_lose_nothing() {
    app(async |app| {
        let own = world(app, Some("2005-01-01")).await;
        let (me, steward) = (app.user("focal_point").await, app.user("steward").await);
        compiled(&me).await;
        let db = Db::connect(&app.url, 4).await.expect("the database opens");
        let other = TestApp::on(db, app.world.clone(), app.url.clone()).await;
        let version = |year: i32| {
            json!({"obligation": "CWC-YEAR", "valid_from": format!("{year}-01-01"),
                "rrule": "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1", "reason": "Decision", "source": "Report"})
        };
        let there = app.user("focal_point").await.at(&other);

        let (versions, entry, days) = tokio::join!(
            join_all(
                (2027..2030).map(|year| steward.post("/obligation-versions", version(year)).into_future())
            ),
            there.edit(&own, json!({"in_force_on": "2027-01-01"})),
            join_all([runs(app), runs(&other), runs(app), runs(&other)]),
        );

        assert!(versions.iter().all(|answer| answer.status == 201), "{versions:?}");
        assert_eq!((entry.status, days), (200, vec![200; 4]));
        let after = head(app).await;
        runs(app).await;
        assert_eq!(head(app).await, after, "nothing was left to do");
        let upcoming = me.get("/deadlines?obligation=CWC-YEAR&status=upcoming&sort=due_on").await;
        let days: Vec<_> = upcoming.ok(200)["items"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["due_on"].clone())
            .collect();
        assert_eq!(days, ["2027-06-01", "2028-06-01", "2029-06-01"]);
        other.close().await;
    })
    .await;
}
