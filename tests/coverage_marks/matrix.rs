//! The 1540 matrix in its forms.

use std::io::{Cursor, Read};

use serde_json::{Value as Json, json};

use super::{duty, mark};
use crate::{
    delivery::made,
    support::{TestApp, app, client::Answer},
};

/// The resolution with four paragraphs, and marks about two of them.
pub async fn resolution(app: &TestApp) {
    let framework = json!({"code": "UNSCR1540", "name": "Resolution 1540 (2004)", "short_name": "UNSCR 1540",
        "kind": "resolution", "domains": ["C", "B", "N"]});
    app.user("steward").await.post("/frameworks", framework).await.ok(201);
    let all = json!(["C", "B", "N"]);
    for (code, provision, domains, binding) in [
        ("UNSCR1540-OP10", "OP10", &all, "legally_binding"),
        ("UNSCR1540-OP2-N", "OP2", &json!(["N"]), "legally_binding"),
        ("UNSCR1540-OP2-C", "OP2", &json!(["C"]), "legally_binding"),
        ("UNSCR1540-OP1", "OP1", &all, "legally_binding"),
        ("UNSCR1540-OP6", "OP6", &all, "encouraged"),
    ] {
        let more = json!({"provision": provision, "domains": domains, "binding": binding});
        duty(app, "UNSCR1540", (code, more)).await;
    }
    let me = app.user("secretariat").await;
    let nuclear = json!({"dimension": "N", "source": "=HYPERLINK(\"x\")"});
    made(&me, "/coverage-marks", mark("UNSCR1540-OP2-N", nuclear)).await;
    let shown = json!({"mark": "unclear", "source": "Decree <No. 5>", "visibility": "national"});
    made(&me, "/coverage-marks", mark("UNSCR1540-OP1", shown)).await;
}

async fn asked(app: &TestApp, query: &str) -> Answer {
    app.user("secretariat").await.get(&format!("/countries/KGZ/matrix-1540{query}")).await
}

#[tokio::test]
async fn the_matrix_has_a_row_for_each_paragraph_and_columns_for_three_domains() {
    app(async |app| {
        resolution(app).await;

        let read = asked(app, "").await;

        let parts = &read.ok(200)["parts"];
        let rows = parts[0]["rows"].as_array().expect("rows");
        let provisions: Vec<&Json> = rows.iter().map(|row| &row["provision"]).collect();
        assert_eq!(provisions, ["OP1", "OP2", "OP10"]);
        let columns = [0, 1, 2].map(|at: usize| rows[1]["cells"][at]["dimension"].clone());
        assert_eq!(columns, ["N", "C", "B"]);
        assert_eq!(rows[1]["cells"][0]["entries"][0]["obligation"]["code"], "UNSCR1540-OP2-N");
        assert_eq!(rows[1]["cells"][0]["entries"][0]["recorded"]["mark"], "found");
        assert_eq!(rows[1]["cells"][1]["entries"][0]["recorded"], Json::Null);
        assert_eq!(rows[1]["cells"][2]["entries"], json!([]));
        assert_eq!(
            (&parts[2]["binding"], &parts[2]["rows"][0]["provision"]),
            (&json!("encouraged"), &json!("OP6"))
        );
    })
    .await;
}

#[tokio::test]
async fn the_matrix_reads_alike_on_both_faces_and_shows_what_the_caller_may_see() {
    app(async |app| {
        resolution(app).await;
        let query = "{ countryMatrix1540(code: \"KGZ\") { country { code } madeOn parts { binding rows { provision cells { dimension \
                     entries { obligation { code } recorded { mark source } } } } } } }";
        let observer = app.user("observer").await;

        let by_rest = observer.get("/countries/KGZ/matrix-1540").await;
        let by_graphql = observer.graphql(query, json!({})).await;

        let (rest, graphql) = (by_rest.ok(200), &by_graphql.data()["countryMatrix1540"]);
        assert_eq!(rest["made_on"], graphql["madeOn"]);
        for (row, cell) in [(0, 1), (1, 0)] {
            let at = |of: &Json| of["parts"][0]["rows"][row]["cells"][cell]["entries"][0]["recorded"]["source"].clone();
            assert_eq!(at(rest), at(graphql));
        }
        let source = |row: usize, cell: usize| &rest["parts"][0]["rows"][row]["cells"][cell]["entries"][0]["recorded"];
        assert_eq!((source(1, 0), &source(0, 1)["source"]), (&Json::Null, &json!("Decree <No. 5>")));
    })
    .await;
}

#[tokio::test]
async fn a_table_holds_no_formulas() {
    app(async |app| {
        resolution(app).await;

        let csv = asked(app, "?format=csv").await;
        let xlsx = asked(app, "?format=xlsx").await;

        assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8; header=present");
        assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"KGZ-matrix-1540.ky.csv\"");
        let text = String::from_utf8(csv.bytes.clone()).expect("a text");
        assert!(text.starts_with("Милдеттүү күчү,Пункт,"), "{text}");
        let lines: Vec<Vec<String>> = csv::Reader::from_reader(text.as_bytes())
            .records()
            .map(|line| line.expect("a line").iter().map(str::to_owned).collect())
            .collect();
        assert_eq!(lines.len(), 4);
        assert_eq!((lines[1][1].as_str(), lines[1][4].as_str()), ("OP2", "'=HYPERLINK(\"x\")"));
        let mut file = zip::ZipArchive::new(Cursor::new(xlsx.bytes.clone())).expect("a workbook");
        let mut strings = String::new();
        file.by_name("xl/sharedStrings.xml").expect("texts").read_to_string(&mut strings).expect("a text");
        let mut sheet = String::new();
        file.by_name("xl/worksheets/sheet1.xml")
            .expect("a sheet")
            .read_to_string(&mut sheet)
            .expect("a text");
        assert!(strings.contains("'=HYPERLINK"), "{strings}");
        assert!(!sheet.contains("<f>"), "{sheet}");
    })
    .await;
}

#[tokio::test]
async fn a_page_is_in_the_caller_s_language_and_runs_nothing() {
    app(async |app| {
        resolution(app).await;

        let english = asked(app, "?format=html&lang=en").await;
        let russian = asked(app, "?format=html&lang=ru").await;
        let unknown = asked(app, "?format=pdf").await;
        let empty = asked(app, "?format=&lang=").await;

        let page = String::from_utf8(english.bytes.clone()).expect("a text");
        assert!(page.contains("Decree &lt;No. 5&gt;") && page.contains("Unclear"), "{page}");
        assert!(page.contains("Legally binding") && page.contains("Encouraged"), "{page}");
        assert!(
            english.headers["content-security-policy"]
                .to_str()
                .expect("a text")
                .contains("default-src 'none'")
        );
        let page = String::from_utf8(russian.bytes.clone()).expect("a text").to_lowercase();
        assert!(page.contains("неясно"), "{page}");
        for word in ["complian", "violat", "breach", "unmet"] {
            assert!(!page.contains(word), "{word}");
        }
        unknown.problem(400, "bad_request");
        empty.problem(400, "bad_request");
    })
    .await;
}

#[tokio::test]
async fn accept_chooses_the_form_and_a_matrix_that_says_the_same_is_not_sent_again() {
    app(async |app| {
        resolution(app).await;
        let me = app.user("secretariat").await;
        let path = "/countries/KGZ/matrix-1540";

        let page = me.with("accept", "text/html").get(path).await;
        let table = me.with("accept", "text/csv").get(path).await;
        let image = me.with("accept", "image/png").get(path).await;
        let tag = table.headers["etag"].to_str().expect("a text").to_owned();
        let again = me.with("accept", "text/csv").with("if-none-match", tag).get(path).await;

        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8; header=present");
        image.problem(406, "not_acceptable");
        again.ok(304);
    })
    .await;
}
