//! Packed files, packages, and bombs.

use std::io::Write;

use crate::support::{code, fault, file, read, read_with};
use crate::zips::zip;
use flate2::Compression as Level;
use flate2::write::GzEncoder;
use tabular::{Charset, Compression, FaultCode, Format, Limits, Options};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::best());
    encoder.write_all(bytes).expect("packed");
    encoder.finish().expect("packed")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("packed")
}

#[test]
fn files_of_desktops_are_read() {
    let rows = ["[]", "Код|Наименование|Сумма", "1|Закон о здоровье|10,5", "2|План; национальный|7"];
    let options = Options { charset: Some(Charset::Windows1251), ..Options::default() };
    let path = format!("{}/tests/files/excel-russian-1251.csv", env!("CARGO_MANIFEST_DIR"));
    let windows = read_with(&std::fs::read(path).expect("a file"), options).expect("rows");

    assert_eq!(file("excel-russian.csv").shown(), rows);
    assert_eq!(windows.shown(), rows);
    assert_eq!(file("excel-unicode.txt").shown(), rows);
    assert_eq!(file("excel-macintosh.csv").lines(), [1, 2, 4]);
}

#[test]
fn files_of_pandas_are_read() {
    assert_eq!(
        file("pandas.csv").shown(),
        ["[]", "id|days|name|due", "1|10.0|a|2026-03-01", "2|NaN|NaN|NaN"]
    );
    assert_eq!(file("pandas.csv.gz").shown(), ["[]", "id|days|name|due", "1|10.0|a|2026-03-01", "2|||"]);
    assert_eq!(file("pandas.csv.gz").found.compression, Some(Compression::Gzip));
    assert_eq!(file("pandas.json").lines(), [2, 8]);
    assert_eq!(file("pandas.ndjson").shown(), file("pandas.json").shown());
}

#[test]
fn gzip_and_zstd_are_unpacked_also_in_several_parts() {
    let parts = [gzip(b"a,b\n1,"), gzip(b"2\n")].concat();
    let frames = [zstd(b"a,b\n1,"), zstd(b"2\n")].concat();

    assert_eq!(read(&parts).shown(), ["[]", "a|b", "1|2"]);
    assert_eq!(read(&frames).shown(), ["[]", "a|b", "1|2"]);
    assert_eq!(read(&frames).found.compression, Some(Compression::Zstd));
}

#[test]
fn what_is_packed_twice_is_refused() {
    assert_eq!(code(gzip(&gzip(b"a\n"))), FaultCode::NestedCompression);
    assert_eq!(code(zstd(&zip(&[("a.csv", b"a\n")]))), FaultCode::NestedCompression);
    assert_eq!(code(zip(&[("a.csv", &gzip(b"a\n"))])), FaultCode::NestedCompression);
}

#[test]
fn damaged_streams_are_told() {
    let gzip = gzip(&b"a,b\n".repeat(1000));
    let zstd = zstd(&b"a,b\n".repeat(1000));
    let zip = zip(&[("a.csv", &b"a,b\n".repeat(1000))]);

    assert_eq!(code(&gzip[..gzip.len() - 4]), FaultCode::BrokenCompression);
    assert_eq!(code(&zstd[..zstd.len() - 4]), FaultCode::BrokenCompression);
    assert_eq!(code(&zip[..zip.len() - 4]), FaultCode::BrokenZip);
    assert_eq!(code(gzip_of_garbage()), FaultCode::BrokenCompression);
}

fn gzip_of_garbage() -> Vec<u8> {
    b"\x1F\x8B\x08\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF".to_vec()
}

#[test]
fn an_empty_packed_file_is_empty() {
    assert_eq!(code(gzip(b"")), FaultCode::Empty);
    assert_eq!(code(zip(&[("a.csv", b"")])), FaultCode::Empty);
    assert_eq!(code(zip(&[])), FaultCode::NoTable);
}

#[test]
fn a_list_of_no_objects_is_a_whole_file() {
    let lines = Options { format: Some(Format::Ndjson), ..Options::default() };
    let table = Options { format: Some(Format::Csv), ..Options::default() };
    let blank = Options { empty: Some(Format::Ndjson), ..Options::default() };

    for file in [b"".to_vec(), b" \r\n".to_vec(), "\u{feff}".into(), gzip(b"")] {
        for options in [lines, blank] {
            let got = read_with(&file, options).expect("no rows");
            assert_eq!((got.shown(), got.found.format), (vec!["[]".to_owned()], Format::Ndjson));
        }
    }
    assert_eq!(read(zip(&[("tasks.ndjson", b"")])).shown(), ["[tasks]"]);
    assert_eq!(fault(b"", Options { empty: blank.empty, ..table }).code, FaultCode::Empty);
    assert_eq!(fault(b"\n;;;\n", blank).code, FaultCode::Empty);
}

#[test]
fn bombs_end_at_the_limit() {
    let limits = Limits { unpacked: 1 << 20, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let rows = b"1,2\n".repeat(1 << 20);

    assert_eq!(fault(&gzip(&rows), options).code, FaultCode::TooLarge);
    assert_eq!(fault(&zstd(&rows), options).code, FaultCode::TooLarge);
    assert_eq!(fault(&zip(&[("a.csv", &rows)]), options).code, FaultCode::TooLarge);
    assert_eq!(fault(&rows, options).code, FaultCode::TooLarge);
}

#[test]
fn all_files_of_a_zip_share_the_limit() {
    let limits = Limits { unpacked: 1000, ..Limits::default() };
    let rows = b"1,2\n".repeat(150);

    let fault = fault(&zip(&[("a.csv", &rows), ("b.csv", &rows)]), Options { limits, ..Options::default() });

    assert_eq!(fault.code, FaultCode::TooLarge);
    assert!(fault.text.starts_with("b: "));
}

#[test]
fn a_window_that_needs_much_memory_is_refused() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).expect("an encoder");
    encoder.window_log(27).expect("a window");
    encoder.write_all(&b"a,b\n".repeat(1000)).expect("packed");

    assert_eq!(code(encoder.finish().expect("packed")), FaultCode::BrokenCompression);
}

#[test]
fn a_package_gives_the_tables_that_its_description_names() {
    let got = file("package.zip");

    assert_eq!(got.shown(), ["[plans]", "код|имя", "1|План", "[tasks]", r#"{"id":1}"#, r#"{"id":2}"#]);
    assert_eq!((got.found.format, got.found.tables, got.found.rows), (Format::Package, 2, 4));
    assert_eq!((got.found.charset, got.found.separator), (Charset::Windows1251, Some(b'|')));
    assert_eq!(got.found.left_out, ["data/unnamed.csv"]);
}

#[test]
fn a_plain_zip_gives_its_tables_by_their_names() {
    let got = file("files.zip");

    assert_eq!(got.shown(), ["[plans]", "id|name", "1|a", "[tasks]", r#"{"id":1}"#]);
    assert_eq!(got.found.left_out, ["read me.pdf"]);
}

#[test]
fn descriptions_that_do_not_fit_are_told() {
    let described = |text: &str| code(zip(&[("datapackage.json", text.as_bytes()), ("a.csv", b"a\n")]));

    assert_eq!(described("{"), FaultCode::BrokenPackage);
    assert_eq!(described(r#"{"resources":[{"name":"b","path":"b.csv"}]}"#), FaultCode::BrokenPackage);
    assert_eq!(
        described(r#"{"resources":[{"name":"b","path":["a.csv","b.csv"]}]}"#),
        FaultCode::BrokenPackage
    );
    assert_eq!(described(r#"{"resources":[{"name":"b","data":[]}]}"#), FaultCode::BrokenPackage);
    assert_eq!(described(r#"{"resources":[{"name":"b","path":"../a.csv"}]}"#), FaultCode::BrokenPackage);
    assert_eq!(described(r#"{"resources":[]}"#), FaultCode::NoTable);
}

/// A zip of one CSV file, described with these members of its resource.
fn described(members: &str, table: &str) -> Vec<u8> {
    let text = format!(r#"{{"resources":[{{"name":"a","path":"a.csv"{members}}}]}}"#);
    let files = [("a.csv", table), ("b.csv", "x\n"), ("schema.json", r#"{"missingValues":["", "n/a"]}"#)];
    let mut files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    files.push(("datapackage.json", text.as_bytes()));
    zip(&files)
}

#[test]
fn files_that_a_description_does_not_name_are_told() {
    assert_eq!(read(described("", "x\n")).found.left_out, ["b.csv", "schema.json"]);
    assert_eq!(read(described(r#","schema":"schema.json""#, "x\n")).found.left_out, ["b.csv"]);
}

#[test]
fn a_description_says_what_stands_for_nothing() {
    let table = "n/a;x\nn/a;-\n1;n/a\n";
    let shown = |members: &str| read(described(members, table)).shown();

    assert_eq!(shown(r#","schema":{"missingValues":["","-"]}"#), ["[a]", "n/a|x", "n/a|", "1|n/a"]);
    assert_eq!(shown(r#","schema":"schema.json""#), ["[a]", "n/a|x", "|-", "1|"]);
    assert_eq!(shown(r#","dialect":{"nullSequence":"-"}"#), ["[a]", "n/a|x", "n/a|", "1|n/a"]);
}

#[test]
fn settings_of_a_description_are_followed_or_named_and_refused() {
    let refused = |members: &str| {
        let fault = fault(&described(members, "a|b\n1|2\n"), Options::default());
        assert_eq!(fault.code, FaultCode::BrokenPackage);
        fault.text.split(" says ").nth(1).and_then(|text| text.split(", which").next()).map(str::to_owned)
    };
    let followed =
        r#","dialect":{"csv":{"delimiter":"|","quoteChar":"\"","header":true,"lineTerminator":"\n"}}"#;

    assert_eq!(read(described(followed, "a|b\n1|2\n")).shown(), ["[a]", "a|b", "1|2"]);
    for (members, told) in [
        (r#","dialect":{"header":false}"#, "dialect.header false"),
        (r#","dialect":{"quoteChar":"'"}"#, r#"dialect.quoteChar "'""#),
        (r##","dialect":{"commentChar":"#"}"##, r##"dialect.commentChar "#""##),
        (r#","dialect":{"delimiter":"||"}"#, r#"dialect.delimiter "||""#),
        (r#","dialect":{"csv":{"escapeChar":"\\"}}"#, r#"dialect.csv.escapeChar "\\""#),
        (r#","dialect":"dialect.json""#, r#"dialect "dialect.json""#),
        (r#","encoding":"koi8-r""#, "encoding koi8-r"),
        (r#","format":"json","schema":{"missingValues":["-"]}"#, "missingValues of a file that is no CSV"),
        (r#","schema":{"fields":[{"name":"a","missingValues":["-"]}]}"#, "missingValues of single fields"),
    ] {
        assert_eq!(refused(members).as_deref(), Some(told));
    }
}

#[test]
fn two_files_with_one_name_are_refused() {
    let mut twice = zip(&[("a.csv", b"x\n1\n"), ("b.csv", b"x\n2\n")]);
    let places: Vec<usize> = (0..twice.len() - 5).filter(|at| &twice[*at..*at + 5] == b"b.csv").collect();
    for at in &places {
        twice[*at] = b'a';
    }

    assert_eq!(places.len(), 2);
    assert_eq!(code(&twice), FaultCode::BrokenZip);
    assert_eq!(code(zip(&[("a.csv", b"x\n"), ("A.CSV", b"x\n")])), FaultCode::BrokenZip);
}

#[test]
fn workbooks_within_a_zip_are_read() {
    let bytes = |name: &str| {
        std::fs::read(format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a file")
    };
    let (pandas, titles, old) = (bytes("pandas.xlsx"), bytes("titles.xlsx"), bytes("old.xls"));
    let text = r#"{"resources":[{"name":"tasks","path":"data/pandas.xlsx"}]}"#;

    let plain = read(zip(&[("tasks.xlsx", &pandas), ("b.csv", b"x\n1\n")]));
    let several = read(zip(&[("titles.xlsx", &titles)]));
    let described = read(zip(&[("datapackage.json", text.as_bytes()), ("data/pandas.xlsx", &pandas)]));

    assert_eq!(plain.shown(), ["[tasks]", "id|days|name|due", "1|10|a|2026-03-01", "2", "[b]", "x", "1"]);
    assert_eq!((plain.found.format, plain.found.tables), (Format::Package, 2));
    assert_eq!(several.shown()[0], "[Reporting]");
    assert_eq!(several.found.left_out, ["Hidden", "Very hidden"]);
    assert_eq!(described.shown(), plain.shown()[..4]);
    assert_eq!(code(zip(&[("a.xlsx", &old)])), FaultCode::OldWorkbook);
    assert_eq!(code(zip(&[("a.xlsx", b"a,b\n")])), FaultCode::UnknownFormat);
    assert_eq!(code(zip(&[("a.xlsx", &zip(&[("b.xlsx", &pandas)]))])), FaultCode::UnknownFormat);
}

#[test]
fn other_office_documents_are_no_tables() {
    let document = zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]);
    let binary = zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", b"")]);

    assert_eq!(code(document), FaultCode::UnknownFormat);
    assert_eq!(code(binary), FaultCode::OldWorkbook);
}

#[test]
fn a_zip_of_too_many_files_is_refused() {
    let names: Vec<String> = (0..10_001).map(|number| format!("{number}.csv")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();

    assert_eq!(code(zip(&files)), FaultCode::TooLarge);
}
