//! Reference data and the demonstration, brought in again and again.

use std::sync::Arc;

use concord::{
    domain::Registered,
    seed,
    signin::{session, token},
};
use entity::{Country, Obligation, Plan, RegionMembership, User};
use kernel::{Code, Error, change, db::Db, record::Op, row::Row, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client, db};

/// Runs a test in an empty database with the schema, and then verifies the log.
pub async fn empty<F>(test: F)
where
    F: AsyncFnOnce(&TestApp),
{
    let url = db::blank().await;
    let db = Db::connect(&url, 4).await.expect("the database opens");
    let app = TestApp::on(db, Arc::default(), url).await;

    test(&app).await;

    app.finish().await;
}

async fn reference(app: &TestApp) -> seed::Report {
    seed::reference(&app.system()).await.expect("the reference data")
}

/// Brings in the demonstration.
pub async fn demo(app: &TestApp) -> seed::DemoReport {
    seed::demo(&app.system()).await.expect("the demonstration")
}

async fn head(app: &TestApp) -> change::Head {
    change::head(&app.system()).await.expect("a head")
}

async fn first<R: Registered>(app: &TestApp, column: &str, value: &str) -> Row {
    let (conn, def) = (app.state.db.reading(), R::def());
    let found = store::first(conn, def, Cond::all().add(def.col(column).eq(value))).await;
    found.expect("an answer").expect("a record")
}

/// Somebody of the demonstration, signed in.
pub async fn sign_in<'a>(app: &'a TestApp, email: &str) -> Client<'a> {
    let user = first::<User>(app, "email", email).await.id();
    let session = session::open_session(&app.system(), user).await.expect("a session");
    let token = token::issue(&app.state.keys, &app.state.clock, user, session).expect("a token");
    Client::new(app, Some(token))
}

/// The number of records in a file of the reference data.
fn rows(file: &str) -> usize {
    let path = format!("{}/data/{file}", env!("CARGO_MANIFEST_DIR"));
    csv::Reader::from_path(path).expect("a file").records().count()
}

/// The texts under a name in the items of a list, sorted.
fn texts(list: &serde_json::Value, pointer: &str) -> Vec<String> {
    let items = list["items"].as_array().cloned().unwrap_or_default();
    let found = items.iter().filter_map(|item| item.pointer(pointer)?.as_str().map(str::to_owned));
    let mut found: Vec<String> = found.collect();
    found.sort();
    found
}

#[tokio::test]
async fn reference_data_are_what_the_files_say() {
    empty(async |app| {
        let report = reference(app).await;

        let made: Vec<_> = report.kinds.iter().map(|(kind, counts)| (*kind, counts.created)).collect();
        let files = [
            ("region", rows("regions.csv")),
            ("country", rows("countries.csv")),
            ("region_membership", rows("region_memberships.csv")),
            ("organisation", rows("organisations.csv")),
            ("framework", rows("frameworks.csv")),
            ("obligation", rows("obligations.csv")),
            ("report_question", rows("report_questions.csv")),
            ("capability_area", rows("naq_areas.csv")),
            ("participation", rows("participation.csv")),
        ];
        assert_eq!(made, files);
    })
    .await;
}

#[tokio::test]
async fn a_country_of_two_regions_tells_both() {
    empty(async |app| {
        reference(app).await;

        let morocco = app.anonymous().get("/countries/MAR").await;
        let facts = app.anonymous().get("/region-memberships?country=MAR&limit=1").await;

        let regions = json!(["AAF", "NAS"]);
        assert_eq!(morocco.ok(200)["regions"], regions);
        assert_eq!(facts.ok(200)["items"][0]["owner_country"], "MAR");
        assert_eq!(facts.body["items"][0]["regions"], regions);
    })
    .await;
}

#[tokio::test]
async fn reference_data_brought_in_twice_change_nothing() {
    empty(async |app| {
        let first = reference(app).await.total();
        let before = head(app).await;

        let second = reference(app).await.total();

        assert_eq!((second.unchanged, second.created, second.updated), (first.created, 0, 0));
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_differs_is_brought_back_and_nothing_else_moves() {
    empty(async |app| {
        let all = reference(app).await.total().created;
        let row = first::<Obligation>(app, "code", "UNSCR1540-OP1").await;
        let fields = json!({ "title": "Another title" }).as_object().cloned().expect("fields");
        let op = Op::Update { id: row.id(), version: Some(1), fields };
        app.system()
            .write(async |unit| unit.apply_one(Obligation::def(), op.clone()).await)
            .await
            .expect("an edit");
        let before = head(app).await;

        let again = reference(app).await.total();

        let now = first::<Obligation>(app, "code", "UNSCR1540-OP1").await;
        assert_eq!((again.updated, again.unchanged, again.created), (1, all - 1, 0));
        assert_eq!((now.text("title"), now.version()), (row.text("title"), 3));
        assert_eq!(head(app).await.seq, before.seq + 1);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_the_steward_changed_is_kept() {
    empty(async |app| {
        demo(app).await;
        let steward = sign_in(app, "steward@demo").await;
        let edit = json!({ "title": "The steward's title" });
        steward.edit("/obligations/UNSCR1540-OP1", edit).await.ok(200);

        let again = reference(app).await.total();

        let now = first::<Obligation>(app, "code", "UNSCR1540-OP1").await;
        assert_eq!((again.kept, again.updated, again.created), (1, 0, 0));
        assert_eq!(now.text("title"), Some("The steward's title"));
    })
    .await;
}

#[tokio::test]
async fn the_demonstration_is_repeatable() {
    empty(async |app| {
        let first = demo(app).await;
        let before = head(app).await;

        let second = demo(app).await;

        let (records, reference) = (second.records.total(), second.reference.total());
        assert!(first.records.total().created > 100, "{}", first.records);
        assert_eq!((records.created, records.updated), (0, 0), "{}", second.records);
        assert_eq!((reference.created, reference.updated), (0, 0), "{}", second.reference);
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn the_demonstration_refuses_a_database_with_records_of_others() {
    app(async |app| {
        let before = head(app).await;

        let refused = seed::demo(&app.system()).await;

        assert!(matches!(refused, Err(Error::Conflict(Code::InUse, _))), "{refused:?}");
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn what_people_of_the_demonstration_write_stays() {
    empty(async |app| {
        demo(app).await;
        let me = sign_in(app, "focal_point@xaa.demo").await;
        let plans = me.get("/plans?owner=XAA&limit=200").await;
        let draft = plans.ok(200)["items"]
            .as_array()
            .and_then(|all| all.iter().find(|plan| plan["status"] == "in_consultation"));
        let path = format!("/plans/{}", draft.expect("a draft plan")["id"].as_str().unwrap_or_default());
        me.edit(&path, json!({ "title": "Our own title" })).await.ok(200);

        demo(app).await;

        assert_eq!(me.get(&path).await.ok(200)["title"], "Our own title");
    })
    .await;
}

/// The address of the plan of the demonstration with this key.
async fn plan(app: &TestApp, key: &str) -> String {
    format!("/plans/{}", first::<Plan>(app, "external_key", key).await.id())
}

#[tokio::test]
async fn everybody_reads_the_kyrgyz_cycle_as_the_public_record_tells_it() {
    empty(async |app| {
        demo(app).await;

        let steps = app.anonymous().get("/cycle-steps?owner=KGZ&sort=step").await;

        let items = steps.ok(200)["items"].as_array().cloned().unwrap_or_default();
        let told: Vec<_> = items
            .iter()
            .map(|item| {
                let text = |name: &str| item[name].as_str().unwrap_or("-").to_owned();
                [text("step"), text("status"), text("from_on"), text("from_precision"), text("until_on")]
                    .join(" ")
            })
            .collect();
        let public = [
            "joined done - - -",
            "assessment done 2020-01-01 year 2023-03-01",
            "prioritisation done - - 2023-03-01",
            "roadmap done - - 2023-03-01",
            "drafting running - - -",
        ];
        assert_eq!(told, public);
    })
    .await;
}

#[tokio::test]
async fn the_invented_countries_have_a_next_edition_in_work_and_one_in_force() {
    empty(async |app| {
        demo(app).await;
        let [xaa, xab] = [plan(app, "XAA/nap-2024").await, plan(app, "XAB/nap-2025").await];
        let me = sign_in(app, "focal_point@xaa.demo").await;
        let other = sign_in(app, "focal_point@xab.demo").await;

        let working = me.get(&format!("{xaa}/diff")).await;
        let adopted = other.get(&format!("{xab}/diff?from=1&to=2")).await;
        let stated = other.get(&xab).await;

        let count = |body: &Json| {
            ["added", "removed", "changed"].map(|name| body[name].as_array().map_or(0, Vec::len))
        };
        // The plan and two actions change; one action comes, one goes.
        assert_eq!(count(working.ok(200)), [1, 1, 3], "{}", working.body);
        // The plan has another act.
        assert_eq!(count(adopted.ok(200)), [1, 0, 2], "{}", adopted.body);
        assert_eq!(
            (&stated.ok(200)["edition"], &stated.body["status"]),
            (&json!(2), &json!("in_implementation"))
        );
    })
    .await;
}

#[tokio::test]
async fn the_invented_country_has_a_tie_an_open_finding_and_money_that_is_missing() {
    empty(async |app| {
        demo(app).await;
        let me = sign_in(app, "focal_point@xaa.demo").await;
        let xaa = plan(app, "XAA/nap-2024").await;

        let priorities = me.get("/priorities?sort=-total").await;
        let findings = me.get("/findings?status=open").await;
        let funding = me.get(&format!("{xaa}/funding")).await;

        let totals: Vec<_> = priorities.ok(200)["items"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|item| item["total"].as_i64().unwrap_or_default())
            .collect();
        assert_eq!(totals, [21, 17, 17, 15]);
        assert_eq!(findings.ok(200)["items"].as_array().map(Vec::len), Some(2));
        let text = funding.ok(200).to_string();
        assert!(text.contains("EUR") && text.contains("USD"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_dashboard_lists_the_participations_of_central_asia() {
    empty(async |app| {
        demo(app).await;

        let found = app.anonymous().get("/participations?region=CA&owner=reference&limit=200").await;

        let mut countries = texts(found.ok(200), "/country/code");
        countries.dedup();
        assert_eq!(countries, ["KAZ", "KGZ", "TJK", "UZB"]);
    })
    .await;
}

#[tokio::test]
async fn a_partner_sees_exactly_the_released_plans() {
    empty(async |app| {
        demo(app).await;
        let partner = sign_in(app, "partner@demo").await;

        let found = partner.get("/plans?lang=*&limit=200").await;

        let released = [
            "Action plan on Security Council resolution 1540 (2004), 2022-2025",
            "National CBRN Action Plan of Demoland 2024-2028 (invented)",
            "Plan d'action national NRBC de Samplie 2025-2029 (inventé)",
        ];
        assert_eq!(texts(found.ok(200), "/title"), released);
    })
    .await;
}

#[tokio::test]
async fn facts_below_high_confidence_are_not_called_verified() {
    empty(async |app| {
        reference(app).await;

        let found = app.anonymous().get("/participations?confidence=medium&confidence=low&limit=200").await;
        let high = app.anonymous().get("/participations?confidence=high&limit=200").await;

        let items = found.ok(200)["items"].as_array().cloned().unwrap_or_default();
        assert!(!items.is_empty() && items.iter().all(|item| item["is_verified"] == false));
        assert!(
            high.ok(200)["items"]
                .as_array()
                .is_some_and(|all| { !all.is_empty() && all.iter().any(|item| item["is_verified"] == true) })
        );
    })
    .await;
}

#[tokio::test]
async fn turkmenistan_is_in_no_region() {
    empty(async |app| {
        reference(app).await;
        let (conn, def) = (app.state.db.reading(), Country::def());
        let found = store::first(conn, def, Cond::all().add(def.col("code").eq("TKM"))).await;
        let country = found.expect("an answer").map(|row| row.id()).unwrap_or_default();

        let membership = RegionMembership::def();
        let of_it = Cond::all().add(membership.col("country_id").eq(country));

        assert_eq!(store::first(conn, membership, of_it).await.expect("an answer"), None);
    })
    .await;
}

/// C8: facts said `visibility: national` on public rows, and were called verified beside "not verified".
#[tokio::test]
async fn facts_do_not_contradict_themselves() {
    empty(async |app| {
        reference(app).await;
        let anonymous = app.anonymous();

        let all = anonymous.get("/participations?limit=200").await;
        let national = anonymous.get("/participations?visibility=national&total=true").await;
        let query = "{ participations(first: 1) { nodes { visibility sharedWith { agencies } } } }";
        let graphql = anonymous.graphql(query, json!({})).await;

        let items = all.ok(200)["items"].as_array().cloned().unwrap_or_default();
        let note = |item: &Json| item["note"].as_str().unwrap_or_default().to_lowercase();
        let doubtful = |item: &&Json| note(item).contains("not verified") || note(item).contains("believed");
        let doubts: Vec<_> = items.iter().filter(doubtful).collect();
        assert!(doubts.len() > 10 && doubts.iter().all(|item| item["is_verified"] == false));
        assert!(items.len() > 100 && items.iter().all(|item| item["visibility"] == Json::Null));
        assert_eq!(national.ok(200)["page"]["total"], 0);
        assert_eq!(
            graphql.data()["participations"]["nodes"][0],
            json!({"visibility": null, "sharedWith": null})
        );
    })
    .await;
}
