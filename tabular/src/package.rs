//! Reads the tables of a zip, by its `datapackage.json` where it has one.

use std::io::{self, Read, Seek};

use crate::detect::{self, Container};
use crate::fault::{Fault, FaultCode, Halt};
use crate::item::Found;
use crate::options::{Format, Options};
use crate::sink::Sink;
use crate::unpack::{self, Source};
use crate::zipped::{self, Zip};
use crate::{description, text};

/// How many names of left out files are told.
const LEFT_OUT: usize = 100;

/// A table to read, and what is known of it.
pub(crate) struct Part {
    pub name: String,
    pub place: usize,
    pub options: Options,
    /// What stands for nothing in cells of CSV.
    pub missing: Vec<String>,
}

/// Reads every table.
///
/// # Errors
/// `NoTable`; `BrokenPackage` if the description is no JSON, names what is not there or says what is not followed; those
/// of texts and workbooks, which then name the table.
pub(crate) fn read<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    options: &Options,
    sink: &mut Sink<'_>,
    found: &mut Found,
) -> Result<(), Halt> {
    let options = Options { format: None, ..*options };
    let (parts, mut used) = match zip.place(description::PLACE) {
        Some(place) => description::parts(zip, place, &options)?,
        None => (by_name(zip, &options), Vec::new()),
    };
    used.extend(parts.iter().map(|part| part.place));
    let others =
        zip.files().into_iter().filter(|(path, place)| !used.contains(place) && !is_of_desktop(path));
    found.left_out.extend(others.map(|(path, _)| path).take(LEFT_OUT));
    if parts.is_empty() {
        let text =
            "the zip holds no table: no file ends in .csv, .tsv, .txt, .json, .ndjson, .jsonl or .xlsx";
        return Err(Fault::new(FaultCode::NoTable, text).into());
    }
    for part in parts {
        read_part(zip, &part, sink, found)?;
    }
    Ok(())
}

fn read_part<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    part: &Part,
    sink: &mut Sink<'_>,
    found: &mut Found,
) -> Result<(), Halt> {
    let budget = zip.budget();
    let mut table = Found::default();
    let outcome = if part.options.format == Some(Format::Xlsx) {
        read_book(zip, part, sink, &mut table)
    } else {
        let mut file = zip.open(part.place, budget)?;
        let known =
            text::Table { name: Some(part.name.clone()), options: &part.options, missing: &part.missing };
        text::read(&mut file, known, sink, &mut table)
    };
    if found.tables == 0 {
        found.charset = table.charset;
    }
    found.tables += table.tables;
    found.separator = found.separator.or(table.separator);
    found.left_out.append(&mut table.left_out);
    found.left_out.truncate(LEFT_OUT);
    outcome.map_err(|halt| match halt {
        Halt::Fault(fault) => Halt::Fault(Fault { text: format!("{}: {}", part.name, fault.text), ..fault }),
        Halt::Stopped => Halt::Stopped,
    })
}

/// Reads a workbook of the zip from a copy beside the memory, for its parts are not read in their order.
fn read_book<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    part: &Part,
    sink: &mut Sink<'_>,
    found: &mut Found,
) -> Result<(), Halt> {
    let budget = zip.budget();
    let mut file = tempfile::tempfile()?;
    io::copy(&mut zip.open(part.place, budget)?, &mut file)?;
    file.rewind()?;
    let mut head = Vec::new();
    (&mut file).take(detect::MAGIC).read_to_end(&mut head)?;
    file.rewind()?;
    match detect::container(&head)? {
        Container::Zip => zipped::read(Source(file), (&part.options, Some(&part.name)), budget, sink, found),
        Container::Compound => Err(unpack::compound(file)?.into()),
        _ => Err(text::mismatch("no workbook", Format::Xlsx).into()),
    }
}

/// The tables of a zip without a description: every file that is one by its ending.
fn by_name<R: Read + Seek>(zip: &Zip<'_, R>, options: &Options) -> Vec<Part> {
    let part = |(path, place): (String, usize)| {
        let file = path.rsplit('/').next().unwrap_or_default();
        let (stem, ending) = file.rsplit_once('.').filter(|_| !is_of_desktop(&path))?;
        let options = Options { format: format_of(ending)?, ..*options };
        Some(Part { name: stem.to_owned(), place, options, missing: Vec::new() })
    };
    zip.files().into_iter().filter_map(part).collect()
}

/// Whether the systems of desktops put a file beside others.
fn is_of_desktop(path: &str) -> bool {
    path.starts_with("__MACOSX/") || path.rsplit('/').next().is_some_and(|file| file.starts_with('.'))
}

/// The format of an ending; the inner one is none where the content has to tell.
#[expect(clippy::option_option, reason = "no table, a table of any format, a table of one format")]
pub(crate) fn format_of(ending: &str) -> Option<Option<Format>> {
    match ending.to_ascii_lowercase().as_str() {
        "csv" | "tsv" | "tab" | "txt" => Some(Some(Format::Csv)),
        "ndjson" | "jsonl" => Some(Some(Format::Ndjson)),
        "json" => Some(None),
        "xlsx" | "xlsm" => Some(Some(Format::Xlsx)),
        _ => None,
    }
}
