//! Exports: whole lists as files, for every caller what its list says.

mod books;
mod columns;
mod rights;
mod whole;

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use serde_json::{Value as Json, json};

use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};
pub use whole::fill;

/// A file of CSV: its header and its lines.
pub struct Sheet {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Reads a file by a reader that knows nothing of how it was written.
    #[track_caller]
    pub fn of(answer: &Answer, separator: u8) -> Self {
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(answer.bytes.as_slice());
        let owned = |row: &csv::StringRecord| row.iter().map(str::to_owned).collect::<Vec<_>>();
        let header = owned(reader.headers().expect("a header"));
        let rows = reader.records().map(|row| owned(&row.expect("a record"))).collect();
        Self { header, rows }
    }

    pub async fn get(client: &Client<'_>, path: &str) -> Self {
        Self::of(&client.get(path).await, b',')
    }

    /// The cells of a column.
    #[track_caller]
    pub fn column(&self, name: &str) -> Vec<&str> {
        let at = self.header.iter().position(|known| known == name);
        let at = at.unwrap_or_else(|| panic!("no column {name} in {:?}", self.header));
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }
}

/// A workbook: its sheets by name.
pub struct Book {
    pub sheets: Vec<(String, Range<Data>)>,
}

impl Book {
    /// Reads a workbook by a reader that knows nothing of how it was written.
    #[track_caller]
    pub fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
        let mut book = Xlsx::new(Cursor::new(answer.bytes.clone())).expect("a workbook");
        Self { sheets: book.worksheets() }
    }

    /// The cells of a column of the first sheet.
    #[track_caller]
    pub fn column(&self, name: &str) -> Vec<&Data> {
        let cells = &self.sheets[0].1;
        let at = cells.headers().expect("a header").iter().position(|known| known == name);
        let at = at.unwrap_or_else(|| panic!("no column {name}"));
        cells.rows().skip(1).map(|row| &row[at]).collect()
    }
}

/// The lines of a file of NDJSON.
pub fn lines(answer: &Answer) -> Vec<Json> {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    let text = String::from_utf8(answer.bytes.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// A task of the officer's agency.
pub async fn task(app: &TestApp, more: Json) -> String {
    let mut body = json!({"owner": "KGZ", "title": "Drill", "lead_agency": "MES", "language": "en"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    let made = app.user("officer").await.post("/tasks", body).await;
    made.ok(201);
    made.id()
}

#[tokio::test]
async fn a_list_is_a_file_with_a_name_in_each_form() {
    app(async |app| {
        let me = app.user("officer").await;

        let table = me.get("/tasks.csv?lang=ru").await;
        let lines = me.get("/working-groups.ndjson").await;

        assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8; header=present");
        assert_eq!(table.headers["content-disposition"], "attachment; filename=\"tasks-2026-11-21.csv\"");
        assert_eq!(table.headers["content-language"], "ru");
        assert_eq!(lines.headers["content-type"], "application/x-ndjson");
        let file = "attachment; filename=\"working-groups-2026-11-21.ndjson\"";
        assert_eq!(lines.headers["content-disposition"], file);
        assert!(!lines.headers.contains_key("content-language") && !lines.headers.contains_key("etag"));
        assert!(lines.headers["vary"].to_str().is_ok_and(|vary| vary.contains("Accept,")));
    })
    .await;
}

#[tokio::test]
async fn the_list_itself_answers_the_form_that_is_accepted() {
    app(async |app| {
        let me = app.user("officer").await;
        let kind = async |accept: &'static str| {
            let answer = me.with("accept", accept).get("/tasks").await;
            (answer.status, answer.headers["content-type"].to_str().unwrap_or_default().to_owned())
        };
        let json = (200, "application/json".to_owned());
        let table = (200, "text/csv; charset=utf-8; header=present".to_owned());
        let lines = (200, "application/x-ndjson".to_owned());

        assert_eq!(kind("text/csv").await, table);
        assert_eq!(kind("application/x-ndjson;q=0.9, application/json;q=0.5").await, lines);
        assert_eq!(
            kind("text/html, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet").await.0,
            200
        );
        assert_eq!(kind("text/csv;q=0.4, */*;q=0.5").await, json);
        assert_eq!(kind("text/html, application/xml;q=0.9, */*;q=0.8").await, json);
        assert_eq!(kind("*/*").await, json);
        assert_eq!(kind("application/problem+json").await, json);
        assert_eq!(kind("image/png").await, (406, "application/problem+json".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_with_the_parameters_is_told_at_once() {
    app(async |app| {
        let me = app.user("officer").await;
        let query = "limit=5&after=x&total=true&as_of=2026-01-01&sort=nothing&columns=id,titel,id&labels=all&separator=pipe&excel=2&stat=done&status=nope";

        let table = me.get(&format!("/tasks.csv?{query}")).await;
        let lines = me.get("/tasks.ndjson?labels=both&excel=1&separator=tab&columns=title,can,titel").await;

        table.problem(400, "bad_request");
        let places: Vec<_> = table.violations().into_iter().map(|(place, _)| place).collect();
        assert_eq!(
            places,
            [
                "?after", "?as_of", "?columns", "?columns", "?excel", "?labels", "?limit", "?separator", "?sort",
                "?stat", "?status", "?total"
            ]
        );
        let text = table.body["errors"].to_string();
        for said in ["whole list", "did you mean `title`?", "stands there twice", "comma, semicolon, tab"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        lines.problem(400, "bad_request");
        let places: Vec<_> = lines.violations().into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, ["?columns", "?columns", "?excel", "?labels", "?separator"]);
        let book = me.get("/tasks.xlsx?separator=tab").await;
        assert_eq!(book.violations(), [("?separator".into(), "unknown_parameter".into())]);
        me.get("/tasks.pdf").await.problem(404, "not_found");
        me.get("/taks.csv").await.problem(404, "not_found");
    })
    .await;
}
