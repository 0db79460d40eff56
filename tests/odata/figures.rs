//! `$apply`: figures of rows.

use serde_json::{Value as Json, json};

use super::{get, value};
use crate::support::{TestApp, app};

/// Tasks of two agencies with estimates.
async fn filled(app: &TestApp) {
    let me = app.user("focal_point").await;
    for (agency, days) in [("MES", 2), ("MES", 5), ("MOH", 3)] {
        let body = json!({"owner": "KGZ", "title": "Estimated", "lead_agency": agency, "language": "en", "estimate_days": days});
        me.post("/tasks", body).await.ok(201);
    }
}

#[tokio::test]
async fn groups_are_the_same_by_figures_of_lists_and_by_rows() {
    app(async |app| {
        filled(app).await;
        let me = app.user("focal_point").await;
        let apply = |by: &str| {
            format!("$apply=filter(title eq 'Estimated')/groupby(({by}),aggregate($count as n,estimate_days with sum as days,estimate_days with max as most,estimate_days with average as mean))&$orderby=n desc")
        };
        let figures = |rows: &[Json]| {
            let one = |row: &Json| json!([row["n"], row["days"], row["most"], row["mean"]]);
            rows.iter().map(one).collect::<Vec<_>>()
        };

        // By ids of agencies figures of the list tell it; by codes the rows themselves.
        let by_id = value(&get(&me, &format!("/tasks?{}", apply("lead_agency_id"))).await);
        let by_code = value(&get(&me, &format!("/tasks?{}", apply("lead_agency_code"))).await);
        let flat = value(&get(&me, &format!("/task_flat?{}", apply("lead_agency_code"))).await);

        let wanted = [json!([2, 7, 5, 3.5]), json!([1, 3, 3, 3])];
        for (name, rows) in [("ids", &by_id), ("codes", &by_code), ("view", &flat)] {
            let told = figures(rows);
            let same = |one: &Json, other: &Json| {
                let numbers = |of: &Json| of.as_array().unwrap().iter().map(Json::as_f64).collect::<Vec<_>>();
                numbers(one) == numbers(other)
            };
            assert!(told.len() == 2 && told.iter().zip(&wanted).all(|(one, other)| same(one, other)), "{name}: {told:?}");
        }
        assert_eq!([&by_code[0]["lead_agency_code"], &flat[1]["lead_agency_code"]], ["MES", "MOH"]);
    })
    .await;
}

#[tokio::test]
async fn figures_count_what_their_caller_sees() {
    app(async |app| {
        for name in ["focal_point", "officer", "partner", "foreign_focal_point"] {
            let me = app.user(name).await;
            let total = me.get("/tasks?limit=1&total=true").await.ok(200)["page"]["total"].clone();

            for set in ["tasks", "task_flat"] {
                let told = value(&get(&me, &format!("/{set}?$apply=aggregate($count as n)")).await);
                assert_eq!(told, [json!({ "n": total })], "{name} {set}");
                let none = format!("/{set}?$apply=filter(title eq 'nothing')/aggregate($count as n,progress_percent with max as p)");
                assert_eq!(value(&get(&me, &none).await), [json!({"n": 0, "p": null})], "{name} {set}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn figures_are_narrowed_ordered_and_paged() {
    app(async |app| {
        filled(app).await;
        let me = app.user("focal_point").await;
        let start = "/participation_flat?$apply=groupby((standing),aggregate($count as n,framework_code with countdistinct as f))";

        let all = value(&get(&me, &format!("{start}&$orderby=standing")).await);
        let few = value(&get(&me, &format!("{start}&$filter=n gt 0 and standing eq 'contracting'&$count=true")).await);
        let first = get(&me, &format!("{start}&$orderby=standing&$top=1&$count=true")).await;

        assert_eq!(all, [json!({"standing": "contracting", "n": 1, "f": 1}), json!({"standing": "not_recorded", "n": 1, "f": 1})]);
        assert_eq!(few.len(), 1);
        assert_eq!((value(&first).len(), &first.body["@odata.count"]), (1, &json!(2)));
        let distinct = value(&get(&me, "/tasks?$apply=groupby((status))").await);
        assert!(distinct.contains(&json!({"status": "planned"})));
    })
    .await;
}
