//! Days, instants and numbers: one form on every face, in bodies and filters.

use serde_json::json;

use super::{CREATE_TASK, head, pair, task};
use crate::support::app;

const NO_DAYS: [&str; 7] = [
    "-262143-01-01",
    "%2B12027-01-01",
    "0000-01-01",
    "2027-2-3",
    "2027%20-%2002%20-%2003",
    "2027-02-30",
    "31.12.2027",
];

#[tokio::test]
async fn a_filter_takes_days_and_instants_of_one_form() {
    app(async |app| {
        let me = app.user("officer").await;
        for day in NO_DAYS {
            for filter in ["due_from", "due_to"] {
                let refused = me.get(&format!("/tasks?{filter}={day}")).await;

                refused.problem(400, "bad_request");
                assert_eq!(refused.violations(), [pair(&format!("?{filter}"), "bad_format")], "{day}");
            }
        }
        for instant in
            ["-9999-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "2027-03-31T12:00:00", "2027-03-31"]
        {
            let refused = me.get(&format!("/plans?updated_since={instant}")).await;

            assert_eq!(refused.violations(), [pair("?updated_since", "bad_format")], "{instant}");
        }
        assert_eq!(me.get("/tasks?due_from=0001-01-01&due_to=9999-12-31").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_body_takes_days_of_the_same_form_and_says_which() {
    app(async |app| {
        let me = app.user("officer").await;
        let before = head(app).await;
        for day in ["+12027-01-01", "0000-01-01", "2027-2-3", "31.12.2027"] {
            let mut body = task("A day");
            body["due_on"] = json!(day);

            let refused = me.post("/tasks", body.clone()).await;
            let by_graphql = me
                .graphql(
                    CREATE_TASK,
                    json!({"input": {
                        "owner": "KGZ", "title": "A day", "leadAgency": "MES", "language": "en", "dueOn": day
                    }}),
                )
                .await;

            let said = refused.body["errors"][0]["detail"].as_str().unwrap_or_default().to_owned();
            assert_eq!(refused.violations(), [pair("/due_on", "bad_format")], "{day}");
            assert_eq!(said, format!("{day:?} is not a day such as 2027-03-31"));
            assert!(by_graphql.body["errors"][0]["message"].is_string(), "{day}");
        }
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_whole_number_may_be_written_with_a_point() {
    app(async |app| {
        let me = app.user("officer").await;
        let mut body = task("Ten days");
        body["estimate_days"] = json!(10.0);
        let made = me.post("/tasks", body.clone()).await;
        body["estimate_days"] = json!(10.5);
        let refused = me.post("/tasks", body).await;

        assert_eq!((made.status, &made.body["estimate_days"]), (201, &json!(10)));
        assert_eq!(refused.violations(), [pair("/estimate_days", "wrong_type")]);
    })
    .await;
}
