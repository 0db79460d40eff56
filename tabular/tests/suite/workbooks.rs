//! Workbooks made to harm, or by careless scripts.

use crate::support::{code, fault, read, read_with};
use crate::zips::zip;
use tabular::{FaultCode, Limits, Options, RowFaultCode};

const NONE: &str = "<sst/>";

const BOOK: &str =
    r#"<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

/// A workbook of one sheet, by its XML and that of its shared strings.
fn workbook(sheet: &str, strings: &str) -> Vec<u8> {
    parts(BOOK, sheet, strings)
}

/// A workbook by the XML of its parts.
fn parts(book: &str, sheet: &str, strings: &str) -> Vec<u8> {
    let relations = r#"<Relationships>
        <Relationship Id="rId1" Type="http://x/relationships/worksheet" Target="worksheets/sheet1.xml"/>
        <Relationship Id="rId2" Type="http://x/relationships/sharedStrings" Target="/xl/sharedStrings.xml"/>
        </Relationships>"#;
    zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ])
}

/// A sheet of the rows.
fn sheet(rows: &str) -> String {
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")
}

#[test]
fn places_may_be_missing_and_names_may_have_prefixes() {
    let text = "<x:worksheet><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c t='inlineStr'><x:is><x:t>b</x:t></x:is></x:c></x:row><x:row><x:c t='b'><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>";

    assert_eq!(read(workbook(text, NONE)).shown(), ["[S]", "1|b", "true"]);
}

#[test]
fn rich_and_phonetic_shared_texts_are_their_plain_text() {
    let strings = "<sst uniqueCount='99999999999999'><si><r><t>a</t></r><r><t> b&amp;</t></r><rPh><t>no</t></rPh></si><si><t/></si></sst>";
    let rows = "<row r='3'><c r='A3' t='s'><v>0</v></c><c r='B3' t='s'><v>1</v></c><c r='C3' t='s'><v>2</v></c></row>";

    let got = read(workbook(&sheet(rows), strings));

    assert_eq!(got.shown(), ["[S]", "a b&||!BadValue"]);
    assert_eq!(got.lines(), [3]);
}

#[test]
fn unknown_error_values_and_wrong_values_are_bad_cells() {
    let rows = "<row><c t='e'><v>#SPILL!</v></c><c t='b'><v>7</v></c><c><v>1e999</v></c><c t='d'><v>2026-13-01</v></c><c t='d'><v>2026-03-01</v></c><c t='inlineStr'><is><t>a_x0000_</t></is></c></row>";

    let got = read(workbook(&sheet(rows), NONE));

    assert_eq!(got.shown(), ["[S]", "!ErrorValue|!BadValue|!BadValue|!BadValue|2026-03-01|!Nul"]);
}

#[test]
fn far_cells_do_not_hold_what_lies_between() {
    let rows = "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='B1048576'><v>2</v></c><c r='XFD1048576' s='4'/></row>";

    let got = read(workbook(&sheet(rows), NONE));

    assert_eq!(got.lines(), [1, 1_048_576]);
}

#[test]
fn a_cell_in_a_far_column_is_a_fault() {
    let far = fault(&workbook(&sheet("<row r='7'><c r='XFD7'><v>1</v></c></row>"), NONE), Options::default());

    assert_eq!((far.code, far.line), (FaultCode::TooManyColumns, Some(7)));
}

#[test]
fn places_that_no_sheet_has_are_faults() {
    let broken = |rows: &str| code(workbook(&sheet(rows), NONE));

    assert_eq!(broken("<row r='1'><c r='ZZZZZZZZZZ1'><v>1</v></c></row>"), FaultCode::BrokenWorkbook);
    assert_eq!(broken("<row r='99999999999999999999'><c><v>1</v></c></row>"), FaultCode::BrokenWorkbook);
    assert_eq!(
        broken("<row r='2'><c><v>1</v></c></row><row r='1'><c><v>1</v></c></row>"),
        FaultCode::BrokenWorkbook
    );
}

#[test]
fn document_types_and_entities_are_refused() {
    let entities = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>";
    let rows = sheet("<row><c t='str'><v>&b;</v></c></row>");

    assert_eq!(code(workbook(&format!("{entities}{rows}"), NONE)), FaultCode::Doctype);
    assert_eq!(code(workbook(&rows, NONE)), FaultCode::BrokenWorkbook);
    assert_eq!(code(workbook(&rows, &format!("{entities}<sst/>"))), FaultCode::Doctype);
}

#[test]
fn deep_and_broken_xml_is_a_fault() {
    assert_eq!(code(workbook(&"<a>".repeat(100_000), NONE)), FaultCode::BrokenWorkbook);
    assert_eq!(code(workbook("<worksheet><sheetData><row><c><v>1", NONE)), FaultCode::BrokenWorkbook);
    assert_eq!(code(workbook("<worksheet></sheetData>", NONE)), FaultCode::BrokenWorkbook);
    assert_eq!(code(parts("", &sheet(""), NONE)), FaultCode::NoTable);
}

#[test]
fn a_part_larger_than_the_limit_is_refused_while_it_is_unpacked() {
    let limits = Limits { unpacked: 1 << 20, ..Limits::default() };
    let rows = "<row><c/></row>".repeat(200_000);

    let fault = fault(&workbook(&sheet(&rows), NONE), Options { limits, ..Options::default() });

    assert_eq!(fault.code, FaultCode::TooLarge);
}

#[test]
fn a_long_text_is_a_bad_cell_and_a_far_longer_one_a_fault() {
    let cell = |length: usize| {
        let text = "x".repeat(length);
        workbook(&sheet(&format!("<row><c t='str'><v>{text}</v></c><c><v>1</v></c></row>")), NONE)
    };

    assert_eq!(read(cell((1 << 20) + 1)).shown(), ["[S]", "!CellTooLong|1"]);
    assert_eq!(code(cell(10 << 20)), FaultCode::TooLarge);
}

#[test]
fn a_place_named_again_has_its_last_value_and_is_told_once() {
    let cell = |value: u8| format!("<c r='B1'><f>A1</f><v>{value}</v></c>");
    let rows = format!("<row>{}{}<c r='A1'><f>1</f><v>3</v></c></row>", cell(1), cell(2));

    let got = read(workbook(&sheet(&rows), NONE));

    assert_eq!(got.shown(), ["[S]", "3|2"]);
    assert_eq!(got.rows()[0].formulas, [0, 1]);
}

#[test]
fn many_sheets_and_long_names_are_refused() {
    let many = format!("<workbook>{}</workbook>", "<sheet name='S'/>".repeat(10_001));
    let long =
        format!("<workbook>{}</workbook>", format!("<sheet name='{}'/>", "x".repeat(1 << 20)).repeat(5));

    assert_eq!(code(parts(&many, &sheet(""), NONE)), FaultCode::TooLarge);
    assert_eq!(code(parts(&long, &sheet(""), NONE)), FaultCode::TooLarge);
}

#[test]
fn one_shared_text_named_again_and_again_counts_each_time() {
    let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(1000));
    let rows = "<row><c t='s'><v>0</v></c></row>".repeat(1000);
    let limits = Limits { unpacked: 1 << 19, ..Limits::default() };

    let fault = fault(&workbook(&sheet(&rows), &strings), Options { limits, ..Options::default() });

    assert_eq!(fault.code, FaultCode::TooLarge);
}

#[test]
fn a_long_row_is_a_bad_row() {
    let limits = Limits { cell: 10, ..Limits::default() };
    let cells = "<c t='str'><v>123456789</v></c>".repeat(3);
    let rows = format!("<row>{cells}</row><row><c><v>1</v></c></row>");

    let got =
        read_with(&workbook(&sheet(&rows), NONE), Options { limits, ..Options::default() }).expect("rows");

    assert_eq!(got.shown(), ["[S]", "!RowTooLong", "1"]);
    assert_eq!(got.faults(), [RowFaultCode::RowTooLong]);
}
