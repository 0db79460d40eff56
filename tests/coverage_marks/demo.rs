//! What the demonstration shows of law and coverage, and the words of both.

use serde_json::{Value as Json, json};

use crate::{
    seeding::{demo, empty, sign_in},
    support::app,
};

#[tokio::test]
async fn an_invented_country_has_marks_and_the_kyrgyz_republic_has_none() {
    empty(async |app| {
        demo(app).await;
        let me = sign_in(app, "focal_point@xaa.demo").await;

        let matrix = me.get("/countries/XAA/matrix-1540").await;
        let coverage = me.get("/countries/XAA/coverage?framework=UNSCR1540").await;
        let printed = me.get("/countries/XAA/matrix-1540?format=html").await;

        let rows = matrix.ok(200)["parts"][0]["rows"].as_array().cloned().expect("rows");
        let row = rows.iter().find(|row| row["provision"] == "OP3(d)").expect("a paragraph");
        let marks = [0, 1, 2].map(|at: usize| row["cells"][at]["entries"][0]["recorded"]["mark"].clone());
        assert_eq!(marks, ["found", "found", "unclear"]);
        let legal = &coverage.ok(200)["bindings"][0];
        assert!(legal["without_measure"].to_string().contains("UNSCR1540-OP10"), "{legal}");
        assert!(!legal["without_measure"].to_string().contains("UNSCR1540-OP3D-N"), "{legal}");
        assert_eq!(coverage.body["bindings"][2]["frameworks"][0]["rows"][0]["legal_instruments"], 1);
        printed.ok(200);
        assert_eq!(app.count("coverage_mark WHERE owner = 'KGZ'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn no_code_and_no_label_is_a_verdict() {
    app(async |app| {
        let read = app.anonymous().get("/vocabularies").await;

        let own = |term: &&Json| {
            let list = term["vocabulary"].as_str().unwrap_or_default();
            list == "mark" || list.starts_with("legal_instrument")
        };
        let terms: Vec<&Json> = read.ok(200).as_array().expect("terms").iter().filter(own).collect();
        let said = json!(terms).to_string().to_lowercase();
        assert_eq!(terms.len(), 15);
        for word in ["complian", "violat", "breach", "unmet", "нарушен", "соблюд"] {
            assert!(!said.contains(word), "{word}");
        }
    })
    .await;
}
