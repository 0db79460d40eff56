//! Refusals name the value, the form with an example, and the nearest known code (row B8), on both faces.

use serde_json::{Value as Json, json};

use super::task;
use crate::support::{app, client::Answer};

/// Place and text of each violation, sorted.
fn texts(answer: &Answer) -> Vec<(String, String)> {
    let graphql = &answer.body["errors"][0]["extensions"]["errors"];
    let all = if graphql.is_array() { graphql } else { &answer.body["errors"] };
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let all = all.as_array().into_iter().flatten();
    let mut found: Vec<_> = all.map(|one| (text(&one["pointer"]), text(&one["detail"]))).collect();
    found.sort();
    found
}

fn with(members: Json) -> Json {
    let mut body = task("Named");
    body.as_object_mut().expect("an object").extend(members.as_object().cloned().expect("members"));
    body
}

fn pair(at: &str, text: &str) -> (String, String) {
    (at.to_owned(), text.to_owned())
}

#[tokio::test]
async fn a_wrong_value_is_named_with_the_form_and_an_example() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let forms = me
            .post(
                "/tasks",
                with(json!({ "title": 7, "due_on": "31.12.2027", "status": "don", "estimate_days": "ten",
                    "language": "English", "plan": "x".repeat(200), "source_system": "" })),
            )
            .await;

        let found = texts(&forms);
        let of = |at: &str| found.iter().find(|(place, _)| place == at).map_or("", |(_, text)| text.as_str());
        assert_eq!(of("/title"), "7 is not a text such as \"text\"");
        assert_eq!(of("/due_on"), "\"31.12.2027\" is not a day such as 2027-03-31");
        assert_eq!(
            of("/status"),
            "\"don\" is none of planned, assigned, in_progress, in_review, done, blocked, cancelled; did you mean `done`?"
        );
        assert_eq!(of("/estimate_days"), "\"ten\" is not a whole number such as 7");
        assert_eq!(of("/language"), "\"English\" is not a language tag such as `ru` or `zh-Hant`");
        assert_eq!(of("/source_system"), "at least 1 character, not 0; spaces at the ends and invisible characters do not count");
    })
    .await;
}

#[tokio::test]
async fn a_code_that_leads_nowhere_is_named_with_the_nearest_one() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let create = "mutation($x: NewTask!) { createTask(input: $x) { task { id } } }";

        let rest =
            me.post("/tasks", with(json!({ "lead_agency": "MESS", "contributing_agencies": ["moh"] }))).await;
        let input = json!({ "owner": "KGZ", "title": "t", "language": "en", "leadAgency": "MESS" });
        let graphql = me.graphql(create, json!({ "x": input })).await;
        let far = me.post("/tasks", with(json!({ "lead_agency": "zzzzzzzz" }))).await;
        let id = "01a1fd8c-6900-7098-82d6-000000000000";
        let by_id = me.post("/tasks", with(json!({ "lead_agency": id }))).await;

        let agency = pair("/lead_agency", "there is no agency \"MESS\" here; did you mean `MES`?");
        assert!(texts(&rest).contains(&agency), "{}", rest.body);
        assert!(texts(&graphql).contains(&agency), "{}", graphql.body);
        assert_eq!(texts(&far), [pair("/lead_agency", "there is no agency \"zzzzzzzz\" here")]);
        assert_eq!(texts(&by_id), [pair("/lead_agency", &format!("there is no agency \"{id}\" here"))]);
    })
    .await;
}

#[tokio::test]
async fn no_code_is_suggested_that_the_caller_may_not_see() {
    app(async |app| {
        let task =
            |owner: &str| json!({ "owner": owner, "title": "t", "language": "en", "lead_agency": "MOFF" });

        let abroad = app.user("foreign_focal_point").await.post("/tasks", task("KAZ")).await;
        let inside = app.user("focal_point").await.post("/tasks", task("KGZ")).await;

        // The agency MOF is of the first country only.
        assert_eq!(texts(&abroad), [pair("/lead_agency", "there is no agency \"MOFF\" here")]);
        assert_eq!(
            texts(&inside),
            [pair("/lead_agency", "there is no agency \"MOFF\" here; did you mean `MOF`?")]
        );
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_never_named() {
    app(async |app| {
        let secret = "a-secret-of-mine";
        let bodies = [
            ("/auth/login", json!({ "email": "no address", "password": [secret] })),
            ("/auth/login", json!({ "email": "a@example.org", "password": secret, "code": { "a": secret } })),
            ("/auth/login", json!({ "email": secret, "password": secret, "otp": secret })),
            ("/auth/refresh", json!({ "refresh_token": [secret] })),
            ("/auth/refresh", json!({ "refresh_token": secret.repeat(100) })),
            ("/auth/accept", json!({ "token": { "a": secret }, "password": secret })),
            ("/auth/accept", json!({ "token": secret, "password": secret.repeat(100) })),
        ];

        for (path, body) in bodies {
            let answer = app.anonymous().post(path, body).await;
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert!(answer.status >= 400 && !text.contains(secret), "{path}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn parameters_are_named_with_what_they_take() {
    app(async |app| {
        let me = app.user("observer").await;
        let ask = async |path: &str| texts(&me.get(path).await).first().cloned().unwrap_or_default().1;

        let sort = ask("/tasks?sort=titel").await;
        let limit = ask("/tasks?limit=ten").await;
        let total = ask("/tasks?total=x").await;
        let range = ask("/tasks?limit=500").await;
        let kinds = ask("/changes?kinds=taks").await;

        assert!(
            sort.starts_with("\"titel\": sort by one of ") && sort.ends_with("did you mean `title`?"),
            "{sort}"
        );
        assert_eq!(limit, "`limit`: \"ten\" is not a whole number such as 50");
        assert_eq!(total, "`total`: \"x\" is not `true` or `false`");
        assert!(range.contains("not 500"), "{range}");
        assert!(
            kinds.starts_with("\"taks\" is no kind") && kinds.ends_with("did you mean `task`?"),
            "{kinds}"
        );
    })
    .await;
}

/// Who may write for one agency only is told that another name is wrong, not that it may not.
#[tokio::test]
async fn an_officer_who_misspells_its_agency_is_told_the_name() {
    app(async |app| {
        let me = app.user("officer").await;

        let unknown = me.post("/tasks", with(json!({"lead_agency": "MESS"}))).await;
        let other = me.post("/tasks", with(json!({"lead_agency": "MOH"}))).await;

        unknown.problem(422, "invalid");
        assert_eq!(
            texts(&unknown),
            [pair("/lead_agency", "there is no agency \"MESS\" here; did you mean `MES`?")]
        );
        other.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_filter_names_the_nearest_code_and_the_form_of_an_id() {
    app(async |app| {
        let me = app.user("officer").await;

        let code = me.get("/tasks?status=don").await;
        let id = me.get("/tasks?plan_id=external_key:nap:P").await;

        code.problem(400, "bad_request");
        assert!(code.body.to_string().contains("did you mean `done`?"), "{}", code.body);
        assert!(id.body.to_string().contains("an id such as 0198c0de"), "{}", id.body);
    })
    .await;
}
