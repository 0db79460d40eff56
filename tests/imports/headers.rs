//! Lines of names that cannot be read: they refuse the file, and nothing of it is dropped.

use std::io::Write as _;

use super::{counts, send};
use crate::support::app;

#[tokio::test]
async fn a_line_of_names_that_cannot_be_read_refuses_the_file() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let rows = "A,KGZ,MES,en\n";
        let long = format!("{}\n{rows}", "x".repeat((1 << 20) + 1));
        let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        bomb.write_all(&vec![b'x'; 8 << 20]).unwrap();
        let utf32: Vec<u8> =
            format!("title\n{rows}").chars().flat_map(|sign| u32::from(sign).to_le_bytes()).collect();
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet().set_name("tasks").unwrap();
        let na = rust_xlsxwriter::Formula::new("=NA()").set_result("#N/A");
        sheet.write_formula(0, 0, na).unwrap();
        sheet.write(1, 0, "A").unwrap();

        for (file, expected) in [
            (
                format!(" , , , \n{rows}").into_bytes(),
                vec!["1 required", "2 required", "3 required", "4 required"],
            ),
            (long.into_bytes(), vec!["1 too_long"]),
            (bomb.finish().unwrap(), vec!["1 too_long"]),
            (format!("\0\n{rows}").into_bytes(), vec!["1 null_character"]),
            (format!("\"title\"x\n{rows}").into_bytes(), vec!["1 bad_format"]),
            (book.save_to_buffer().unwrap(), vec!["1 bad_format"]),
            (
                b"title,lead_agency,titel,due\0_on\nA,MES,en,\n".to_vec(),
                vec!["4 null_character", "titel unknown_member"],
            ),
            (utf32, vec![" bad_format"]),
        ] {
            let refused = send(&me, "kind=tasks", file).await;

            refused.problem(422, "invalid");
            let told = |(place, code): &(String, String)| {
                format!("{} {code}", place.strip_prefix("/lines/1/columns/").unwrap_or_default())
            };
            assert_eq!(refused.violations().iter().map(told).collect::<Vec<_>>(), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn the_index_of_pandas_is_told() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let refused = send(&me, "kind=tasks", ",title,owner,lead_agency,language\n0,A,KGZ,MES,en\n").await;
        let behind = send(&me, "kind=tasks", "title,owner,lead_agency,language,\nA,KGZ,MES,en,\n").await;

        refused.problem(422, "invalid");
        assert_eq!(refused.violations(), [("/lines/1/columns/1".to_owned(), "required".to_owned())]);
        assert_eq!(
            refused.body["errors"][0]["detail"],
            "column 1 has no name; if it is the index that pandas writes, write the file with `index=False`"
        );
        assert_eq!(counts(behind.ok(200)), [1, 0, 0, 0, 0], "{}", behind.body);
    })
    .await;
}
