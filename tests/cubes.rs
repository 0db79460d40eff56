//! Cubes: fixed figures over countries, that tell of fewer than three countries on no day and by no difference.

mod attack;

use chrono::TimeDelta;
use concord::domain::KINDS;
use kernel::record::Op;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

/// A country whose focal point lets gaps count.
struct Country<'a> {
    app: &'a TestApp,
    code: &'static str,
    person: Uuid,
}

/// Makes areas of capability, and countries of the region.
async fn stage<'a>(app: &'a TestApp, codes: &[&'static str]) -> Vec<Country<'a>> {
    let mut unit = app.system().begin().await.expect("a unit");
    for code in ["BORDER", "LABS", "LAW"] {
        let area = json!({"code": code, "title": code, "domains": ["C", "B"]});
        unit.apply_one(KINDS.get("capability_area").expect("a kind"), op(area)).await.expect("an area");
    }
    let mut countries = Vec::new();
    for code in codes {
        let country = json!({"code": code, "iso2": &code[..2], "name": code, "name_long": code, "official_languages": ["en"],
            "time_zone": "UTC", "is_partner": true, "confidence": "high"});
        unit.apply_one(KINDS.get("country").expect("a kind"), op(country)).await.expect("a country");
        let member = json!({"country": code, "region": "CA", "standing": "member", "is_primary": true, "source": "test"});
        unit.apply_one(KINDS.get("region_membership").expect("a kind"), op(member)).await.expect("a member");
        let user = json!({"email": format!("{}@test", code.to_lowercase()), "name": code});
        let user = unit.apply_one(KINDS.get("user").expect("a kind"), op(user)).await.expect("a user");
        let person = user.id.expect("an id");
        let grant = json!({"user": person, "owner": code, "role": "focal_point"});
        unit.apply_one(KINDS.get("grant").expect("a kind"), op(grant)).await.expect("a grant");
        countries.push(Country { app, code, person });
    }
    unit.commit().await.expect("a commit");
    countries
}

fn op(fields: Json) -> Op {
    Op::Create(fields.as_object().cloned().expect("an object"))
}

impl Country<'_> {
    async fn me(&self) -> Client<'_> {
        self.app.person(self.person).await
    }

    /// Records a gap, and answers its id.
    async fn gap(&self, area: &str, more: Json) -> String {
        let mut gap = json!({"owner": self.code, "area": area, "title": "Gap", "domains": ["C"], "language": "en", "visibility": "national"});
        gap.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        let made = self.me().await.post("/gaps", gap).await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.id()
    }

    /// Releases its gaps, those to come too.
    async fn release(&self, mode: &str, audience: &str) -> String {
        let release = json!({"subject": {"kind": "gap"}, "audiences": [audience], "mode": mode, "include_future": true});
        let made = self.me().await.post("/releases", release).await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.id()
    }
}

/// Countries, gaps and the day of a cell.
fn cell(answer: &Answer, area: &str) -> Json {
    let rows = answer.ok(200)["rows"].as_array().cloned().unwrap_or_default();
    let row = rows.into_iter().find(|row| row["region"] == "CA" && row["area"] == area).expect("a row");
    assert_eq!(row["is_suppressed"], row["gaps"].is_null());
    json!([row["countries"], row["gaps"], row["since"]])
}

async fn next_day(app: &TestApp) -> Answer {
    app.state.clock.advance(TimeDelta::days(1));
    app.anonymous().get("/cubes/gaps-by-area").await
}

const CODES: [&str; 7] = ["AAX", "BBX", "CCX", "DDX", "EEX", "FFX", "GGX"];

#[tokio::test]
async fn what_three_countries_let_count_is_told_to_everybody_and_read_by_nobody() {
    app(async |app| {
        let countries = stage(app, &CODES[..3]).await;
        for country in &countries {
            country.gap("BORDER", json!({})).await;
            country.gap("BORDER", json!({"handling": "restricted"})).await;
            country.gap("BORDER", json!({"visibility": "group"})).await;
            country.release("count", "public").await;
        }
        // One more, made under a release that takes in what is made later.
        let later = countries[0].gap("BORDER", json!({})).await;

        let told = app.anonymous().get("/cubes/gaps-by-area").await;
        let hidden = app.user("partner").await.get(&format!("/gaps/{later}")).await;
        let listed = app.anonymous().get("/analytics/gaps?country=AAX").await;

        assert_eq!(cell(&told, "BORDER"), json!([3, 4, "2026-11-21"]));
        assert_eq!(cell(&told, "LABS"), json!([null, null, null]));
        assert_eq!(told.body["meta"]["coverage"]["n"], 3);
        assert_eq!(told.body["meta"]["freshness"], Json::Null);
        hidden.problem(404, "not_found");
        assert_eq!(listed.ok(200)["rows"][0]["count"], 0);
        for name in ["focal_point", "operator", "partner", "regional"] {
            let other = app.user(name).await.get("/cubes/gaps-by-area").await;
            assert_eq!(other.ok(200), &told.body, "{name}");
        }
        let by_quarter = app.anonymous().get("/cubes/gaps-by-quarter").await;
        let rows = by_quarter.ok(200)["rows"].as_array().cloned().unwrap_or_default();
        let shown: Vec<&Json> = rows.iter().filter(|row| row["is_suppressed"] == false).collect();
        assert_eq!(shown.len(), 1);
        assert_eq!(
            [&shown[0]["domain"], &shown[0]["quarter"], &shown[0]["gaps"]],
            [&json!("C"), &json!("2026-Q4"), &json!(4)]
        );
    })
    .await;
}

#[tokio::test]
async fn a_cube_is_the_same_all_day_and_keeps_a_figure_until_three_countries_have_changed() {
    app(async |app| {
        let countries = stage(app, &CODES).await;
        for country in &countries[..3] {
            country.gap("BORDER", json!({})).await;
            country.release("count", "public").await;
        }
        let first = app.anonymous().get("/cubes/gaps-by-area").await;
        countries[3].gap("BORDER", json!({})).await;
        countries[3].release("count", "public").await;
        let same = app.anonymous().get("/cubes/gaps-by-area").await;

        let fourth = next_day(app).await;
        for country in &countries[4..6] {
            country.gap("BORDER", json!({})).await;
            country.release("count", "public").await;
        }
        let sixth = next_day(app).await;
        let revoked = countries[6].release("count", "public").await;
        countries[6].me().await.act(&format!("/releases/{revoked}"), "revoke", json!({})).await.ok(200);
        let left = countries[0].me().await.get("/releases").await;
        let left = left.ok(200)["items"][0]["id"].as_str().expect("an id").to_owned();
        countries[0].me().await.act(&format!("/releases/{left}"), "revoke", json!({})).await.ok(200);
        let without = next_day(app).await;

        assert_eq!(same.ok(200), first.ok(200));
        assert_eq!(cell(&first, "BORDER"), json!([3, 3, "2026-11-21"]));
        assert_eq!(cell(&fourth, "BORDER"), cell(&first, "BORDER"));
        assert_eq!(cell(&sixth, "BORDER"), json!([6, 6, "2026-11-23"]));
        // What has left counts no longer, and its share shows in no difference.
        assert_eq!(cell(&without, "BORDER"), json!([null, null, null]));
        assert_eq!(without.body["meta"]["coverage"]["n"], 0);
    })
    .await;
}

#[tokio::test]
async fn three_countries_are_three_of_which_nobody_outside_reads_what_counts() {
    app(async |app| {
        let countries = stage(app, &CODES[..6]).await;
        for country in &countries {
            country.gap("BORDER", json!({})).await;
        }
        for country in &countries[..3] {
            country.release("count", "public").await;
        }
        // Everybody reads the one, partners the other; of the third the figures are for partners only.
        countries[3].release("read", "public").await;
        countries[4].release("count", "partners").await;
        countries[2].release("read", "partners").await;

        let two = app.anonymous().get("/cubes/gaps-by-area").await;
        countries[5].release("count", "public").await;
        let three = next_day(app).await;

        assert_eq!(cell(&two, "BORDER"), json!([null, null, null]));
        assert_eq!(cell(&three, "BORDER"), json!([5, 5, "2026-11-22"]));
    })
    .await;
}

#[tokio::test]
async fn a_line_hides_no_cell_alone() {
    app(async |app| {
        let countries = stage(app, &CODES[..4]).await;
        for country in &countries {
            country.gap("BORDER", json!({})).await;
            country.gap("LAW", json!({})).await;
            country.release("count", "public").await;
        }
        countries[0].gap("LABS", json!({})).await;
        countries[0].gap("BORDER", json!({})).await;

        let told = app.anonymous().get("/cubes/gaps-by-area").await;

        assert_eq!(cell(&told, "LABS"), json!([null, null, null]));
        assert_eq!(cell(&told, "LAW"), json!([null, null, null]));
        assert_eq!(cell(&told, "BORDER"), json!([4, 5, "2026-11-21"]));
    })
    .await;
}

#[tokio::test]
async fn steps_and_marks_are_counted_as_they_stand() {
    app(async |app| {
        let countries = stage(app, &CODES[..3]).await;
        for country in &countries {
            let me = country.me().await;
            for (number, steps) in [(1, ["review", "joined"]), (2, ["assessment", "drafting"])] {
                let cycle = json!({"owner": country.code, "number": number, "title": "Cycle", "language": "en"});
                let cycle = me.post("/cycles", cycle).await;
                assert_eq!(cycle.status, 201, "{}", cycle.body);
                for (step, status) in steps.iter().zip(["running", "planned"]) {
                    let step = json!({"cycle": cycle.id(), "step": step, "status": status});
                    assert_eq!(me.post("/cycle-steps", step).await.status, 201);
                }
            }
            let mark = json!({"owner": country.code, "obligation": "CWC-III", "dimension": "C", "mark": "found",
                "source": "Law", "assessed_on": "2026-11-20", "visibility": "national"});
            assert_eq!(me.post("/coverage-marks", mark).await.status, 201);
            for kind in ["cycle", "cycle_step", "coverage_mark"] {
                let release = json!({"subject": {"kind": kind}, "audiences": ["public"], "mode": "count"});
                let made = me.post("/releases", release).await;
                assert_eq!(made.status, 201, "{}", made.body);
            }
        }

        let steps = app.anonymous().get("/cubes/countries-by-step").await;
        let marks = app.anonymous().get("/cubes/marks-by-framework").await;

        let shown = |answer: &Answer| -> Vec<Json> {
            let rows = answer.ok(200)["rows"].as_array().cloned().unwrap_or_default();
            rows.into_iter().filter(|row| row["is_suppressed"] == false).collect()
        };
        let (steps, marks) = (shown(&steps), shown(&marks));
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert_eq!([&steps[0]["step"], &steps[0]["countries"]], [&json!("assessment"), &json!(3)]);
        assert_eq!(marks.len(), 1, "{marks:?}");
        assert_eq!([&marks[0]["framework"], &marks[0]["mark"], &marks[0]["marks"]], [&json!("CWC"), &json!("found"), &json!(3)]);
    })
    .await;
}

#[tokio::test]
async fn cubes_come_in_forms_and_through_both_faces() {
    app(async |app| {
        let me = app.anonymous();
        let list = me.get("/cubes").await;
        let whole = me.get("/cubes/marks-by-framework?lang=ru").await;
        let csv = me.get("/cubes/gaps-by-area?format=csv").await;
        let xlsx = me.get("/cubes/gaps-by-area?format=xlsx").await;
        let unknown = me.get("/cubes/gaps-by-aera").await;
        let filtered = me.get("/cubes/gaps-by-area?country=KGZ").await;
        let query = "query { cubes { name dimensions measures } cube(name: \"marks-by-framework\") { columns { name } rows { cells { name value } } meta { url } } }";
        let twin = me.graphql(query, json!({})).await;
        let nothing = me.graphql("query { cube(name: \"gaps\") { rows { cells { name } } } }", json!({})).await;

        assert_eq!(list.ok(200)["items"].as_array().map(Vec::len), Some(4));
        assert_eq!(whole.ok(200)["meta"]["url"], "/api/v1/cubes/marks-by-framework");
        assert!(String::from_utf8_lossy(&csv.bytes).starts_with("region,region_label,area,area_label,countries,gaps,since,is_suppressed"));
        assert!(xlsx.bytes.starts_with(b"PK"));
        assert!(unknown.problem(404, "not_found")["detail"].to_string().contains("gaps-by-area"));
        filtered.problem(400, "unknown_parameter");
        let rows = twin.data()["cube"]["rows"].as_array().map(Vec::len);
        assert_eq!(rows, whole.body["rows"].as_array().map(Vec::len));
        assert_eq!(twin.data()["cubes"][1]["measures"], json!(["countries"]));
        assert_eq!(nothing.fault(), "bad_request");
    })
    .await;
}
