//! What is wrong, and what is not supported: by its name, in the form of the protocol.

use axum::http::Method;
use serde_json::{Value as Json, json};

use super::{get, value};
use crate::support::app;

#[tokio::test]
async fn what_is_not_supported_is_told_by_its_name() {
    app(async |app| {
        let me = app.user("focal_point").await;
        for (path, name) in [
            ("/tasks?$search=water", "$search"),
            ("/tasks?$compute=a as b", "$compute"),
            ("/tasks?$filter=tolower(title) eq 'x'", "tolower"),
            ("/tasks?$filter=contains(tolower(title),'x')", "tolower"),
            ("/tasks?$filter=month(due_on) eq 3", "month"),
            ("/tasks?$filter=progress_percent add 1 eq 3", "arithmetic"),
            ("/tasks?$filter=plan/title eq 'x'", "`plan/...`"),
            ("/tasks?$filter=status_label eq 'Done'", "status_label"),
            ("/tasks?$filter=title eq @x", "aliases"),
            ("/tasks?$orderby=lead_agency_name", "lead_agency_name"),
            ("/tasks?$expand=*", "all ways"),
            ("/tasks?$expand=plan($expand=owner)", "$expand"),
            ("/tasks?$expand=plan/pillars", "more than one step"),
            ("/tasks?$apply=topcount(2,progress_percent)", "topcount"),
            ("/tasks?$apply=groupby((status))/filter(status eq 'x')", "filter"),
            ("/tasks?$apply=groupby((status),aggregate(title with concat as t))", "concat"),
        ] {
            let answer = get(&me, path).await;

            assert_eq!(answer.status, 501, "{path}: {}", answer.body);
            let error = &answer.body["error"];
            assert_eq!(error["code"], "not_supported");
            assert!(error["message"].as_str().unwrap_or_default().contains(name), "{path}: {error}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let deep = format!("/tasks?$filter={}status eq 'x'{}", "(".repeat(100), ")".repeat(100));
        let nots = format!("/tasks?$filter={}is_demo", "not ".repeat(100));
        let many = format!("/tasks?$filter=status in ({})", vec!["'x'"; 1_500].join(","));
        let long = format!("/tasks?$filter=title eq '{}'", "x".repeat(20_000));
        for (path, code, target, part) in [
            ("/tasks?$filter=statu eq 'done'", "unknown_parameter", "$filter", "did you mean `status`"),
            ("/tasks?$filter=status eq", "bad_format", "$filter", "value is missing"),
            ("/tasks?$filter=status eq 'x", "bad_format", "$filter", "closing quote"),
            ("/tasks?$filter=due_on eq 'soon'", "bad_format", "$filter", "a day such as"),
            ("/tasks?$filter=due_on lt 5 5", "bad_format", "$filter", "a day such as"),
            ("/tasks?$filter=status eq 'x')", "bad_format", "$filter", "left over"),
            ("/tasks?$filter=contains(due_on,'x')", "bad_format", "$filter", "holds no text"),
            ("/tasks?$filter=plan_id eq 7", "bad_format", "$filter", "an id"),
            ("/tasks?$filter=%23", "bad_format", "$filter", "means nothing"),
            ("/tasks?$select=id,titel", "unknown_parameter", "$select", "did you mean `title`"),
            ("/tasks?$orderby=titel", "unknown_parameter", "$orderby", "did you mean `title`"),
            ("/tasks?$expand=plans", "unknown_parameter", "$expand", "did you mean `plan`"),
            ("/tasks?$expand=plan($select=titel)", "unknown_parameter", "$expand", "did you mean `title`"),
            ("/tasks?$top=-1", "out_of_range", "$top", "whole number"),
            ("/tasks?$count=maybe", "bad_format", "$count", "`true` or `false`"),
            ("/tasks?$skiptoken=x", "cursor_invalid", "?after", ""),
            ("/tasks?$top=1&$top=2", "duplicate_member", "$top", "twice"),
            ("/tasks?$filters=x", "unknown_parameter", "$filters", "did you mean `$filter`"),
            (
                "/tasks?$apply=groupby((status),aggregate(title with sum as t))",
                "bad_format",
                "$apply",
                "no numbers",
            ),
            (
                "/tasks?$apply=groupby((status),aggregate($count as status))",
                "duplicate_member",
                "$apply",
                "already",
            ),
            (deep.as_str(), "out_of_range", "$filter", "deep"),
            (nots.as_str(), "out_of_range", "$filter", "deep"),
            (many.as_str(), "out_of_range", "", "at most 1000 values"),
            (long.as_str(), "out_of_range", "$filter", "bytes"),
        ] {
            let answer = get(&me, path).await;

            let shown = path.get(..60).unwrap_or(path);
            assert_eq!(answer.status, 400, "{shown}: {}", answer.body);
            let error = &answer.body["error"];
            let first = &error["details"][0];
            assert_eq!(first["code"], code, "{shown}: {error}");
            assert!(target == "?after" || first["target"] == target, "{shown}: {error}");
            assert!(first["message"].as_str().unwrap_or_default().contains(part), "{shown}: {error}");
            assert!(!answer.body.to_string().to_lowercase().contains("select "), "{shown}: {error}");
        }
    })
    .await;
}

#[tokio::test]
async fn addresses_that_lead_nowhere_say_what_is_near() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let near = get(&me, "/task").await;
        let none = get(&me, "/tasks(nothing)").await;
        let far = get(&me, "/tasks/plans/x").await;
        let text = get(&me.with("accept", "text/html"), "/tasks").await;

        assert_eq!([near.status, none.status, far.status, text.status], [404, 404, 404, 406]);
        assert!(near.body["error"]["message"].as_str().unwrap().contains("`tasks`"), "{}", near.body);
    })
    .await;
}

#[tokio::test]
async fn withheld_fields_are_neither_told_nor_compared() {
    app(async |app| {
        let fp = app.user("focal_point").await;
        fp.edit(&format!("/tasks/{}", app.world.id("task:released")), json!({"estimate_days": 7}))
            .await
            .ok(200);
        let partner = app.user("partner").await;
        let ask = async || {
            let told =
                value(&get(&partner, "/tasks?$select=estimate_days&$filter=estimate_days eq 7").await).len();
            let not = value(&get(&partner, "/tasks?$filter=not (estimate_days eq 7)&$select=id").await).len();
            let sum = value(&get(&partner, "/tasks?$apply=aggregate(estimate_days with sum as s)").await);
            let groups = value(&get(&partner, "/tasks?$apply=groupby((estimate_days))").await);
            (told, not, sum[0]["s"].clone(), groups)
        };
        let before = ask().await;
        assert_eq!((before.0, &before.2), (1, &json!(7)), "the partner sees it without a rule");

        let rule = json!({"owner": "KGZ", "kind": "task", "field": "estimate_days"});
        let made = fp.post("/disclosure-rules", rule).await;
        assert!(made.status == 201, "{}", made.body);

        let after = ask().await;
        assert_eq!(after, (0, before.1 + 1, Json::Null, vec![json!({"estimate_days": null})]));
        let ordered = get(&partner, "/tasks?$orderby=estimate_days").await;
        assert_eq!(ordered.status, 501, "an order would tell of it");
    })
    .await;
}

#[tokio::test]
async fn many_conditions_are_no_deep_ones() {
    app(async |app| {
        for word in [" or ", " and "] {
            let path = format!("/tasks?$top=0&$filter={}", ["true"; 1_600].join(word));

            assert_eq!(get(&app.anonymous(), &path).await.status, 200, "{word}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_before_the_service_has_its_form_too() {
    app(async |app| {
        let me = app.anonymous();

        let no_text = get(&me, "/tasks%FF").await;
        let posted = me.send(Method::POST, "/odata/v4/tasks", None, Vec::new()).await;

        assert_eq!((no_text.status, posted.status), (404, 405));
        assert_eq!(no_text.body["error"]["code"], "not_found", "{}", no_text.body);
        assert_eq!(posted.body["error"]["code"], "method_not_allowed", "{}", posted.body);
        assert_eq!(posted.headers["odata-version"], "4.0");
    })
    .await;
}
