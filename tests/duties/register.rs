//! The register of a country's commitments: sources, who is responsible, what serves each.

use serde_json::{Value as Json, json};

use super::{compiled, world};
use crate::support::{TestApp, app, client::Client};

/// The register as somebody reads it, asked with these parameters.
async fn register(who: &Client<'_>, asked: &str) -> Json {
    who.get(&format!("/countries/KGZ/commitments{asked}")).await.ok(200).clone()
}

fn codes(register: &Json) -> Vec<&str> {
    let all = register["commitments"].as_array().expect("a list").iter();
    all.filter_map(|one| one["obligation"]["code"].as_str()).collect()
}

fn one<'a>(register: &'a Json, code: &str) -> &'a Json {
    let mut all = register["commitments"].as_array().expect("a list").iter();
    all.find(|one| one["obligation"]["code"] == code).expect("a commitment")
}

/// Names an agency, an action and a law for the yearly return.
async fn serve(app: &TestApp, me: &Client<'_>) {
    let listed = register(me, "").await;
    let id = one(&listed, "CWC-YEAR")["id"].as_str().expect("an id").to_owned();
    me.edit(&format!("/commitments/{id}"), json!({"lead_agency": "MES"})).await.ok(200);
    let action = format!("/actions/{}", app.world.id("action:national"));
    me.edit(&action, json!({"obligations": ["CWC-YEAR"]})).await.ok(200);
    let law = json!({"owner": "KGZ", "kind": "law", "title": "Law on chemicals", "lead_agency": "MES",
        "obligations": ["CWC-YEAR"], "visibility": "agency", "language": "en"});
    app.user("lead").await.post("/legal-instruments", law).await.ok(201);
}

#[tokio::test]
async fn questions_1_5_6_and_7_are_one_call() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        let before = register(&me, "").await;

        serve(app, &me).await;
        let after = register(&me, "?framework=CWC&binding=legally_binding&domain=C").await;
        let biological = register(&me, "?framework=CWC&domain=B").await;
        let agency = register(&me, "?without=agency").await;
        let both = register(&me, "?without=agency&without=action").await;
        let action = register(&me, "?without=action").await;
        let text = "{ countryCommitments(code: \"KGZ\", without: [ACTION]) { count commitments { obligation { code } } } }";
        let twin = me.graphql(text, json!({})).await;

        let first = one(&before, "CWC-YEAR");
        assert_eq!((&first["agency"], &first["actions"]), (&Json::Null, &json!([])));
        let year = one(&after, "CWC-YEAR");
        assert_eq!((&year["agency"]["code"], &year["legal_source"]), (&json!("MES"), &json!("CWC-YEAR")));
        assert_eq!(year["actions"][0]["id"], json!(app.world.id("action:national")));
        assert_eq!((&year["binding"], &year["domains"]), (&json!("legally_binding"), &json!(["C"])));
        assert_eq!((&year["applicability"], &year["next_due_on"]), (&json!("applies"), &json!("2027-04-15")));
        assert!(!codes(&biological).contains(&"CWC-YEAR"), "{biological}");
        assert_eq!(before["count"], json!(codes(&before).len()));
        assert_eq!(codes(&agency).len(), codes(&before).len() - 1);
        for (without, lacking) in [(&agency, "agency"), (&both, "both"), (&action, "action")] {
            let found = without["commitments"].as_array().expect("a list");
            let is_without = |one: &Json, name: &str| one[name].is_null() || one[name] == json!([]);
            assert!(!codes(without).contains(&"CWC-YEAR"), "{lacking}");
            assert!(codes(without).contains(&"CWC-ENTRY"), "{lacking}");
            let names = if lacking == "both" { vec!["agency", "actions"] } else { vec![lacking] };
            let names = names.into_iter().map(|name| if name == "action" { "actions" } else { name });
            assert!(names.clone().all(|name| found.iter().all(|one| is_without(one, name))), "{lacking}");
        }
        assert_eq!(twin.data()["countryCommitments"]["count"], action["count"]);
    })
    .await;
}

#[tokio::test]
async fn the_register_holds_what_its_reader_sees() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, officer) = (app.user("focal_point").await, app.user("officer").await);
        compiled(&me).await;
        serve(app, &me).await;

        let own = register(&officer, "?without=legal_instrument").await;
        let mine = register(&me, "?without=legal_instrument").await;
        let abroad = register(&app.user("foreign_focal_point").await, "").await;
        let nobody = register(&app.anonymous(), "").await;

        assert!(!codes(&own).contains(&"CWC-YEAR"), "the agency sees its own law");
        assert!(codes(&mine).contains(&"CWC-YEAR"), "to whom the law is hidden, it is absent");
        assert_eq!((&abroad["count"], &nobody["count"]), (&json!(0), &json!(0)));
    })
    .await;
}

#[tokio::test]
async fn who_reads_from_outside_does_not_ask_for_what_is_not_there() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let (me, abroad) = (app.user("focal_point").await, app.user("foreign_focal_point").await);
        compiled(&me).await;
        serve(app, &me).await;
        let shown = json!({"subject": {"kind": "commitment"}, "audiences": ["public"]});
        me.post("/releases", shown).await.ok(201);

        let seen = register(&abroad, "").await;
        let each = ["agency", "action", "legal_instrument"]
            .map(|what| format!("/countries/KGZ/commitments?without={what}"));
        let refused = [abroad.get(&each[0]).await, abroad.get(&each[1]).await, abroad.get(&each[2]).await];
        let nobody = app.anonymous().get(&each[0]).await;
        let looking = app.user("focal_point").await.with("x-concord-view-as", "public").get(&each[0]).await;
        let text = "{ countryCommitments(code: \"KGZ\", without: [AGENCY]) { count } }";
        let twin = abroad.graphql(text, json!({})).await;
        let observer = app.user("observer").await.get(&each[0]).await;

        assert_eq!(one(&seen, "CWC-YEAR")["agency"], Json::Null, "the agency is hidden from those outside");
        assert!(refused.iter().all(|answer| answer.problem(403, "forbidden").to_string().contains("inside")));
        nobody.problem(403, "forbidden");
        looking.problem(403, "forbidden");
        assert_eq!(twin.fault(), "forbidden");
        observer.ok(200);
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_with_what_is_asked_is_told_at_once() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let wrong = me.get("/countries/KGZ/commitments?domain=X&binding=legally").await;
        let framework = me.get("/countries/KGZ/commitments?framework=QQQ").await;
        let unknown = me.get("/countries/KGZ/commitments?without=money").await;
        let missing = me.get("/countries/QQQ/commitments").await;

        let told: Vec<String> = wrong.violations().into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(told, ["?binding", "?domain"]);
        framework.problem(400, "bad_request");
        let unknown = unknown.problem(400, "bad_request").to_string();
        assert!(unknown.contains("money") && unknown.contains("legal_instrument"), "{unknown}");
        missing.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn more_commitments_take_no_more_statements() {
    app(async |app| {
        world(app, Some("2005-01-01")).await;
        let me = app.user("focal_point").await;
        compiled(&me).await;
        serve(app, &me).await;
        let counted = async |asked: &str| {
            register(&me, asked).await;
            let before = app.state.db.statements();
            register(&me, asked).await;
            app.state.db.statements() - before
        };

        let (all, none) = (counted("").await, counted("?framework=CWC").await);

        assert_eq!(all, none);
        assert!(all <= 12, "{all}");
    })
    .await;
}
