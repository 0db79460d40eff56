//! Figures: exact counts of what their caller sees, now and over time.

mod asking;
mod over_time;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::support::{app, client::Client};

/// The rows of figures.
async fn rows(who: &Client<'_>, path: &str) -> Vec<Json> {
    who.get(&format!("/analytics/{path}")).await.ok(200)["rows"].as_array().cloned().unwrap_or_default()
}

/// Every record of a list.
async fn listed(who: &Client<'_>, list: &str) -> Vec<Json> {
    who.get(&format!("/{list}?limit=200")).await.ok(200)["items"].as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn groups_are_what_each_caller_would_count_by_hand() {
    app(async |app| {
        for name in ["focal_point", "officer", "observer", "partner", "foreign_focal_point"] {
            let me = app.user(name).await;
            let mut counted: BTreeMap<(String, String), i64> = BTreeMap::new();
            for task in listed(&me, "tasks").await {
                let agency = &task["lead_agency"];
                let agency = agency["code"].as_str().map_or_else(|| "null".to_owned(), str::to_owned);
                let status = task["status"].as_str().unwrap_or_default().to_owned();
                *counted.entry((status, agency)).or_default() += 1;
            }

            let told = rows(&me, "tasks?group_by=status,lead_agency&labels=codes").await;

            let told: BTreeMap<(String, String), i64> = told
                .iter()
                .map(|row| {
                    let agency = row["lead_agency"].as_str().unwrap_or("null").to_owned();
                    let status = row["status"].as_str().unwrap_or_default().to_owned();
                    ((status, agency), row["count"].as_i64().unwrap_or_default())
                })
                .collect();
            assert_eq!(told, counted, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn several_values_count_in_each_and_none_counts_as_null() {
    app(async |app| {
        let me = app.user("focal_point").await;
        for (title, agencies) in [("none", json!([])), ("two", json!(["MOH", "MOD"])), ("one", json!(["MOH"]))] {
            let body = json!({"owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en",
                "contributing_agencies": agencies, "estimate_days": 4, "due_on": "2031-02-03"});
            let made = me.post("/tasks", body).await;
            if made.status != 201 {
                // The world has other agencies: take any two.
                continue;
            }
        }

        let by_agency = rows(&me, "tasks?group_by=contributing_agencies&labels=codes").await;
        let by_quarter = rows(&me, "tasks?group_by=due_on:quarter&measure=count,sum:estimate_days,avg:estimate_days,min:due_on&due_from=2031-01-01").await;

        let mut counted: BTreeMap<String, i64> = BTreeMap::new();
        for task in listed(&me, "tasks").await {
            let agencies = task["contributing_agencies"].as_array().cloned().unwrap_or_default();
            for agency in &agencies {
                *counted.entry(agency["code"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
            }
            if agencies.is_empty() {
                *counted.entry("null".to_owned()).or_default() += 1;
            }
        }
        let told: BTreeMap<String, i64> = by_agency
            .iter()
            .map(|row| {
                let agency = row["contributing_agencies"].as_str().unwrap_or("null").to_owned();
                (agency, row["count"].as_i64().unwrap_or_default())
            })
            .collect();
        assert_eq!(told, counted);
        let count = by_quarter[0]["count"].as_i64().unwrap_or_default();
        assert!(count >= 1, "{by_quarter:?}");
        assert_eq!(by_quarter[0]["due_on"], "2031-Q1");
        assert_eq!(by_quarter[0]["sum_estimate_days"], 4 * count);
        assert_eq!(by_quarter[0]["avg_estimate_days"], 4.0);
        assert_eq!(by_quarter[0]["min_due_on"], "2031-02-03");
    })
    .await;
}

#[tokio::test]
async fn a_sum_that_no_column_holds_is_exact() {
    app(async |app| {
        let me = app.user("focal_point").await;
        for title in 0..10 {
            let cost = json!({"amount": "999999999999999.999", "currency": "KWD"});
            let body = json!({"owner": "KGZ", "title": format!("Dear {title}"), "lead_agency": "MES", "language": "en",
                "estimated_cost": cost});
            me.post("/proposals", body).await.ok(201);
        }

        let told = rows(&me, "proposals?measure=sum:estimated_cost,avg:estimated_cost&having=sum:estimated_cost%3E1000").await;

        let row = json!({"estimated_cost_currency": "KWD", "sum_estimated_cost": "9999999999999999.990",
            "avg_estimated_cost": 999_999_999_999_999.999});
        assert_eq!(told, [row]);
    })
    .await;
}

#[tokio::test]
async fn a_withheld_field_counts_as_nothing_for_those_it_is_withheld_from() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let body = json!({"owner": "KGZ", "title": "Measured", "lead_agency": "MES", "language": "en",
            "estimate_days": 7, "family": "legal_framework", "visibility": "national"});
        me.post("/tasks", body).await.ok(201);
        let observer = app.user("observer").await;
        let asked = "tasks?group_by=family&measure=count,sum:estimate_days&labels=codes";
        let before = rows(&observer, asked).await;
        for field in ["estimate_days", "family"] {
            let rule = json!({"owner": "KGZ", "kind": "task", "field": field, "scope": "outside_group"});
            let made = me.post("/disclosure-rules", rule).await;
            assert!(made.status == 201, "{}", made.body);
        }

        let after = rows(&observer, asked).await;

        assert!(before.iter().any(|row| row["family"] == "legal_framework"), "{before:?}");
        assert!(after.iter().all(|row| row["family"].is_null()), "{after:?}");
        assert!(after.iter().all(|row| row["sum_estimate_days"].is_null()), "{after:?}");
        let count = |rows: &[Json]| rows.iter().filter_map(|row| row["count"].as_i64()).sum::<i64>();
        assert_eq!(count(&before), count(&after));
        assert!(rows(&me, asked).await.iter().any(|row| row["family"] == "legal_framework"));
    })
    .await;
}

#[tokio::test]
async fn countries_are_covered_and_never_named() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let whole = me.get("/analytics/tasks?group_by=country,region").await;
        let narrowed = me.get("/analytics/tasks?country=KGZ").await;

        let meta = &whole.ok(200)["meta"];
        assert!(meta["coverage"]["m"].as_i64() >= meta["coverage"]["n"].as_i64(), "{meta}");
        assert_eq!(narrowed.ok(200)["meta"]["coverage"]["m"], 1);
        let short = me.get("/analytics/tasks?country=kg").await;
        assert_eq!(short.ok(200)["meta"]["coverage"], narrowed.body["meta"]["coverage"]);
        assert_eq!(narrowed.ok(200)["meta"]["filters"], json!([{"name": "country", "values": ["KGZ"]}]));
        assert!(
            whole.body["rows"].as_array().is_some_and(|rows| rows.iter().any(|row| row["country"] == "KGZ"))
        );
    })
    .await;
}
