//! Refused rows sent back as they came: refused again for the same reasons, with all that was sent.

use std::io::{Cursor, Read as _, Write as _};

use serde_json::{Value as Json, json};

use super::{counts, faults, rejected::rejected, send};
use crate::support::{app, client::Answer};

const NAMES: &str = "title,lead_agency,language,description\n";

fn text(file: &Answer) -> String {
    String::from_utf8(file.bytes.clone()).expect("UTF-8")
}

/// Codes and columns of errors, row by row.
fn told(report: &Json) -> Vec<(&str, &str)> {
    faults(report).into_iter().map(|(_, column, code)| (column, code)).collect()
}

#[tokio::test]
async fn rows_of_other_widths_keep_their_cells() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let csv = format!("{NAMES}Drill,MES,en,first part, second part\nShort,MES\n");
        let sent = send(&me, "kind=tasks&atomic=row", csv).await;

        let file = rejected(&me, &sent).await;
        let again = send(&me, "kind=tasks&atomic=row", file.bytes.clone()).await;
        let twice = rejected(&me, &again).await;
        let corrected = text(&twice).replace("first part, second part", "\"first part, second part\"");
        let corrected =
            send(&me, "kind=tasks&atomic=row", corrected.replace("Short,MES", "Short,MES,en,")).await;

        assert_eq!(
            text(&file),
            "x_error_line,x_error_codes,x_error_messages,title,lead_agency,language,description\n\
             2,bad_format,\"the row has 5 cells, the line of names 4\",Drill,MES,en,first part, second part\n\
             3,bad_format,\"the row has 2 cells, the line of names 4\",Short,MES\n"
        );
        assert_eq!(counts(again.ok(200)), [0, 0, 0, 0, 2], "{}", again.body);
        assert_eq!(faults(&again.body), [(2, "", "bad_format"), (3, "", "bad_format")]);
        assert_eq!(
            text(&twice),
            text(&file)
                .replace("5 cells", "8 cells")
                .replace("2 cells", "5 cells")
                .replace("names 4", "names 7")
        );
        assert_eq!(counts(corrected.ok(200)), [2, 0, 0, 0, 0], "{}", corrected.body);
    })
    .await;
}

#[tokio::test]
async fn cells_that_cannot_be_read_come_back_as_they_stand() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let rows: [&[u8]; 3] = [b"\"a\"b,MES,en,\"d, e\"", b"x\0y,MES,en,d", b"\"caf\xE9, Osh\",MES,en,d"];
        let csv = [NAMES.as_bytes(), rows[0], b"\n", rows[1], b"\n", rows[2], b"\n"].concat();
        let long = format!("{NAMES}{},MES,en,d\n", "x".repeat((1 << 20) + 1));

        let sent = send(&me, "kind=tasks&atomic=row", csv).await;
        let file = rejected(&me, &sent).await;
        let again = send(&me, "kind=tasks&atomic=row", file.bytes.clone()).await;
        let too_long = send(&me, "kind=tasks&atomic=row", long.clone()).await;
        let long_file = rejected(&me, &too_long).await;
        let long_again = send(&me, "kind=tasks&atomic=row", long_file.bytes.clone()).await;

        let lines: Vec<&[u8]> = file.bytes.split(|byte| *byte == b'\n').collect();
        assert!(lines[1].ends_with(rows[0]) && lines[2].ends_with(rows[1]) && lines[3].ends_with(rows[2]));
        assert_eq!(counts(again.ok(200)), [0, 0, 0, 0, 3], "{}", again.body);
        assert_eq!(
            faults(&again.body),
            [(2, "title", "bad_format"), (3, "title", "null_character"), (4, "title", "bad_format")]
        );
        assert!(text(&long_file).ends_with(&long[NAMES.len()..]));
        assert_eq!(faults(long_again.ok(200)), [(2, "title", "too_long")]);
    })
    .await;
}

#[tokio::test]
async fn lines_that_are_no_objects_come_back() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let lines = [
            r#"{"title":"A","lead_agency":"MES","language":"en"}"#,
            "[1,2]",
            r#""x""#,
            r#"{"title":"B","title":"C","lead_agency":"MES","language":"en"}"#,
            r#"{"title":"#,
            r#"{"title":"D","lead_agency":"NONE","language":"en","estimate_days":1e1}"#,
        ];
        let sent = send(&me, "kind=tasks&atomic=row", lines.join("\n")).await;

        let file = rejected(&me, &sent).await;
        let again = send(&me, "kind=tasks&atomic=row", file.bytes.clone()).await;
        let corrected = text(&file).lines().next().expect("a line").replace(
            "\"x_error_row\":\"[1,2]\"",
            "\"title\":\"E\",\"lead_agency\":\"MES\",\"language\":\"en\"",
        );
        let corrected = send(&me, "kind=tasks&atomic=row", corrected).await;

        let told_first =
            [("", "wrong_type"), ("", "wrong_type"), ("title", "duplicate_member"), ("", "malformed_json")];
        assert_eq!(counts(sent.ok(200)), [1, 0, 0, 0, 5], "{}", sent.body);
        assert_eq!(told(&sent.body)[..4], told_first);
        assert_eq!(counts(again.ok(200)), [0, 0, 0, 0, 5], "{}", again.body);
        assert_eq!(told(&again.body), told(&sent.body));
        let file = text(&file);
        let rows: Vec<Json> =
            file.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
        assert_eq!(
            rows.iter().map(|row| row["x_error_line"].as_str().unwrap()).collect::<Vec<_>>(),
            ["2", "3", "4", "5", "6"]
        );
        assert_eq!(rows[0]["x_error_codes"], "wrong_type");
        assert_eq!(
            [0, 1, 3].map(|at: usize| rows[at]["x_error_row"].as_str().unwrap()),
            [lines[1], lines[2], lines[4]]
        );
        assert!(
            file.contains(r#""title":"B","title":"C""#) && file.contains(r#""estimate_days":1e1"#),
            "{file}"
        );
        assert_eq!(counts(corrected.ok(200)), [1, 0, 0, 0, 0], "{}", corrected.body);
    })
    .await;
}

#[tokio::test]
async fn elements_that_are_no_objects_come_back() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let good = r#"{"title":"A","lead_agency":"MES","language":"en"}"#;
        let sent = send(
            &me,
            "kind=tasks&atomic=row",
            format!("[{good}, 5, , {{\"title\": tru}}, {{\"title\":\"\\u0000\",\"lead_agency\":\"MES\",\"language\":\"en\"}}]"),
        )
        .await;

        let file = rejected(&me, &sent).await;
        let again = send(&me, "kind=tasks&atomic=row", file.bytes.clone()).await;

        assert_eq!(counts(sent.ok(200)), [1, 0, 0, 0, 4], "{}", sent.body);
        assert_eq!(
            told(&sent.body),
            [("", "wrong_type"), ("", "malformed_json"), ("", "malformed_json"), ("title", "null_character")]
        );
        assert_eq!(file.body.as_array().map(Vec::len), Some(4), "{}", text(&file));
        assert_eq!(told(again.ok(200)), told(&sent.body));
    })
    .await;
}

#[tokio::test]
async fn the_line_of_names_keeps_its_number() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let columns =
            json!([{"column": "Задача", "field": "title"}, {"column": "Кто", "field": "lead_agency"}]);
        let mapping = json!({
            "owner": "KGZ", "code": "late", "title": "План", "record_kind": "tasks", "header_row": 5,
            "leaves_out_others": true, "columns": columns,
        });
        me.post("/import-mappings", mapping).await.ok(201);
        let csv = "План;\n\n\"на\nгод\";\nЗадача;Кто\nУчение;NONE\nСклад;NONE\n";
        let query = "mapping=late&language=ru&atomic=row";

        let sent = send(&me, query, csv).await;
        let file = rejected(&me, &sent).await;
        let again = send(&me, query, file.bytes.clone()).await;

        let file = text(&file);
        let lines: Vec<&str> = file.lines().collect();
        assert_eq!(
            lines[..5],
            ["План;", ";", "\"на", "год\";", "x_error_line;x_error_codes;x_error_messages;Задача;Кто"]
        );
        assert!(
            lines[5].starts_with("6;reference_not_found;") && lines[5].ends_with(";Учение;NONE"),
            "{file}"
        );
        assert!(
            lines[6].starts_with("7;reference_not_found;") && lines[6].ends_with(";Склад;NONE"),
            "{file}"
        );
        assert_eq!(counts(again.ok(200)), [0, 0, 0, 0, 2], "{}", again.body);
        assert_eq!(faults(&again.body), faults(&sent.body));
    })
    .await;
}

#[tokio::test]
async fn columns_of_errors_leave_those_behind_them() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let csv = "title,x_error_line,x_error_codes,x_error_messages,lead_agency,language\nDrill,9,old,text,NONE,en\n";
        let own: Vec<String> = (0..61).map(|number| format!("x_{number}")).collect();
        let wide = |more: &str| format!("title,lead_agency,language,{}{more}\nDrill,NONE,en{}\n", own.join(","), ",".repeat(61));

        let sent = send(&me, "kind=tasks&atomic=row", csv).await;
        let file = rejected(&me, &sent).await;
        let again = send(&me, "kind=tasks&atomic=row", file.bytes.clone()).await;
        let widest = send(&me, "kind=tasks&atomic=row", wide("")).await;
        let widest_again = send(&me, "kind=tasks&atomic=row", rejected(&me, &widest).await.bytes).await;
        let wider = send(&me, "kind=tasks&atomic=row", wide(",x_61")).await;

        let file = text(&file);
        assert!(file.starts_with("x_error_line,x_error_codes,x_error_messages,title,lead_agency,language\n2,reference_not_found,"), "{file}");
        assert!(file.ends_with(",Drill,NONE,en\n"), "{file}");
        assert_eq!(told(again.ok(200)), [("lead_agency", "reference_not_found")]);
        assert_eq!(told(widest_again.ok(200)), [("lead_agency", "reference_not_found")]);
        wider.problem(422, "invalid");
    })
    .await;
}

#[tokio::test]
async fn a_charset_that_lacks_letters_gives_way_to_utf8() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let csv = "title;lead_agency;language;due_on\r\nУчение;MES;ru;скоро\r\n";
        let narrow = encoding_rs::WINDOWS_1251.encode(csv).0.into_owned();
        let query = "kind=tasks&atomic=row&charset=windows-1251";
        let sent = send(&me, query, narrow).await;
        let path = format!("/imports/{}/rejected", sent.ok(200)["id"].as_str().expect("an id"));

        let russian = me.get(&format!("{path}?lang=ru")).await;
        let kyrgyz = me.get(&format!("{path}?lang=ky")).await;
        let russian_again = send(&me, query, russian.bytes.clone()).await;
        let kyrgyz_again = send(&me, query, kyrgyz.bytes.clone()).await;

        assert_eq!(russian.headers["content-type"], "text/csv; charset=windows-1251");
        let read = encoding_rs::WINDOWS_1251.decode(&russian.bytes).0.into_owned();
        assert!(read.contains("не в той форме") && read.ends_with(";Учение;MES;ru;скоро\r\n"), "{read}");
        assert_eq!(kyrgyz.headers["content-type"], "text/csv; charset=utf-8");
        let read = text(&kyrgyz);
        assert!(read.starts_with('\u{feff}') && read.contains("түрдө") && !read.contains("&#"), "{read}");
        assert_eq!(told(russian_again.ok(200)), [("due_on", "bad_format")]);
        assert_eq!(told(kyrgyz_again.ok(200)), [("due_on", "bad_format")]);
    })
    .await;
}

#[tokio::test]
async fn marks_line_ends_and_separators_stay() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let of_excel = "\u{feff}sep=;\r\ntitle;lead_agency;language\r\nУчение;NONE;ru\r\n";
        let of_mac = "title\tlead_agency\tlanguage\rDrill\tNONE\ten\r";
        let wide: Vec<u8> = "\u{feff}title;lead_agency;language\nУчение;NONE;ru\n".encode_utf16().flat_map(u16::to_le_bytes).collect();

        let excel = rejected(&me, &send(&me, "kind=tasks&atomic=row", of_excel).await).await;
        let mac = rejected(&me, &send(&me, "kind=tasks&atomic=row", of_mac).await).await;
        let unicode = rejected(&me, &send(&me, "kind=tasks&atomic=row", wide).await).await;
        let excel_again = send(&me, "kind=tasks&atomic=row", excel.bytes.clone()).await;
        let mac_again = send(&me, "kind=tasks&atomic=row", mac.bytes.clone()).await;
        let unicode_again = send(&me, "kind=tasks&atomic=row", unicode.bytes.clone()).await;

        assert_eq!(excel.headers["content-type"], "text/csv; charset=utf-8");
        let read = text(&excel);
        assert!(read.starts_with("\u{feff}sep=;\r\nx_error_line;x_error_codes;x_error_messages;title;lead_agency;language\r\n3;"), "{read}");
        assert!(read.ends_with(";Учение;NONE;ru\r\n"), "{read}");
        assert!(text(&mac).ends_with("\tDrill\tNONE\ten\r") && !text(&mac).contains('\n'), "{}", text(&mac));
        assert_eq!((&unicode.bytes[..4], unicode.bytes.len() % 2), ([0xFF, 0xFE, b'x', 0].as_slice(), 0));
        assert_eq!(told(excel_again.ok(200)), [("lead_agency", "reference_not_found")]);
        assert_eq!(told(mac_again.ok(200)), [("lead_agency", "reference_not_found")]);
        assert_eq!(told(unicode_again.ok(200)), [("lead_agency", "reference_not_found")]);
    })
    .await;
}

#[tokio::test]
async fn tables_of_a_zip_keep_their_forms() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [
            ("tasks.csv", "title;lead_agency;language\r\nDrill;NONE;en\r\n"),
            ("agencies.ndjson", "[1]\n"),
            ("projects.json", "[7]"),
        ] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        let zipped = zip.finish().unwrap().into_inner();

        let sent = send(&me, "atomic=row", zipped).await;
        let file = rejected(&me, &sent).await;
        let again = send(&me, "atomic=row", file.bytes.clone()).await;

        let mut parts = zip::ZipArchive::new(Cursor::new(file.bytes.clone())).expect("a zip");
        let mut tasks = String::new();
        parts.by_name("tasks.csv").expect("a part").read_to_string(&mut tasks).expect("text");
        assert!(
            tasks.starts_with("x_error_line;x_error_codes;x_error_messages;title;lead_agency;language\r\n"),
            "{tasks}"
        );
        assert!(tasks.ends_with(";Drill;NONE;en\r\n"), "{tasks}");
        assert!(parts.by_name("agencies.ndjson").is_ok() && parts.by_name("projects.json").is_ok());
        assert_eq!(counts(again.ok(200)), [0, 0, 0, 0, 3], "{}", again.body);
        assert_eq!(told(&again.body), told(&sent.body));
    })
    .await;
}
