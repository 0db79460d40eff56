//! What the first bytes of a file say.

use crate::fault::{Fault, FaultCode};
use crate::options::{Charset, Format, LineEnd};

/// How many bytes at the start tell a container.
pub(crate) const MAGIC: u64 = 16;

/// What holds the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Plain,
    Gzip,
    Zstd,
    Zip,
    /// An OLE2 compound file: an old workbook, or one with a password.
    Compound,
}

/// Formats that are known but not read: how they begin, and their name.
const UNREAD: [(&[u8], &str); 9] = [
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"{\\rtf", "an RTF document"),
    (b"BZh", "packed by bzip2; pack it by gzip or zstd"),
    (b"\xFD7zXZ", "packed by xz; pack it by gzip or zstd"),
    (b"7z\xBC\xAF", "packed by 7-Zip; pack it as a zip"),
    (b"Rar!", "packed by RAR; pack it as a zip"),
    (b"\x1F\x9D", "packed by compress; pack it by gzip or zstd"),
];

/// Tells what holds the text.
///
/// # Errors
/// `UnknownFormat` if it begins as a format that is known but not read.
pub(crate) fn container(head: &[u8]) -> Result<Container, Fault> {
    if let Some((_, name)) = UNREAD.iter().find(|(magic, _)| head.starts_with(magic)) {
        let text = format!("the file is {name}; CSV, JSON, NDJSON, XLSX and zips of them are read");
        return Err(Fault::new(FaultCode::UnknownFormat, text));
    }
    Ok(match head {
        [0x1F, 0x8B, ..] => Container::Gzip,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Container::Zstd,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Container::Zip,
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Container::Compound,
        _ => Container::Plain,
    })
}

pub(crate) fn empty() -> Fault {
    Fault::new(FaultCode::Empty, "the file holds nothing")
}

/// The charset that the bytes show, and the length of the byte order mark.
pub(crate) fn charset(head: &[u8]) -> (Option<Charset>, usize) {
    match head {
        [0xEF, 0xBB, 0xBF, ..] => (Some(Charset::Utf8), 3),
        [0xFF, 0xFE, ..] => (Some(Charset::Utf16Le), 2),
        [0xFE, 0xFF, ..] => (Some(Charset::Utf16Be), 2),
        _ => (by_nuls(head), 0),
    }
}

/// Whether the text is UTF-32: by its mark, or because each of its first characters has two NULs before or behind it.
pub(crate) fn is_utf32(head: &[u8]) -> bool {
    if matches!(head, [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..]) {
        return true;
    }
    let first = head.as_chunks::<4>().0.iter().take(16);
    let all = |holds: fn(&[u8; 4]) -> bool| first.len() > 1 && first.clone().all(holds);
    all(|[low, _, plane, last]| *low != 0 && *plane == 0 && *last == 0)
        || all(|[last, plane, _, low]| *low != 0 && *plane == 0 && *last == 0)
}

/// UTF-16 without a mark: NULs in every second place only, and nearly all else there as small, as it is in Latin and
/// Cyrillic text.
fn by_nuls(head: &[u8]) -> Option<Charset> {
    let (pairs, _) = head.as_chunks::<2>();
    let count = |holds: fn(&[u8; 2]) -> bool| pairs.iter().filter(|pair| holds(pair)).count();
    let most = |small: usize| small >= pairs.len() - pairs.len() / 4;
    match (count(|[first, _]| *first == 0), count(|[_, second]| *second == 0)) {
        (0, 1..) if most(count(|[_, second]| *second < b' ')) => Some(Charset::Utf16Le),
        (1.., 0) if most(count(|[first, _]| *first < b' ')) => Some(Charset::Utf16Be),
        _ => None,
    }
}

/// The format that text shows by its first character, if it has one.
///
/// # Errors
/// `UnknownFormat` if it begins as HTML or XML.
pub(crate) fn format(head: &[u8]) -> Result<Option<Format>, Fault> {
    let text = head.trim_ascii_start();
    let begins =
        |what: &str| text.get(..what.len()).is_some_and(|start| start.eq_ignore_ascii_case(what.as_bytes()));
    if begins("<?xml") || begins("<html") || begins("<!doctype") || begins("<table") {
        let text = "the file is HTML or XML, whatever its name says; save it as CSV or XLSX";
        return Err(Fault::new(FaultCode::UnknownFormat, text));
    }
    Ok(match text.first() {
        None => None,
        Some(b'[') => Some(Format::Json),
        Some(b'{') => Some(Format::Ndjson),
        Some(_) => Some(Format::Csv),
    })
}

/// The first line `sep=`: its separator, and its length without the line's end.
pub(crate) fn separator_line(head: &[u8]) -> Option<(u8, usize)> {
    match head {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator, b'\r' | b'\n', ..]
            if separator.is_ascii() && !separator.is_ascii_alphanumeric() && *separator != b'"' =>
        {
            Some((*separator, 5))
        }
        _ => None,
    }
}

/// The most frequent of `,` `;` and tab outside quotes in the first line that is not blank.
pub(crate) fn separator(head: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b'\t', 0), (b';', 0), (b',', 0)];
    for &byte in head.trim_ascii_start() {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(each, _)| *each == byte).for_each(|(_, count)| *count += 1),
        }
    }
    // The rarer in prose comes first and wins a draw; without any, it is a comma.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let best = counts.iter().find(|(_, count)| *count == most && most > 0);
    best.map_or(b',', |(separator, _)| *separator)
}

/// What the first line ends by that ends outside quotes.
pub(crate) fn line_end(head: &[u8]) -> LineEnd {
    let mut quoted = false;
    let mut bytes = head.iter().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => return LineEnd::Lf,
            b'\r' if !quoted && bytes.peek() == Some(&&b'\n') => return LineEnd::CrLf,
            b'\r' if !quoted => return LineEnd::Cr,
            _ => {}
        }
    }
    LineEnd::default()
}

/// Whether bytes beyond ASCII are mostly not UTF-8, so that the file as a whole is in another charset.
pub(crate) fn mostly_not_utf8(head: &[u8]) -> bool {
    let mut right = 0;
    let mut wrong = 0;
    for chunk in head.utf8_chunks() {
        right += chunk.valid().chars().filter(|char| !char.is_ascii()).count();
        wrong += chunk.invalid().len();
    }
    wrong >= 16 && wrong > right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separator_is_counted_outside_quotes_in_the_first_line() {
        assert_eq!(separator(b"\n\n\"a,b,c\";d\n1,2,3,4"), b';');
        assert_eq!(separator(b"a\tb,c\td"), b'\t');
        assert_eq!(separator(b"name"), b',');
        assert_eq!(separator(b"a;b,c"), b';');
    }

    #[test]
    fn utf16_is_known_by_its_nuls() {
        assert_eq!(charset(b"a\0,\0b\0"), (Some(Charset::Utf16Le), 0));
        assert_eq!(charset(b"\0a\0,\0b"), (Some(Charset::Utf16Be), 0));
        assert_eq!(charset(b"a,b\n1,\x002\n,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,"), (None, 0));
    }

    #[test]
    fn utf32_is_known_by_its_mark_or_its_nuls() {
        assert!(is_utf32(b"\xFF\xFE\0\0a\0\0\0"));
        assert!(is_utf32(b"\0\0\xFE\xFF\0\0\0a"));
        assert!(is_utf32(b"a\0\0\0,\0\0\0"));
        assert!(is_utf32(b"\0\0\x04\x10\0\0\0,"));
        assert!(!is_utf32(b"\xFF\xFEa\0,\0b\0"));
        assert!(!is_utf32(b"a\0\0\0"));
        assert!(!is_utf32(b"a,b\n1,2,"));
    }

    #[test]
    fn a_separator_line_names_no_letter() {
        assert_eq!(separator_line(b"sep=;\r\na;b"), Some((b';', 5)));
        assert_eq!(separator_line(b"sep=|\na|b"), Some((b'|', 5)));
        assert_eq!(separator_line(b"sep=a\nb"), None);
        assert_eq!(separator_line(b"sep=;b\n"), None);
    }

    #[test]
    fn line_ends_are_found_outside_quotes() {
        assert_eq!(line_end(b"\"a\nb\";c\r\n1;2\n"), LineEnd::CrLf);
        assert_eq!(line_end(b"a;b\r1;2\r"), LineEnd::Cr);
        assert_eq!(line_end(b"a;b\n1;2\r\n"), LineEnd::Lf);
        assert_eq!(line_end(b"a;b"), LineEnd::Lf);
    }

    #[test]
    fn other_charsets_show_by_many_wrong_bytes() {
        assert!(mostly_not_utf8(&[0xCF; 40]));
        assert!(!mostly_not_utf8("Наименование;Код".as_bytes()));
        assert!(!mostly_not_utf8(b"one \xFF among many"));
    }
}
