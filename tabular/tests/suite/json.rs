//! JSON arrays and lines of JSON.

use crate::support::{code, fault, read, read_with};
use tabular::{Cells, FaultCode, Format, Limits, Options, RowFaultCode};

#[test]
fn elements_of_an_array_are_rows_with_their_lines() {
    let got =
        read("\n[\n  {\"a\": 1, \"b\": \"x,]}\\\"\"},\r\n\r\n  {\n \"a\": [1, {\"c\": null}]\n}\n, {}]\n");

    assert_eq!(got.shown(), ["[]", r#"{"a":1,"b":"x,]}\""}"#, r#"{"a":[1,{"c":null}]}"#, "{}"]);
    assert_eq!(got.lines(), [3, 5, 8]);
    assert_eq!(got.found.format, Format::Json);
}

#[test]
fn an_empty_array_is_a_table_without_rows() {
    assert_eq!(read(" [ ] ").shown(), ["[]"]);
}

#[test]
fn bad_elements_are_told_and_reading_goes_on() {
    let got = read(r#"[1, "x", null, [{"a":1}], {"a":1,"a":2}, {a:1}, {"a":NaN}, , {"a":1}]"#);

    assert_eq!(
        got.faults(),
        [
            RowFaultCode::NotAnObject,
            RowFaultCode::NotAnObject,
            RowFaultCode::NotAnObject,
            RowFaultCode::NotAnObject,
            RowFaultCode::DuplicateMember,
            RowFaultCode::NotJson,
            RowFaultCode::NotJson,
            RowFaultCode::NotJson,
        ]
    );
    assert_eq!(got.found.rows, 9);
}

#[test]
fn rows_are_also_handed_out_raw() {
    let limits = Limits { cell: 8, raw: 64, ..Limits::default() };
    let raw = |text: &str| {
        let got = read_with(text.as_bytes(), Options { limits, ..Options::default() }).expect("rows");
        let one =
            |row: &tabular::Row| String::from_utf8(row.raw.clone().expect("kept").concat()).expect("text");
        got.rows().into_iter().map(one).collect::<Vec<_>>()
    };

    assert_eq!(
        raw("{\"a\": 1}\n{\"a\": \"more than sixteen bytes\"}\nno\n"),
        [r#"{"a": 1}"#, r#"{"a": "more than sixteen bytes"}"#, "no"]
    );
    assert_eq!(
        raw("[{\"a\":\n1} ,[2, 3], , \"more than sixteen bytes\"]"),
        ["{\"a\":\n1} ", "[2, 3]", "", "\"more than sixteen bytes\""]
    );
}

#[test]
fn the_text_of_one_row_is_read_as_rows_are() {
    let of = |text: &str| tabular::row_of_json(text, Limits::default());
    let code = |text: &str| match of(text) {
        Cells::Bad(bad) => bad.faults.first().map(|fault| fault.code),
        _ => None,
    };

    assert!(matches!(of("{\"a\": 1}"), Cells::Members(_)));
    assert_eq!(code("[1]"), Some(RowFaultCode::NotAnObject));
    assert_eq!(code(""), Some(RowFaultCode::NotJson));
}

#[test]
fn members_that_stand_twice_are_named_at_any_depth() {
    let got = read(r#"[{"a":{"b":1,"b":2},"c":1,"c":1}]"#);

    let Cells::Bad(bad) = &got.rows()[0].cells else { panic!("a bad row") };
    let names: Vec<_> = bad.faults.iter().filter_map(|fault| fault.member.as_deref()).collect();

    assert_eq!(names, ["b", "c"]);
}

#[test]
fn the_members_that_are_not_to_blame_are_told_with_a_bad_row() {
    let got = read(r#"[{"a":1,"a":2,"b":"x\u0000","c":"ok"},{"a":1}]"#);

    let Cells::Bad(bad) = &got.rows()[0].cells else { panic!("a bad row") };

    assert_eq!(bad.rest, serde_json::Map::from_iter([("c".to_owned(), "ok".into())]));
}

#[test]
fn nul_and_wrong_bytes_make_bad_rows() {
    assert_eq!(read("{\"a\":\"x\\u0000\"}\n{\"a\":1}").faults(), [RowFaultCode::Nul]);
    assert_eq!(read(b"{\"a\":\"\xFF\"}\n{\"a\":1}").faults(), [RowFaultCode::NotText]);
}

#[test]
fn lines_of_objects_are_rows_and_blank_lines_count() {
    let got = read("{\"a\":1}\r\n\r\n{\"a\":2}\r{\"a\":3}\n");

    assert_eq!(got.shown(), ["[]", r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#]);
    assert_eq!(got.lines(), [1, 3, 4]);
    assert_eq!(got.found.format, Format::Ndjson);
}

#[test]
fn a_line_that_is_no_object_is_a_bad_row() {
    let got = read("{\"a\":1}\nx\n[1]\n{\"a\":\n{\"a\":2} {\"a\":3}\n{\"a\":4}");

    assert_eq!(
        got.faults(),
        [RowFaultCode::NotJson, RowFaultCode::NotAnObject, RowFaultCode::NotJson, RowFaultCode::NotJson]
    );
    assert_eq!(got.lines(), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn one_object_is_a_record_on_one_line_and_a_fault_on_several() {
    assert_eq!(read(r#"{"a":1}"#).found.rows, 1);
    let several = fault(b"{\n  \"a\": 1\n}\n", Options::default());

    assert_eq!((several.code, several.line), (FaultCode::NotAnArray, Some(1)));
}

#[test]
fn a_first_line_that_breaks_off_is_a_bad_row_where_an_object_begins_in_the_next() {
    let got = read("{\"a\":\n\n {\"a\":2}\n{\"a\":3}");

    assert_eq!(got.shown(), ["[]", "[NotJson]", r#"{"a":2}"#, r#"{"a":3}"#]);
    assert_eq!(got.lines(), [1, 3, 4]);
    assert_eq!(read("{\"a\":\n").faults(), [RowFaultCode::NotJson]);
}

#[test]
fn documents_that_break_off_or_go_on_are_faults() {
    let broken = fault(b"[\n{\"a\":1},\n{\"a\":\"x", Options::default());

    assert_eq!((broken.code, broken.line), (FaultCode::BrokenJson, Some(3)));
    assert_eq!(code("[{\"a\":1}"), FaultCode::BrokenJson);
    assert_eq!(code("[{\"a\":1},"), FaultCode::BrokenJson);
    assert_eq!(code("[{\"a\":1}] x"), FaultCode::BrokenJson);
    assert_eq!(
        fault(b"{\"a\":1}", Options { format: Some(Format::Json), ..Options::default() }).code,
        FaultCode::NotAnArray
    );
}

#[test]
fn long_rows_and_long_members_are_bad_rows() {
    let limits = Limits { cell: 20, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let member = format!("{{\"a\":\"{}\"}}", "x".repeat(21));
    let row = format!("{{\"a\":\"{}\"}}", "x".repeat(60));

    let array = read_with(format!("[{member},{row},{{\"b\":1}}]").as_bytes(), options).expect("rows");
    let lines = read_with(format!("{member}\n{row}\n{{\"b\":1}}\n").as_bytes(), options).expect("rows");

    assert_eq!(array.shown(), ["[]", "[CellTooLong]", "[RowTooLong]", r#"{"b":1}"#]);
    assert_eq!(lines.shown(), array.shown());
}

#[test]
fn too_many_members_are_a_fault() {
    let members: Vec<String> = (0..65).map(|number| format!("\"m{number}\":0")).collect();

    assert_eq!(code(format!("[{{{}}}]", members.join(","))), FaultCode::TooManyColumns);
}

#[test]
fn deep_nesting_is_a_bad_row() {
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));

    assert_eq!(read(format!("[{deep},{{\"a\":1}}]")).faults(), [RowFaultCode::NotJson]);
    assert_eq!(read(format!("{deep}\n{{\"a\":1}}")).faults(), [RowFaultCode::NotJson]);
}
