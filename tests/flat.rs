//! Flat views: cells for each caller as its lists have them, in every form, and rows that say what is not recorded.

use std::collections::{BTreeMap, BTreeSet};

use concord::domain::flat::VIEWS;
use serde_json::{Value as Json, json};

use crate::{
    exports::{Book, Sheet},
    support::{app, client::Client},
};

/// All rows of a view, page by page.
async fn rows(who: &Client<'_>, path: &str) -> Vec<Json> {
    let mut all = Vec::new();
    let mut next = format!("/{path}{}limit=2", if path.contains('?') { '&' } else { '?' });
    loop {
        let page = who.get(&next).await;
        let page = page.ok(200).clone();
        all.extend(page["items"].as_array().cloned().unwrap_or_default());
        let Some(cursor) = page["page"]["next"].as_str() else { return all };
        let start = next.split("&after=").next().unwrap_or_default().to_owned();
        next = format!("{start}&after={cursor}");
    }
}

fn ids(rows: &[Json]) -> BTreeSet<String> {
    rows.iter().filter_map(|row| row["id"].as_str()).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_caller_finds_in_views_what_its_lists_have() {
    app(async |app| {
        for name in ["focal_point", "officer", "bystander", "observer", "partner", "foreign_focal_point"] {
            let me = app.user(name).await;
            for (view, list) in [("task_flat", "tasks"), ("plan_action_flat", "actions")] {
                let listed = me.get(&format!("/{list}?limit=200")).await;
                let listed = listed.ok(200)["items"].as_array().cloned().unwrap_or_default();

                let told = rows(&me, view).await;

                assert_eq!(told.len(), listed.len(), "{name} {view}: each row once");
                assert_eq!(ids(&told), ids(&listed), "{name} {view}");
                let by_id: BTreeMap<&str, &Json> =
                    listed.iter().filter_map(|one| Some((one["id"].as_str()?, one))).collect();
                for row in &told {
                    let one = by_id[row["id"].as_str().unwrap()];
                    assert_eq!(row["lead_agency_code"], one["lead_agency"]["code"], "{name} {view}");
                    assert_eq!(row["country"], one["owner_country"], "{name} {view}");
                    assert_eq!(row["plan_title"], one["plan"]["name"], "{name} {view}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_row_tells_of_what_its_record_stands_below() {
    app(async |app| {
        let me = app.user("focal_point").await;
        me.edit(
            &format!("/plans/{}", app.world.id("plan:released")),
            json!({"translations": {"ru": {"title": "План"}}}),
        )
        .await
        .ok(200);

        let told = rows(&me, "plan_action_flat?lang=ru").await;

        let row = told.iter().find(|row| row["title"] == "Action released").expect("the action");
        assert_eq!(row["pillar_title"], "Pillar released");
        assert_eq!(row["objective_title"], "Objective released");
        assert_eq!(row["plan_title"], "План");
        assert_eq!(row["plan_status"], "draft");
        assert_ne!(row["plan_status_label"], "draft", "{row}");
        assert_eq!(row["country_name"], "Kyrgyzstan (ru)");
        assert_eq!(row["contributing_agencies"], "MOH");
        assert_eq!(row["obligations"], "CWC-III");
        assert_eq!(row["regions"], "CA");
        assert_eq!(row["is_late"], false);
    })
    .await;
}

#[tokio::test]
async fn what_a_caller_does_not_see_is_null_in_every_column_of_it() {
    app(async |app| {
        // The officer of another agency sees the task, and not the plan that it belongs to.
        let fp = app.user("focal_point").await;
        let plan = app.world.id("plan:group");
        let body = json!({"owner": "KGZ", "title": "Seen alone", "lead_agency": "MOF", "plan": plan, "language": "en",
            "visibility": "group"});
        fp.post("/tasks", body).await.ok(201);
        let me = app.user("bystander").await;

        let told = rows(&me, "task_flat").await;

        let row = told.iter().find(|row| row["title"] == "Seen alone").expect("the task");
        let plan = ["plan_id", "plan_title", "plan_status", "plan_status_label"];
        assert_eq!(plan.map(|name| row[name].clone()), [(); 4].map(|()| Json::Null), "{row}");
    })
    .await;
}

#[tokio::test]
async fn holes_are_rows_that_say_not_recorded() {
    app(async |app| {
        let me = app.anonymous();

        let told = rows(&me, "participation_flat").await;

        let of = |country: &str| told.iter().find(|row| row["country"] == country).expect("a row");
        assert_eq!(told.len(), 2, "countries by frameworks");
        assert_eq!([&of("KGZ")["standing"], &of("KAZ")["standing"]], ["contracting", "not_recorded"]);
        assert_eq!([&of("KGZ")["status"], &of("KAZ")["status"]], ["ratified", "not_recorded"]);
        assert_eq!(of("KAZ")["participation_id"], Json::Null);
        let told = rows(&me, "obligation_status_flat").await;
        assert_eq!(told.len(), 4, "countries by obligations");
        assert!(
            told.iter().all(|row| row["applicability"] == "not_recorded" && row["mark_c"] == "not_recorded")
        );
        assert!(told.iter().all(|row| row["mark_b"].is_null()), "the obligations are about chemistry");
    })
    .await;
}

#[tokio::test]
async fn marks_and_commitments_are_told_to_those_who_see_them() {
    app(async |app| {
        let fp = app.user("focal_point").await;
        let mark = json!({"owner": "KGZ", "obligation": "CWC-III", "dimension": "C", "mark": "found", "source": "Law",
            "assessed_on": "2026-11-20"});
        fp.post("/coverage-marks", mark).await.ok(201);
        let commitment = json!({"owner": "KGZ", "obligation": "CWC-III", "lead_agency": "MES"});
        fp.post("/commitments", commitment).await.ok(201);

        for (name, mark, agency) in
            [("focal_point", json!("found"), json!("MES")), ("foreign_focal_point", json!("not_recorded"), Json::Null)]
        {
            let me = app.user(name).await;
            let told = rows(&me, "obligation_status_flat?country=KGZ&obligation_code=CWC-III").await;

            assert_eq!(told.len(), 1, "{name}");
            assert_eq!((&told[0]["mark_c"], &told[0]["lead_agency_code"]), (&mark, &agency), "{name}");
        }
        let told = rows(&fp, "country_overview_flat?country=KGZ").await;
        assert_eq!([&told[0]["obligations_marked"], &told[0]["commitments"]], [1, 1]);
        assert_eq!(told[0]["cycle_step"], "not_recorded");
        assert_eq!(told[0]["region_name"], "Central Asia");
        assert!(told[0]["last_update"].is_string());
    })
    .await;
}

#[tokio::test]
async fn the_calendar_puts_several_kinds_together() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let task = json!({"owner": "KGZ", "title": "Due", "lead_agency": "MES", "language": "en", "due_on": "2026-01-10"});
        me.post("/tasks", task).await.ok(201);
        let exercise = json!({"owner": "KGZ", "title": "Held", "kind": "table_top", "lead_agency": "MES", "language": "en",
            "held_on": "2031-02-03"});
        me.post("/exercises", exercise).await.ok(201);

        let told = rows(&me, "calendar_flat").await;
        let later = rows(&me, "calendar_flat?due_from=2030-01-01").await;
        let exercises = rows(&me, "calendar_flat?kind=exercise").await;

        let of = |title: &str| told.iter().find(|row| row["title"] == title).expect(title);
        assert_eq!([&of("Due")["kind"], &of("Held")["kind"]], ["task", "exercise"]);
        assert_eq!([&of("Due")["is_late"], &of("Held")["is_late"]], [&json!(true), &Json::Null]);
        let titles = |rows: &[Json]| rows.iter().map(|row| row["title"].clone()).collect::<Vec<_>>();
        assert_eq!([titles(&later), titles(&exercises)], [["Held"]; 2]);
    })
    .await;
}

#[tokio::test]
async fn files_have_what_pages_have() {
    app(async |app| {
        let me = app.user("focal_point").await;
        for view in &VIEWS {
            let name = view.name;
            let told = rows(&me, name).await;
            let first = |row: &Json| {
                row.as_object()
                    .and_then(|row| row.values().next())
                    .and_then(Json::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let keys: BTreeSet<String> = match name {
                "country_overview_flat" => {
                    told.iter().map(|row| row["country"].as_str().unwrap().to_owned()).collect()
                }
                _ => told
                    .iter()
                    .map(|row| row["id"].as_str().or(row["key"].as_str()).unwrap_or_default().to_owned())
                    .collect(),
            };
            assert_eq!(
                keys.len(),
                told.len(),
                "{name}: the first column tells rows apart ({:?})",
                told.first().map(first)
            );

            let sheet = Sheet::get(&me, &format!("/{name}.csv")).await;
            let by_accept = Sheet::of(&me.with("accept", "text/csv").get(&format!("/{name}")).await, b',');
            let lines = me.get(&format!("/{name}.ndjson")).await;
            let book = Book::of(&me.get(&format!("/{name}.xlsx")).await);

            assert_eq!(sheet.rows, by_accept.rows, "{name}");
            let cells: BTreeSet<String> = sheet.rows.iter().map(|row| row[0].clone()).collect();
            assert_eq!(cells, keys, "{name}.csv");
            let lines: Vec<Json> = String::from_utf8_lossy(&lines.bytes)
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            assert_eq!(lines.len(), told.len(), "{name}.ndjson");
            assert!(lines.iter().all(|line| told.contains(line)), "{name}.ndjson");
            assert_eq!(book.sheets[0].1.height(), told.len() + 1, "{name}.xlsx");
        }
    })
    .await;
}

#[tokio::test]
async fn views_are_narrowed_and_ordered_by_their_columns() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let of_mes = rows(&me, "task_flat?lead_agency_code=MES").await;
        let of_region = rows(&me, "task_flat?region=CA&status=planned").await;
        let nowhere = me.get("/task_flat?region=GCC").await;
        let ordered = rows(&me, "task_flat?sort=-title").await;
        let made = rows(&me, "participation_flat?sort=-country").await;

        assert!(!of_mes.is_empty() && of_mes.iter().all(|row| row["lead_agency_code"] == "MES"));
        assert_eq!(of_region.len(), rows(&me, "task_flat").await.len());
        assert_eq!(nowhere.problem(400, "bad_request")["errors"][0]["code"], "reference_not_found");
        let titles: Vec<&str> = ordered.iter().filter_map(|row| row["title"].as_str()).collect();
        let mut sorted = titles.clone();
        sorted.sort_unstable_by(|one, other| other.cmp(one));
        assert_eq!(titles, sorted);
        assert_eq!(made[0]["country"], "KGZ");
        let total = me.get("/task_flat?total=true&limit=1").await;
        assert_eq!(total.ok(200)["page"]["total"], ordered.len());
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    app(async |app| {
        let me = app.user("focal_point").await;

        let page = me.get("/task_flat?statu=done&limit=10001&sort=nothing,-pillar&due_from=soon").await;
        let file = me.get("/task_flat.xlsx?excel=1&sort=plan_title").await;
        let cursor = me.get("/task_flat?after=x").await;
        let other = me.get("/participation_flat?after=MCBLR1ovTk9ORQ").await;

        page.problem(400, "bad_request");
        let said = page.body.to_string();
        assert!(said.contains("did you mean `status`"), "{said}");
        let places: Vec<String> = page.violations().into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, ["?due_from", "?limit", "?sort", "?sort", "?statu"]);
        file.problem(400, "bad_request");
        assert_eq!(file.violations().len(), 2, "{}", file.body);
        cursor.problem(400, "cursor_invalid");
        other.problem(400, "cursor_invalid");
    })
    .await;
}

#[tokio::test]
async fn what_is_withheld_is_withheld_here_too() {
    app(async |app| {
        let fp = app.user("focal_point").await;
        let task = json!({"estimate_days": 7});
        fp.edit(&format!("/tasks/{}", app.world.id("task:released")), task).await.ok(200);
        let rule = json!({"owner": "KGZ", "kind": "task", "field": "estimate_days"});
        let made = fp.post("/disclosure-rules", rule).await;
        assert!(made.status == 201, "{}", made.body);
        let partner = app.user("partner").await;

        let own = rows(&fp, "task_flat").await;
        let told = rows(&partner, "task_flat").await;

        let days = |rows: &[Json]| {
            rows.iter().find(|row| row["title"] == "Task released").map(|row| row["estimate_days"].clone())
        };
        assert_eq!([days(&own), days(&told)], [Some(json!(7)), Some(Json::Null)]);
    })
    .await;
}

#[tokio::test]
async fn graphql_tells_the_same() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let query = "query($after: String, $f: [FigureFilterInput!]) { flatView(name: \"task_flat\", first: 3, after: $after, sort: [\"title\"], filters: $f) {
            next totalCount columns { name doc } rows { cells { name value number } } } }";
        let (mut titles, mut after) = (Vec::new(), Json::Null);
        loop {
            let page = me.graphql(query, json!({ "after": after })).await;
            let view = page.data()["flatView"].clone();
            for row in view["rows"].as_array().expect("rows") {
                let cells = row["cells"].as_array().expect("cells");
                titles.extend(cells.iter().find(|cell| cell["name"] == "title").map(|cell| cell["value"].clone()));
            }
            after = view["next"].clone();
            if after.is_null() {
                assert_eq!(view["totalCount"], titles.len());
                break;
            }
        }

        let by_rest: Vec<Json> =
            rows(&me, "task_flat?sort=title").await.iter().map(|row| row["title"].clone()).collect();
        assert_eq!(titles, by_rest);
        let narrowed =
            me.graphql(query, json!({"f": [{"name": "lead_agency_code", "values": ["MES"]}]})).await;
        assert_eq!(narrowed.data()["flatView"]["totalCount"], titles.len());
        let wrong = me.graphql(query, json!({"f": [{"name": "lead", "values": ["MOF"]}]})).await;
        assert_eq!(wrong.fault(), "unknown_parameter", "{}", wrong.body);
    })
    .await;
}
