//! Reads one text: finds its charset and its format, then hands it to that format's reader.

use std::io::{BufReader, Cursor, Read};

use crate::detect::{self, Container};
use crate::fault::{Fault, FaultCode, Halt};
use crate::item::{Found, Written};
use crate::options::{Charset, Format, Options};
use crate::sink::Sink;
use crate::{charset, csv, json, ndjson};

/// How much is looked at to find charset, format and separator.
const HEAD: u64 = 64 * 1024;

/// What is known of a text.
pub(crate) struct Table<'t> {
    /// The name of its table.
    pub name: Option<String>,
    pub options: &'t Options,
    /// What stands for nothing in cells of CSV.
    pub missing: &'t [String],
}

/// Reads the text as one table.
///
/// # Errors
/// `Empty`; `NestedCompression`; `NotUtf8`; `UnknownFormat` if it is not what was declared; those of the formats.
pub(crate) fn read(
    source: &mut dyn Read,
    Table { name, options, missing }: Table<'_>,
    sink: &mut Sink<'_>,
    found: &mut Found,
) -> Result<(), Halt> {
    let mut head = Vec::new();
    source.take(HEAD).read_to_end(&mut head)?;
    if detect::container(&head)? != Container::Plain {
        let text = "what was unpacked is packed once more; send it packed once";
        return Err(Fault::new(FaultCode::NestedCompression, text).into());
    }
    if detect::is_utf32(&head) {
        return Err(Fault::new(FaultCode::NotUtf8, "the text is UTF-32; save it as UTF-8").into());
    }
    let (shown, mark) = detect::charset(&head);
    let charset = if mark > 0 { shown } else { options.charset.or(shown) }.unwrap_or_default();
    if charset == Charset::Utf8 && detect::mostly_not_utf8(&head) {
        return Err(not_utf8(None).into());
    }
    let mut start = Cursor::new(head);
    start.set_position(u64::try_from(mark).unwrap_or_default());
    let whole = start.chain(BufReader::with_capacity(64 * 1024, source));

    let mut decoded = charset::to_utf8(whole, charset);
    let mut head = Vec::new();
    (&mut decoded).take(HEAD).read_to_end(&mut head)?;
    let format = options.format.or(detect::format(&head)?).or(options.empty).ok_or_else(detect::empty)?;
    // Objects need no line of names, so a list of none is a whole file.
    if head.is_empty() && format != Format::Ndjson {
        return Err(detect::empty().into());
    }
    if matches!(format, Format::Xlsx | Format::Package) {
        return Err(mismatch("text", format).into());
    }
    let given = detect::separator_line(&head).filter(|_| format == Format::Csv);
    let separator = options.separator.or(given.map(|(separator, _)| separator));
    let separator = separator.unwrap_or_else(|| detect::separator(&head));
    let written = Written {
        format,
        charset,
        has_mark: mark > 0,
        separator: (format == Format::Csv).then_some(separator),
        has_separator_line: given.is_some(),
        line_end: detect::line_end(&head),
    };
    (found.format, found.charset, found.separator) = (format, charset, written.separator);
    found.tables += 1;
    sink.text(name, written)?;
    let mut input = Cursor::new(&head).chain(decoded);
    match format {
        Format::Csv => {
            let skipped = given.map_or(0, |(_, length)| length);
            csv::read(&mut input, &csv::Dialect { separator, skipped, missing }, sink)
        }
        Format::Json => json::read(&mut input, sink),
        Format::Ndjson | Format::Xlsx | Format::Package => {
            ndjson::read(&mut input, options.format.is_none(), sink)
        }
    }
}

/// The fault of a file that is not what was declared.
pub(crate) fn mismatch(is: &str, declared: Format) -> Fault {
    let text = format!("the file is {is} and not {}, as was declared", declared.name());
    Fault::new(FaultCode::UnknownFormat, text)
}

/// The fault of text in another charset.
pub(crate) fn not_utf8(line: Option<u64>) -> Fault {
    let text = "the text is not UTF-8; save it as UTF-8, or declare its charset (windows-1251 is read)";
    Fault { code: FaultCode::NotUtf8, line, text: text.to_owned() }
}
