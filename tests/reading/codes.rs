//! Codes as callers write them: in any case, by other names, misspelt.

use serde_json::{Value as Json, json};

use super::{each, task, titles};
use crate::support::{app, client::Answer};

fn details(answer: &Answer) -> String {
    answer.problem(400, "bad_request")["errors"].to_string()
}

#[tokio::test]
async fn codes_are_understood_in_any_case_and_by_other_names() {
    app(async |app| {
        let (me, anonymous) = (app.user("officer").await, app.anonymous());
        let steward = app.user("steward").await;
        steward.edit("/frameworks/CWC", json!({"aliases": ["Chemical Convention"]})).await.ok(200);

        let mut found = Vec::new();
        for query in [
            "country=kgz",
            "country=KG",
            "country=kg",
            "owner=REFERENCE&country=KGZ",
            "framework=cwc&country=kgz",
            "framework=chemical-convention&country=kgz",
            "owner=kg",
            "region=ca",
        ] {
            found.push(each(&me, &format!("/participations?{query}"), "/country/code").await.len());
        }
        let members = each(&anonymous, "/countries?region=ca&code=kaz", "/code").await;
        let led = titles(&me, "/tasks?lead_agency=mes&status=PLANNED").await;
        let agencies = each(&me, "/agencies?code=mes&owner=kgz", "/code").await;
        let obligations =
            each(&anonymous, "/obligations?framework=Chemical%20Convention&domain=c", "/code").await;

        assert_eq!(found, [2, 2, 2, 1, 2, 2, 1, 2]);
        assert_eq!(members, ["KAZ"]);
        assert!(led.contains(&"Task national".to_owned()), "{led:?}");
        assert_eq!(agencies, ["MES"]);
        assert_eq!(obligations, ["CWC-III", "CWC-VII"]);
        assert_eq!(anonymous.get("/countries/kg").await.ok(200)["code"], "KGZ");
        assert_eq!(anonymous.get("/frameworks/chemical%20convention").await.ok(200)["code"], "CWC");
        assert_eq!(me.with("x-concord-act-as", "kgz").get("/me").await.ok(200)["acting_as"], "KGZ");
    })
    .await;
}

#[tokio::test]
async fn a_code_of_reference_data_that_does_not_exist_is_refused_with_the_nearest() {
    app(async |app| {
        let me = app.user("officer").await;

        let country = me.get("/participations?country=KGX&framework=CWX").await;
        let by_name = me.get("/tasks?country=Kyrgyzstan").await;
        let owner = me.get("/tasks?owner=region:CB").await;
        let own = me.get("/regions?code=CB").await;
        let mixed = me.get("/countries?region=CA&region=QQQQQQ").await;
        let hidden = me.get("/tasks?lead_agency=MEX").await;
        let address = me.get("/countries/KGX").await;
        let far = me.get("/countries/QQQQQQQQ").await;

        assert_eq!(
            country.violations(),
            [
                ("?country".to_owned(), "reference_not_found".to_owned()),
                ("?framework".to_owned(), "reference_not_found".to_owned()),
            ]
        );
        let told = details(&country);
        assert!(told.contains("did you mean `KGZ`") && told.contains("did you mean `CWC`"), "{told}");
        assert!(details(&by_name).contains("did you mean `KGZ`"), "{}", by_name.body);
        assert!(details(&owner).contains("did you mean `region:CA`"), "{}", owner.body);
        assert!(details(&own).contains("did you mean `CA`"), "{}", own.body);
        assert!(details(&mixed).contains("QQQQQQ"), "{}", mixed.body);
        assert_eq!(hidden.ok(200)["items"], json!([]));
        let detail = &address.problem(404, "not_found")["detail"];
        assert_eq!(detail, "there is no such country; did you mean `/api/v1/countries/KGZ`?");
        assert_eq!(far.problem(404, "not_found")["detail"], "no record with this address is visible to you");
    })
    .await;
}

#[tokio::test]
async fn graphql_understands_and_refuses_the_same_codes() {
    app(async |app| {
        let me = app.user("officer").await;
        let count = async |filter: &str| {
            let query = format!("{{ participations(first: 5, filter: {filter}) {{ totalCount }} }}");
            me.graphql(&query, json!({})).await
        };
        let edge = "query($c: String!) { country(code: $c) { code } framework(code: \"cwc\") { participations(first: 3, filter: {country: [$c]}) { totalCount } } }";

        let lower = count("{country: [\"kgz\"], framework: [\"cwc\"]}").await;
        let unknown = count("{country: [\"KGX\"]}").await;
        let edges = me.graphql(edge, json!({"c": "kg"})).await;
        let nothing = me.graphql("{ country(code: \"XXX\") { code } }", json!({})).await;

        assert_eq!(lower.data()["participations"]["totalCount"], 2);
        assert_eq!(unknown.body["errors"][0]["extensions"]["errors"][0]["code"], "reference_not_found");
        assert!(unknown.body.to_string().contains("did you mean `KGZ`"), "{}", unknown.body);
        assert_eq!(edges.data(), &json!({"country": {"code": "KGZ"}, "framework": {"participations": {"totalCount": 2}}}));
        assert_eq!(nothing.data(), &json!({"country": null}));
    })
    .await;
}

#[tokio::test]
async fn bodies_name_reference_data_in_the_same_ways() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let body = |owner: &str, country: &str, framework: &str| {
            json!({"owner": owner, "country": country, "framework": framework, "status": "signed", "confidence": "high", "source": "x"})
        };
        let mut owned = task("By its short code");
        owned["owner"] = json!("kg");

        let task = me.post("/tasks", owned.clone()).await;
        owned["owner"] = json!("KGX");
        let stranger = me.post("/tasks", owned).await;
        let unknown = me.post("/participations", body("KGZ", "KGX", "CWX")).await;
        let short = me.post("/country-frameworks", json!({"owner": "kgz", "framework": "Cwc", "source": "x"})).await;
        let text = "mutation($i: NewParticipation!) { createParticipation(input: $i) { participation { country { code } } } }";
        let graphql = me.graphql(text, json!({"i": {"owner": "kgz", "country": "kg", "framework": "cwx", "status": "SIGNED", "confidence": "HIGH", "source": "x"}})).await;

        assert_eq!(task.ok(201)["owner"], "KGZ");
        assert!(stranger.status == 422 && stranger.body.to_string().contains("did you mean `KGZ`"), "{}", stranger.body);
        let places: Vec<_> = unknown.violations().into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, ["/country", "/framework"]);
        let told = unknown.body.to_string();
        assert!(told.contains("did you mean `KGZ`") && told.contains("did you mean `CWC`"), "{told}");
        // The framework was found: the world's statement of it is in the way.
        assert_eq!(short.problem(422, "invalid")["errors"][0]["code"], "not_unique");
        assert!(graphql.body.to_string().contains("did you mean `CWC`"), "{}", graphql.body);
        assert_eq!(Json::Null, graphql.body["data"]["createParticipation"]);
    })
    .await;
}

#[tokio::test]
async fn however_many_codes_are_unknown_the_names_are_read_once() {
    app(async |app| {
        let counted = crate::statements::counted(app);
        let (anonymous, me) = (counted.anonymous(), counted.user("focal_point").await);
        let values: Vec<String> = (0..60).map(|at| format!("framework=XX{at}&country=kg")).collect();
        let too_many: Vec<String> = (0..1_001).map(|at| format!("framework=X{at}")).collect();
        let one = |at: usize| {
            json!({"op": "create", "data": {"owner": "kg", "title": format!("Task {at}"),
            "lead_agency": "MES", "language": "ru"}})
        };
        let batch = json!({ "items": (0..40).map(one).collect::<Vec<_>>() });
        let begun = counted.state.db.statements();

        let unknown = anonymous.get(&format!("/participations?{}", values.join("&"))).await;
        let after_list = counted.state.db.statements();
        let refused = anonymous.get(&format!("/participations?{}", too_many.join("&"))).await;
        let after_refusal = counted.state.db.statements();
        let made = me.post("/tasks/batch", batch).await;
        let after_batch = counted.state.db.statements();

        assert_eq!(unknown.problem(400, "bad_request")["errors"].as_array().map(Vec::len), Some(60));
        assert!(after_list - begun <= 8, "{}", after_list - begun);
        assert!(details(&refused).contains("at most 1000 values"), "{}", refused.body);
        assert!(after_refusal - after_list <= 5, "{}", after_refusal - after_list);
        assert_eq!(made.ok(200)["outcomes"].as_array().map(Vec::len), Some(40));
        assert!(after_batch - after_refusal <= 30, "{}", after_batch - after_refusal);
    })
    .await;
}
