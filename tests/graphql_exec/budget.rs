//! What a document costs is what is read for it (row G10): counted level by level, never what it could return.

use kernel::{record::Op, unit::Atomic};
use serde_json::{Value as Json, json};

use crate::{
    coverage::stage::def_of,
    support::{TestApp, app, client::Client},
};

async fn add(app: &TestApp, kind: &str, all: Vec<Json>) {
    let ops = all.into_iter().map(|fields| Op::Create(fields.as_object().cloned().expect("fields")));
    let mut unit = app.system().begin().await.expect("a unit");
    unit.apply(def_of(kind), ops.collect(), Atomic::All).await.expect("records");
    unit.commit().await.expect("the records are committed");
}

/// Twenty countries, each a member of each of thirteen regions.
async fn members(app: &TestApp) {
    let letters = |count: u8| (b'A'..b'A' + count).map(char::from);
    let regions = letters(13).map(|of| json!({ "code": format!("R{of}"), "name": format!("Region {of}") }));
    let countries = letters(20).map(|of| {
        json!({ "code": format!("XA{of}"), "iso2": format!("X{of}"), "name": format!("Country {of}"),
            "name_long": format!("Country {of}"), "official_languages": ["en"], "time_zone": "Asia/Bishkek",
            "confidence": "high" })
    });
    let memberships = letters(20).flat_map(|country| {
        letters(13).map(move |region| {
            json!({ "country": format!("XA{country}"), "region": format!("R{region}"), "standing": "member",
                "is_primary": region == 'A', "source": "test" })
        })
    });
    add(app, "region", regions.collect()).await;
    add(app, "country", countries.collect()).await;
    add(app, "region_membership", memberships.collect()).await;
}

/// A list of regions with all their members, so many times.
fn lists(count: usize) -> String {
    let one = "regions(first: 200) { nodes { memberships(first: 200) { nodes { country { code } } } } }";
    format!("{{ {} }}", (0..count).map(|at| format!("a{at}: {one} ")).collect::<String>())
}

async fn rows(who: &Client<'_>, query: &str) -> u64 {
    who.graphql(query, json!({})).await.ok(200)["extensions"]["cost"]["rows"].as_u64().expect("a number")
}

#[tokio::test]
async fn the_plan_page_works_as_it_is_written() {
    app(async |app| {
        let page = "{ plans { nodes { title pillars { totalCount nodes { title objectives { nodes { title
            actions { nodes { title } } } } } } } } }";

        let anonymous = app.anonymous().graphql(page, json!({})).await;
        let known = app.user("focal_point").await.graphql(page, json!({})).await;

        anonymous.data();
        assert!(!known.data()["plans"]["nodes"].as_array().expect("plans").is_empty());
        assert_eq!(anonymous.body["extensions"]["cost"]["limit"], 5_000);
        assert_eq!(known.body["extensions"]["cost"]["limit"], 20_000);
        assert!(known.body["extensions"]["cost"]["rows"].as_u64().expect("a number") < 200, "{}", known.body);
    })
    .await;
}

#[tokio::test]
async fn rows_are_counted_as_they_are_read() {
    app(async |app| {
        let me = app.user("observer").await;
        me.graphql("{ countries { nodes { id } } }", json!({})).await;

        let one = rows(&me, "{ countries(first: 1) { nodes { id } } }").await;
        let all = rows(&me, "{ countries(first: 200) { nodes { id } } }").await;
        let nothing =
            rows(&me, "{ countries(first: 200) @skip(if: true) { nodes { id } } t: __typename }").await;

        // Two countries: one of them says that there are more.
        assert_eq!((one, all, nothing), (2, 2, 0));
    })
    .await;
}

#[tokio::test]
async fn too_many_rows_are_one_error_and_no_data() {
    app(async |app| {
        members(app).await;

        let few = app.anonymous().graphql(&lists(10), json!({})).await;
        let many = app.anonymous().graphql(&lists(20), json!({})).await;
        let known = app.user("observer").await.graphql(&lists(20), json!({})).await;

        few.data();
        known.data();
        assert_eq!((many.status, &many.body["data"]), (200, &Json::Null));
        assert_eq!(
            (many.fault(), many.body["errors"].as_array().map(Vec::len)),
            ("result_too_large", Some(1))
        );
        let text = many.body["errors"][0]["message"].as_str().expect("a text");
        assert!(text.contains("5000 rows"), "{text}");
    })
    .await;
}
