//! Workbooks as programs write them.

use crate::support::{code, fault, file, read, read_with};
use tabular::{FaultCode, Format, Item, Limits, Merged, Options, RowFaultCode};

const TYPES: [&str; 4] = [
    "[Types]",
    "day|time|clock|span|truth|error|number|text|break",
    "2026-03-01|2026-03-01 12:30:00|14:30:00|36:00:00|true|!ErrorValue|10.5|007|two\nlines <&>",
    "||||false|!ErrorValue|-3| x ",
];

#[test]
fn values_keep_their_types() {
    let got = file("types.xlsx");

    assert_eq!(got.shown(), TYPES);
    assert_eq!(got.found.format, Format::Xlsx);
}

#[test]
fn days_counted_from_1904_are_the_same_days() {
    assert_eq!(file("types-1904.xlsx").shown(), TYPES);
}

#[test]
fn libreoffice_writes_the_same_values() {
    assert_eq!(file("libreoffice-types.xlsx").shown(), TYPES);
}

#[test]
fn pandas_columns_are_read() {
    assert_eq!(file("pandas.xlsx").shown(), ["[Sheet1]", "id|days|name|due", "1|10|a|2026-03-01", "2"]);
}

#[test]
fn titles_merged_ranges_and_two_tables_are_told_and_hidden_sheets_are_not() {
    let got = file("titles.xlsx");
    let expected = [
        "[Reporting]",
        "Ministry of Health: duties of reporting",
        "treaty|duty|due",
        "IHR|annual report|2026-03-01",
        "|focal point|2026-03-01",
        "BWC|confidence building|2026-03-01",
        "agency|head",
        "Institute of Health|true",
        "[Lists]",
        "yes",
    ];

    assert_eq!(got.shown(), expected);
    assert_eq!(got.lines(), [1, 3, 4, 5, 6, 9, 10, 1]);
    assert_eq!(
        got.rows().iter().map(|row| row.after_gap).collect::<Vec<_>>(),
        [false, true, false, false, false, true, false, false]
    );
    assert_eq!(got.found.left_out, ["Hidden", "Very hidden"]);
    assert_eq!(file("libreoffice-titles.xlsx").shown(), expected);
}

#[test]
fn merged_ranges_are_told_with_the_table() {
    let got = file("titles.xlsx");

    let Some(Item::Table { merged, .. }) = got.items.first() else { panic!("a table") };

    assert_eq!(merged.len(), 2);
    assert!(merged.contains(&Merged { first_row: 4, first_column: 0, last_row: 5, last_column: 0 }));
}

#[test]
fn formulas_give_their_saved_results_and_are_told() {
    let got = file("libreoffice-formulas.xlsx");

    assert_eq!(got.shown(), ["[Sums]", "a|b|sum|text|error", "1|2|3|1!|!ErrorValue", "3|4|7||!ErrorValue"]);
    assert_eq!(got.rows()[1].formulas, [2, 3, 4]);
    assert!(got.rows()[0].formulas.is_empty());
}

#[test]
fn formulas_without_saved_results_are_bad_cells() {
    assert_eq!(file("formulas.xlsx").faults(), [RowFaultCode::NoResult; 6]);
}

#[test]
fn what_stands_in_bad_cells_is_handed_out_where_it_is_wanted() {
    let raw = |name: &str, at: usize| {
        let path = format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"));
        let options = Options { limits: Limits { raw: 100, ..Limits::default() }, ..Options::default() };
        let got = read_with(&std::fs::read(path).expect("a file"), options).expect("rows");
        let held = got.rows()[at].raw.clone().expect("kept");
        held.into_iter().map(|cell| String::from_utf8(cell).expect("text")).collect::<Vec<_>>()
    };

    assert_eq!(raw("formulas.xlsx", 1), ["", "", "=A2+B2", "=A2&\"!\"", "=A2/0"]);
    assert_eq!(raw("libreoffice-formulas.xlsx", 1), ["", "", "", "", "#DIV/0!"]);
}

#[test]
fn other_workbooks_are_faults_that_name_the_remedy() {
    let path = |name| format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"));
    let ods = std::fs::read(path("old.ods")).expect("a file");
    let xls = std::fs::read(path("old.xls")).expect("a file");
    let mut locked = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    locked.extend("Root Entry EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));

    assert_eq!(code(&ods), FaultCode::OldWorkbook);
    assert_eq!(code(&xls), FaultCode::OldWorkbook);
    assert_eq!(code(&locked), FaultCode::Encrypted);
    assert!(fault(&xls, Options::default()).text.contains("save it as .xlsx"));
}

#[test]
fn a_declared_format_must_be_the_files() {
    let declared = |format| Options { format: Some(format), ..Options::default() };
    let book =
        std::fs::read(format!("{}/tests/files/types.xlsx", env!("CARGO_MANIFEST_DIR"))).expect("a file");

    assert_eq!(fault(b"a,b\n", declared(Format::Xlsx)).code, FaultCode::UnknownFormat);
    assert_eq!(fault(&book, declared(Format::Csv)).code, FaultCode::UnknownFormat);
}

#[test]
fn rows_of_all_sheets_count_against_the_limit() {
    let book =
        std::fs::read(format!("{}/tests/files/titles.xlsx", env!("CARGO_MANIFEST_DIR"))).expect("a file");
    let found = read(&book).found;
    let of = |rows| Options { limits: Limits { rows, ..Limits::default() }, ..Options::default() };

    // Each sheet has a row of names, which does not count.
    let rows = found.rows - found.tables;
    assert_eq!(fault(&book, of(rows - 1)).code, FaultCode::TooManyRows);
    assert_eq!(read_with(&book, of(rows)).map(|got| got.found.rows).ok(), Some(found.rows));
}
