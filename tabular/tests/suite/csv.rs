//! Separated text: cells, lines, charsets, and what is wrong with them.

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use crate::support::{code, fault, read, read_with};
use tabular::{
    Cell, Cells, Charset, FaultCode, Format, Item, Limits, LineEnd, Options, RowFaultCode, Written,
};

#[test]
fn cells_are_parted_and_unquoted() {
    let got = read("name,note\r\n\"Plan, national\",\"he said \"\"yes\"\"\"\r\nx,\r\n");

    assert_eq!(got.shown(), ["[]", "name|note", "Plan, national|he said \"yes\"", "x|"]);
    assert_eq!(got.found.format, Format::Csv);
    assert_eq!((got.found.separator, got.found.rows, got.found.tables), (Some(b','), 3, 1));
}

#[test]
fn lines_are_physical_for_every_line_end() {
    let text = "a,b\n1,\"x\ny\"\n\n2,z\n";

    assert_eq!(read(text).lines(), [1, 2, 5]);
    assert_eq!(read(text.replace('\n', "\r\n")).lines(), [1, 2, 5]);
    assert_eq!(read(text.replace('\n', "\r")).lines(), [1, 2, 5]);
    assert_eq!(read("a,b\r1,2\n3,4\r\n\r\n5,6\n\r7,8").lines(), [1, 2, 3, 5, 7]);
}

#[test]
fn line_breaks_within_quotes_stay_as_they_are() {
    assert_eq!(read("a,b\n\"x\r\ny\",\"p\rq\"").shown(), ["[]", "a|b", "x\r\ny|p\rq"]);
}

#[test]
fn rows_of_separators_are_left_out_but_counted() {
    let got = read("\n;;\na;b\n;\n1;2\n\n\"3\n\";4\n5;6\n");

    assert_eq!(got.lines(), [3, 5, 7, 9]);
    assert_eq!(got.rows().iter().map(|row| row.after_gap).collect::<Vec<_>>(), [false, true, true, false]);
}

#[test]
fn a_long_first_row_is_told_as_its_cell() {
    let options = Options { limits: Limits { cell: 5, ..Limits::default() }, ..Options::default() };

    assert_eq!(
        read_with(b"123456,b\n1,2\n", options).expect("rows").shown(),
        ["[]", "!CellTooLong|b", "1|2"]
    );
    assert_eq!(
        read_with(b"1234,1234,1234\n1,2\n", options).expect("rows").shown(),
        ["[]", "!RowTooLong", "1|2"]
    );
}

#[test]
fn text_as_utf32_is_refused() {
    let bytes: Vec<u8> = "a,b\n1,2\n".chars().flat_map(|sign| u32::from(sign).to_le_bytes()).collect();

    assert_eq!(code(&bytes), FaultCode::NotUtf8);
    assert_eq!(code([b"\xFF\xFE\0\0".as_slice(), &bytes].concat()), FaultCode::NotUtf8);
}

#[test]
fn a_separator_line_is_understood_and_left_out() {
    let got = read("\u{feff}sep=;\r\na;b,c\r\n1;2\r\n");

    assert_eq!(got.shown(), ["[]", "a|b,c", "1|2"]);
    assert_eq!(got.lines(), [2, 3]);
}

#[test]
fn a_declared_separator_wins() {
    let options = Options { separator: Some(b'|'), ..Options::default() };

    assert_eq!(read_with(b"a,b|c\n1|2", options).expect("rows").rows().len(), 2);
    assert_eq!(read_with(b"a,b|c\n", options).expect("rows").shown(), ["[]", "a,b|c"]);
}

#[test]
fn rows_of_other_widths_come_as_they_are() {
    assert_eq!(read("a,b\n1\n1,2,3").shown(), ["[]", "a|b", "1", "1|2|3"]);
}

#[test]
fn the_last_row_needs_no_line_end() {
    assert_eq!(read("a,b\n\"1\",\"2\"").shown(), ["[]", "a|b", "1|2"]);
    assert_eq!(read("a,b\n1,").shown(), ["[]", "a|b", "1|"]);
}

#[test]
fn spaces_after_a_closing_quote_are_let_pass_and_text_is_not() {
    let got = read("a,b\n\"1\" ,2\n\"1\"x,\"3\"\nsaid \"4\",5");

    assert_eq!(got.shown(), ["[]", "a|b", "1|2", "!TextAfterQuote|3", "said \"4\"|5"]);
}

#[test]
fn a_bad_cell_says_what_stands_there() {
    let got = read(b"a,b\n1,caf\xE9\n");
    let held = got.rows().iter().find_map(|row| match &row.cells {
        Cells::Cells(cells) => cells.iter().find_map(|cell| match cell {
            Cell::Bad(fault) => Some(fault.value.clone()),
            _ => None,
        }),
        _ => None,
    });

    assert_eq!(held, Some(Some("caf\u{fffd}".to_owned())));
}

#[test]
fn a_bad_cell_leaves_the_others_whole() {
    let got = read(b"a,b\n1,\xFF\n2,x\0y\n3,ok\n");

    assert_eq!(got.shown(), ["[]", "a|b", "1|!NotText", "2|!Nul", "3|ok"]);
}

#[test]
fn a_long_cell_and_a_long_row_are_told_and_left_out() {
    let limits = Limits { cell: 4, ..Limits::default() };
    let options = Options { limits, ..Options::default() };

    let got = read_with(b"a,b\n12345,x\n1,\"12345\"\n1234,1234,1\n1234,1234\n", options).expect("rows");

    assert_eq!(got.shown(), ["[]", "a|b", "!CellTooLong|x", "1|!CellTooLong", "!RowTooLong", "1234|1234"]);
}

#[test]
fn rows_are_also_handed_out_raw() {
    let rows: [&[u8]; 5] =
        [b"a;b", b"\"x;\r\ny\";\"say \"\"no\"\"\" ", b"\"1\" 2;\xFF;", b"\"\";123456789", b"x\0;\"\""];
    let limits = Limits { cell: 8, raw: 64, ..Limits::default() };

    let got =
        read_with(&rows.join(b"\r\n".as_slice()), Options { limits, ..Options::default() }).expect("rows");

    let raw = |row: &tabular::Row| row.raw.clone().expect("kept").join(&b';');
    assert_eq!(got.rows().into_iter().map(raw).collect::<Vec<_>>(), rows);
    assert_eq!(
        got.faults(),
        [RowFaultCode::TextAfterQuote, RowFaultCode::NotText, RowFaultCode::CellTooLong, RowFaultCode::Nul]
    );
}

#[test]
fn rows_that_are_too_long_are_not_handed_out_raw() {
    let limits = Limits { raw: 4, ..Limits::default() };

    let got = read_with(b"a,b\n12,345\n1,\"\"\n", Options { limits, ..Options::default() }).expect("rows");

    let kept = |row: &tabular::Row| row.raw.as_ref().map(Vec::len);
    assert_eq!(got.rows().into_iter().map(kept).collect::<Vec<_>>(), [Some(2), None, Some(2)]);
    assert!(read("a,b\n").rows().into_iter().all(|row| row.raw.is_none()));
}

#[test]
fn how_a_text_is_written_is_told_with_its_table() {
    let written = |text: &str| match read(text).items.first() {
        Some(Item::Table { written: Some(written), .. }) => *written,
        other => panic!("{other:?}"),
    };

    let of_excel = Written {
        has_mark: true,
        separator: Some(b';'),
        has_separator_line: true,
        line_end: LineEnd::CrLf,
        ..Written::default()
    };
    assert_eq!(written("\u{feff}sep=;\r\na;\"b\nc\"\r\n"), of_excel);
    assert_eq!(
        written("a\tb\r1\t2\r"),
        Written { separator: Some(b'\t'), line_end: LineEnd::Cr, ..Written::default() }
    );
    assert_eq!(written("[{}]"), Written { format: Format::Json, ..Written::default() });
}

#[test]
fn a_ten_megabyte_cell_is_a_bad_cell() {
    let text = format!("a,b\n1,{}\n2,\"{}\"\n3,x\n", "x".repeat(10 << 20), "y".repeat(10 << 20));

    assert_eq!(read(text).shown(), ["[]", "a|b", "1|!CellTooLong", "2|!CellTooLong", "3|x"]);
}

#[test]
fn faults_of_whole_files_are_told_with_their_lines() {
    let unbalanced = fault(b"a,b\n1,2\n3,\"4\n5,6\n", Options::default());

    assert_eq!((unbalanced.code, unbalanced.line), (FaultCode::UnbalancedQuote, Some(3)));
    assert_eq!(code(""), FaultCode::Empty);
    assert_eq!(code("\u{feff}"), FaultCode::Empty);
    assert_eq!(code(" \n\r\n"), FaultCode::Empty);
    assert_eq!(code("\n;;;\n"), FaultCode::Empty);
    assert_eq!(code("%PDF-1.7"), FaultCode::UnknownFormat);
    assert_eq!(code("<!DOCTYPE html><table>"), FaultCode::UnknownFormat);
}

#[test]
fn rows_over_the_limit_are_refused_where_they_begin() {
    let limits = Limits { rows: 2, ..Limits::default() };

    let fault = fault(b"a\n1\n2\n3\n", Options { limits, ..Options::default() });

    assert_eq!((fault.code, fault.line), (FaultCode::TooManyRows, Some(4)));
}

#[test]
fn the_line_of_names_is_no_row_of_the_limit() {
    let options = Options { limits: Limits { rows: 2, ..Limits::default() }, ..Options::default() };
    let read =
        |file: &'static str| tabular::read(Cursor::new(file), &options, &mut |_| ControlFlow::Continue(()));

    assert_eq!(read("a\n1\n2\n").map(|found| found.rows), Ok(3));
    assert_eq!(
        read("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n").map_err(|fault| fault.code),
        Err(FaultCode::TooManyRows)
    );
}

#[test]
fn the_visitor_ends_the_reading() {
    let mut seen = 0;

    let found = tabular::read(Cursor::new("a\n1\n2\n3\n"), &Options::default(), &mut |item| {
        seen += usize::from(matches!(item, Item::Row(_)));
        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .expect("found");

    assert!(found.stopped);
    assert_eq!((seen, found.rows), (2, 2));
}

#[test]
fn declared_and_shown_charsets_are_read() {
    let text = "Код;Имя\r\n1;План\r\n";
    let windows: Vec<u8> = encoding_rs::WINDOWS_1251.encode(text).0.into_owned();
    let marked: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let unmarked: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let declared = Options { charset: Some(Charset::Windows1251), ..Options::default() };
    let rows = ["[]", "Код|Имя", "1|План"];

    assert_eq!(read_with(&windows, declared).expect("rows").shown(), rows);
    assert_eq!(read(&marked).shown(), rows);
    assert_eq!(read(&marked).found.charset, Charset::Utf16Le);
    assert_eq!(read(&unmarked).shown(), rows);
    assert_eq!(read(&unmarked).found.charset, Charset::Utf16Be);
    assert_eq!(code(&windows), FaultCode::NotUtf8);
}

#[test]
fn many_bytes_of_another_charset_below_an_english_header_are_a_fault() {
    let windows = encoding_rs::WINDOWS_1251.encode("name\nНаименование органа управления\n").0;

    assert_eq!(code(&windows), FaultCode::NotUtf8);
    assert_eq!(read(b"name\ncaf\xE9\n").faults(), [RowFaultCode::NotText]);
}

/// A file of a pattern without end that counts what is read of it.
struct Endless {
    start: Cursor<Vec<u8>>,
    pattern: u8,
    length: u64,
    read: u64,
}

impl Endless {
    fn new(start: &str, pattern: u8, length: u64) -> Self {
        Self { start: Cursor::new(start.as_bytes().to_vec()), pattern, length, read: 0 }
    }
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let start = self.start.read(into)?;
        if start > 0 {
            return Ok(start);
        }
        let size = into.len().min(usize::try_from(self.length.saturating_sub(self.read)).expect("a size"));
        into[..size].fill(self.pattern);
        self.read += u64::try_from(size).expect("a size");
        Ok(size)
    }
}

impl Seek for Endless {
    fn seek(&mut self, place: SeekFrom) -> std::io::Result<u64> {
        self.read = 0;
        self.start.seek(place)
    }
}

#[test]
fn a_million_columns_are_refused_before_they_are_read() {
    let mut file = Endless::new("a,b", b',', 1 << 40);

    let fault = tabular::read(&mut file, &Options::default(), &mut |_| ControlFlow::Continue(())).err();

    assert_eq!(fault.map(|fault| fault.code), Some(FaultCode::TooManyColumns));
    assert!(file.read < 1 << 20);
}

#[test]
fn a_line_of_a_quarter_of_a_gigabyte_is_one_bad_cell() {
    let mut file = Endless::new("a", b'x', 1 << 28);
    let mut rows = Vec::new();

    let found = tabular::read(&mut file, &Options::default(), &mut |item| {
        rows.push(item);
        ControlFlow::Continue(())
    });

    assert_eq!(found.map(|found| found.rows), Ok(1));
    assert_eq!(rows.len(), 2);
}
