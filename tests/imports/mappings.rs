//! Workbooks as ministries have them, read by mappings.

use axum::http::Method;
use serde_json::{Value as Json, json};

use super::{counts, faults, send};
use crate::support::{app, client::Client};

const MINISTRY: &[u8] = include_bytes!("../files/ministry.xlsx");
const CALC: &[u8] = include_bytes!("../files/libreoffice.xlsx");

/// How the workbook of the ministry is read.
fn mapping() -> Json {
    let agency = json!([{"label": "МЧС", "code": "MES"}, {"label": "минздрав", "code": "MOH"}]);
    json!({
        "owner": "KGZ", "code": "plan", "title": "План мероприятий", "record_kind": "tasks", "sheet": "План 2027",
        "header_row": 4, "keys_of": "ministry", "ends_at_empty_row": true, "leaves_out_others": true,
        "columns": [
            {"column": "№", "field": "external_key"},
            {"column": "Наименование мероприятия", "field": "title"},
            {"column": "Ответственный исполнитель", "field": "lead_agency", "values": agency},
            {"column": "Состояние", "field": "status", "values": [{"label": "выполнено", "code": "done"}, {"label": "В работе", "code": "in_progress"}, {"label": "не начата", "code": "planned"}]},
            {"column": "Соисполнители", "field": "contributing_agencies", "values": agency},
        ],
    })
}

async fn look(me: &Client<'_>, query: &str, file: &[u8]) -> crate::support::client::Answer {
    let path = format!("/api/v1/imports/preview?{query}");
    me.send(Method::POST, &path, Some("application/octet-stream"), file.to_vec()).await
}

#[tokio::test]
async fn a_ministry_sends_its_workbook_as_it_is() {
    app(async |app| {
        let me = app.user("secretariat").await;
        me.post("/import-mappings", mapping()).await.ok(201);

        let seen = look(&me, "mapping=plan", MINISTRY).await;
        let shown = send(&me, "mapping=plan&mode=create&language=ru&dry_run=true", MINISTRY).await;

        let table = &seen.ok(200)["tables"][0];
        assert_eq!(
            (table["header_row"].as_i64(), table["rows"].as_array().map(Vec::len)),
            (Some(4), Some(3)),
            "{}",
            seen.body
        );
        let rows = table["rows"].as_array().expect("rows");
        assert_eq!(rows[0]["fields"]["lead_agency"], "MES");
        assert_eq!(rows[1]["fields"]["lead_agency"], "MES", "merged cells are carried down");
        assert_eq!(
            (&rows[0]["fields"]["due_on"], &rows[1]["fields"]["due_on"]),
            (&json!("2027-12-31"), &json!("2027-12-31"))
        );
        assert_eq!(
            (&rows[2]["fields"]["due_on"], &rows[2]["fields"]["status"]),
            (&json!("2027-03-31"), &json!("planned"))
        );
        assert_eq!(rows[2]["fields"]["contributing_agencies"], json!(["MES", "MOH"]));
        assert_eq!((&rows[1]["line"], &rows[1]["row"]), (&json!(6), &json!(2)));
        let told: Vec<&Json> =
            shown.ok(200)["warnings"].as_array().expect("warnings").iter().map(|one| &one["code"]).collect();
        assert_eq!(told, ["columns_left_out", "rows_left_out", "tables_left_out"], "{}", shown.body);
        // A task that is done says when: the country's workbook does not, and is told so.
        assert_eq!(
            (counts(&shown.body), faults(&shown.body)),
            ([2, 0, 0, 0, 1], vec![(5, "completed_on", "required")])
        );
        let sent = send(&me, "mapping=plan&mode=upsert&language=ru&atomic=row", MINISTRY).await;
        assert_eq!(counts(sent.ok(200)), [2, 0, 0, 0, 1], "{}", sent.body);
        assert_eq!(me.get("/tasks/by-key/ministry/2").await.ok(200)["title"], "Обучение спасателей");
    })
    .await;
}

#[tokio::test]
async fn a_workbook_of_libreoffice_is_read_under_a_saved_mapping_and_again_changes_nothing() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut of_calc = mapping();
        (of_calc["sheet"], of_calc["header_row"]) = (json!("План"), json!(3));
        let columns = of_calc["columns"].as_array_mut().expect("columns");
        columns.retain(|one| one["field"] != "contributing_agencies");
        columns.push(json!({"column": "Выполнение, %", "field": "progress_percent"}));
        me.post("/import-mappings", of_calc).await.ok(201);
        let query = "mapping=plan&mode=upsert&language=ru";

        let sent = send(&me, query, CALC).await;
        let again = send(&me, &format!("{query}&force=true"), CALC).await;

        assert_eq!(counts(sent.ok(200)), [2, 0, 0, 0, 0], "{}", sent.body);
        assert_eq!(counts(again.ok(200)), [0, 0, 2, 0, 0], "{}", again.body);
        let first = me.get("/tasks/by-key/ministry/7").await.ok(200).clone();
        assert_eq!(
            ["title", "due_on", "status", "progress_percent"].map(|name| first[name].clone()),
            [json!("Учение на границе"), json!("2027-12-31"), json!("in_progress"), json!(25)]
        );
        let second = me.get("/tasks/by-key/ministry/8").await.ok(200).clone();
        assert_eq!(
            (&second["title"], &second["due_on"]),
            (&json!("Запас антидотов;\nпервая очередь"), &json!("2027-03-01"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_table_ends_at_an_empty_row_in_each_form_and_says_what_is_below() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut of_csv = mapping();
        (of_csv["sheet"], of_csv["header_row"]) = (Json::Null, json!(1));
        me.post("/import-mappings", of_csv).await.ok(201);
        let rows = [["title", "owner", "lead_agency", "language"], ["One\nDrill", "KGZ", "MES", "en"], ["Two", "KGZ", "MES", "en"]];
        let csv: String = rows.iter().map(|row| format!("\"{}\"\n", row.join("\",\""))).collect();
        let below = "Total,,,\nThree,KGZ,MES,en\n";
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (at, row) in (0_u32..).zip(rows) {
            sheet.write_row(at, 0, row).unwrap();
        }
        sheet.write(4, 0, "Total").unwrap();
        sheet.write_row(6, 0, ["Three", "KGZ", "MES", "en"]).unwrap();

        for (file, line) in [
            (format!("{csv},,,\n{below}").into_bytes(), 6),
            (format!("{csv}\n{below}").into_bytes(), 6),
            (format!("{csv} , , , \n\n{below}").into_bytes(), 7),
            (book.save_to_buffer().unwrap(), 5),
        ] {
            let done = send(&me, "mapping=plan&mode=create", file).await;

            assert_eq!(counts(done.ok(200)), [2, 0, 0, 0, 0], "{}", done.body);
            let text = format!("the table ends at an empty row, as the mapping says: rows below it are left out, 2 of them, from line {line} on");
            assert_eq!(
                done.body["warnings"],
                json!([{"code": "rows_left_out", "kind": "task", "columns": [], "message": text}])
            );
        }
        let whole = send(&me, "mapping=plan&mode=create", csv).await;
        assert_eq!((counts(whole.ok(200)), &whole.body["warnings"]), ([2, 0, 0, 0, 0], &json!([])));
    })
    .await;
}

#[tokio::test]
async fn a_column_without_a_name_is_told_where_it_holds_something() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut of_csv = mapping();
        (of_csv["sheet"], of_csv["header_row"]) = (Json::Null, json!(1));
        me.post("/import-mappings", of_csv).await.ok(201);
        let file = "title,,owner,,lead_agency,language\nOne,,KGZ,,MES,en\nTwo,,KGZ,note,MES,en\n";

        let done = send(&me, "mapping=plan&mode=create", file).await;

        assert_eq!(counts(done.ok(200)), [2, 0, 0, 0, 0], "{}", done.body);
        assert_eq!(done.body["warnings"][0]["columns"], json!(["column 4"]), "{}", done.body);
    })
    .await;
}

#[tokio::test]
async fn errors_name_the_columns_of_the_file() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut of_csv = mapping();
        of_csv["sheet"] = Json::Null;
        of_csv["header_row"] = json!(2);
        me.post("/import-mappings", of_csv).await.ok(201);
        let file = "План;;;;\nНаименование  мероприятия;Ответственный исполнитель;срок;owner;language\nУчение;МВД;скоро;KGZ;ru\n";

        let refused = send(&me, "mapping=plan&atomic=row", file).await;
        let unknown = send(&me, "mapping=nothing", file).await;
        let other = send(&me, "mapping=plan&kind=actions", file).await;

        let told = faults(refused.ok(200));
        assert!(told.contains(&(3, "Ответственный исполнитель", "reference_not_found")) || told.iter().any(|one| one.1 == "срок"), "{}", refused.body);
        assert!(told.iter().any(|(line, column, code)| (*line, *column, *code) == (3, "срок", "bad_format")), "{}", refused.body);
        unknown.problem(400, "bad_request");
        other.problem(400, "bad_request");
    })
    .await;
}

#[tokio::test]
async fn a_mapping_is_suggested_for_each_sheet() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut book = rust_xlsxwriter::Workbook::new();
        for (sheet, title) in [("tasks", "Наименование"), ("plans", "Наименование")] {
            let sheet = book.add_worksheet().set_name(sheet).unwrap();
            sheet.write(2, 1, title).unwrap();
            sheet.write(3, 1, "x").unwrap();
        }

        let seen = look(&me, "", &book.save_to_buffer().unwrap()).await;

        let tables = seen.ok(200)["tables"].as_array().expect("tables").clone();
        let told = |table: &Json| {
            let of = &table["suggested"];
            format!(
                "{} {} {} {}",
                of["record_kind"], of["sheet"], of["header_row"], of["columns"][0]["field"]
            )
        };
        let told: Vec<String> = tables.iter().map(told).collect();
        assert_eq!(told, [r#""tasks" "tasks" 3 "title""#, r#""plans" "plans" 3 "title""#], "{}", seen.body);
        assert_eq!(seen.body["suggested"], tables[0]["suggested"]);

        // A column that is called as a field holds it, whatever stands before.
        let scripted = look(&me, "kind=agencies", b"code,name_ru,name,parent_code\nX,\xd0\xa5,X,MES\n").await;
        let fields: Vec<&Json> = scripted.ok(200)["tables"][0]["columns"]
            .as_array()
            .expect("columns")
            .iter()
            .map(|one| &one["field"])
            .collect();
        assert_eq!(fields, ["code", "name@ru", "name", "parent"], "{}", scripted.body);
    })
    .await;
}

#[tokio::test]
async fn a_mapping_is_suggested_from_headers_in_four_languages() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let agencies = me.get("/agencies?owner=KGZ&limit=200").await;
        let agencies = agencies.ok(200)["items"].as_array().expect("agencies").clone();
        let agency = agencies.iter().find(|one| one["code"] == "MES").expect("an agency");
        let name = agency["name"].as_str().expect("a name").to_owned();
        let file =
            format!("Список;;\n;;\nНаименование;Ответственный;Échéance;Прочее\nУчение;{name};31.12.2027;x\n");

        let seen = look(&me, "kind=tasks", file.as_bytes()).await;
        let suggested = &seen.ok(200)["suggested"];

        assert_eq!(suggested["header_row"], 3, "{}", seen.body);
        let fields: Vec<&str> = suggested["columns"]
            .as_array()
            .expect("columns")
            .iter()
            .filter_map(|one| one["field"].as_str())
            .collect();
        assert_eq!(fields, ["title", "lead_agency", "due_on"]);
        let row = &seen.body["tables"][0]["rows"][0]["fields"];
        assert_eq!(
            (&row["lead_agency"], &row["due_on"]),
            (&json!("MES"), &json!("2027-12-31")),
            "{}",
            seen.body
        );
        let mut body = suggested.clone();
        (body["owner"], body["code"]) = (json!("KGZ"), json!("suggested"));
        me.post("/import-mappings", body).await.ok(201);
        let done = send(&me, "mapping=suggested&mode=create&language=ru", file.as_str()).await;
        assert_eq!(counts(done.ok(200)), [1, 0, 0, 0, 0], "{}", done.body);
        let plain = look(&me, "kind=tasks", b"title,owner\nDrill,KGZ\n").await;
        assert_eq!(plain.ok(200)["suggested"], Json::Null);
        assert_eq!(
            me.get("/tasks?q=%D0%A3%D1%87%D0%B5%D0%BD%D0%B8%D0%B5").await.ok(200)["items"]
                .as_array()
                .map(Vec::len),
            Some(1)
        );
    })
    .await;
}

#[tokio::test]
async fn a_mapping_is_held_to_the_kind_it_is_of() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut wrong = mapping();
        wrong["columns"] = json!([
            {"column": "A", "field": "titel"}, {"column": " a", "field": "title"}, {"column": "B", "field": "title"},
            {"column": "C", "field": "created_at"}, {"column": "D", "field": "x_ours"}, {"column": "E", "field": "x_ours"},
        ]);
        let mut kind = mapping();
        kind["record_kind"] = json!("taks");

        let refused = me.post("/import-mappings", wrong).await;
        let unknown = me.post("/import-mappings", kind).await;

        refused.problem(422, "invalid");
        let found: Vec<String> = refused.violations().into_iter().map(|(place, _)| place).collect();
        assert_eq!(found, ["/columns/0/field", "/columns/1/column", "/columns/2/field", "/columns/3/field"], "{}", refused.body);
        assert_eq!(unknown.violations(), [("/record_kind".to_owned(), "not_in_list".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn an_import_keeps_the_mapping_by_which_it_was_judged() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let made = me.post("/import-mappings", mapping()).await;
        let path = format!("/import-mappings/{}", made.ok(201)["id"].as_str().expect("an id"));
        let file = "\n\n\n\"Наименование мероприятия\",owner,lead_agency,language\nУчение,KGZ,MES,ru\n";
        let shown = send(&me, "mapping=plan&mode=create&dry_run=true", file).await;
        shown.ok(200);
        me.edit(&path, json!({ "columns": [] })).await.ok(200);

        let plan = json!({ "import_plan": shown.body["import_plan"] });
        let done = me.post(&super::act(&shown, "commit"), plan).await;

        assert_eq!(counts(done.ok(200)), [1, 0, 0, 0, 0], "{}", done.body);
    })
    .await;
}

#[tokio::test]
async fn periods_are_kept_with_how_exact_they_are() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let file = "owner,code,name,kind,language,valid_from,valid_until\nKGZ,NEW,New agency,ministry,en,2025-Q4,2027\n";

        let done = send(&me, "kind=agencies", file).await;

        assert_eq!(counts(done.ok(200)), [1, 0, 0, 0, 0], "{}", done.body);
        let found = me.get("/agencies?q=New%20agency").await;
        let one = &found.ok(200)["items"][0];
        assert_eq!((&one["valid_from"], &one["valid_from_precision"]), (&json!("2025-10-01"), &json!("quarter")));
        assert_eq!((&one["valid_until"], &one["valid_until_precision"]), (&json!("2027-12-31"), &json!("year")));
    })
    .await;
}

#[tokio::test]
async fn numbers_are_grouped_by_threes_and_refused_where_they_may_be_two() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let of = |code: &str, mark: Json| {
            json!({
                "owner": "KGZ", "code": code, "title": code, "record_kind": "tasks", "decimal_mark": mark,
                "columns": [{"column": "Days", "field": "estimate_days"}],
            })
        };
        me.post("/import-mappings", of("any", Json::Null)).await.ok(201);
        me.post("/import-mappings", of("comma", json!("comma"))).await.ok(201);
        me.post("/import-mappings", of("point", json!("point"))).await.ok(201);
        let file = |days: &[&str]| {
            let rows = days.iter().map(|days| format!("Drill;MES;en;{days}\n"));
            format!("title;lead_agency;language;Days\n{}", rows.collect::<String>())
        };
        let wrong = file(&["2,000", "2.000", "1,2,3", "1.2.3", "1 2", "1 250", "12,0"]);

        let any = send(&me, "mapping=any&mode=create&atomic=row", wrong).await;
        let comma = send(&me, "mapping=comma&mode=create", file(&["2.000", "30,0"])).await;
        let point = send(&me, "mapping=point&mode=create", file(&["2,000", "30.0"])).await;
        let unmapped = send(&me, "kind=tasks&mode=create&atomic=row", "title,lead_agency,language,estimate_days\nA,MES,en,10.00\nB,MES,en,2.000\n").await;

        let bad = |line| (line, "Days", "bad_format");
        assert_eq!(faults(any.ok(200)), [bad(2), bad(3), bad(4), bad(5), bad(6)], "{}", any.body);
        let message = &any.body["rows"][0]["errors"][0]["message"];
        assert!(message.as_str().is_some_and(|text| text.starts_with("\"2,000\" may be 2000 or 2.000: say by `decimal_mark`")), "{message}");
        let days = |report: &Json, at: usize| report["rows"][at]["changes"]["estimate_days"].clone();
        assert_eq!([days(&any.body, 5), days(&any.body, 6)], [json!([null, 1250]), json!([null, 12])]);
        assert_eq!([days(comma.ok(200), 0), days(&comma.body, 1)], [json!([null, 2000]), json!([null, 30])]);
        assert_eq!([days(point.ok(200), 0), days(&point.body, 1)], [json!([null, 2000]), json!([null, 30])]);
        assert_eq!(faults(unmapped.ok(200)), [(3, "estimate_days", "wrong_type")]);
        assert_eq!(days(&unmapped.body, 0), json!([null, 10]));
    })
    .await;
}
