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
