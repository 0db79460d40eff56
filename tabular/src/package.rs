//! Reads the text tables of a zip, by its `datapackage.json` where it has one.

use std::io::{Read, Seek};

use serde::Deserialize;

use crate::fault::{Fault, FaultCode, Halt};
use crate::item::Found;
use crate::options::{Charset, Format, Options};
use crate::sink::Sink;
use crate::text;
use crate::zipped::Zip;

const DESCRIPTION: &str = "datapackage.json";

/// Bytes of the description.
const DESCRIPTION_BYTES: u64 = 1 << 20;

/// How many names of left out files are told.
const LEFT_OUT: usize = 100;

/// A table to read, and what is known of it.
struct Part {
    name: String,
    place: usize,
    options: Options,
}

/// Reads every table.
///
/// # Errors
/// `NoTable`; `BrokenPackage` if the description is no JSON or names what is not there; those of texts, which then
/// name the table.
pub(crate) fn read<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    options: &Options,
    sink: &mut Sink<'_>,
    found: &mut Found,
) -> Result<(), Halt> {
    let options = Options { format: None, ..*options };
    let parts = match zip.place(DESCRIPTION) {
        Some(place) => described(zip, place, &options)?,
        None => by_name(zip, &options, found),
    };
    if parts.is_empty() {
        let text = "the zip holds no table: no file ends in .csv, .tsv, .txt, .json, .ndjson or .jsonl";
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
    let mut file = zip.open(part.place, budget)?;
    let mut table = Found::default();
    let outcome = text::read(&mut file, Some(part.name.clone()), &part.options, sink, &mut table);
    if found.tables == 0 {
        found.charset = table.charset;
    }
    found.tables += table.tables;
    found.separator = found.separator.or(table.separator);
    outcome.map_err(|halt| match halt {
        Halt::Fault(fault) => Halt::Fault(Fault { text: format!("{}: {}", part.name, fault.text), ..fault }),
        Halt::Stopped => Halt::Stopped,
    })
}

/// The tables of a zip without a description: every file that is one by its ending.
fn by_name<R: Read + Seek>(zip: &Zip<'_, R>, options: &Options, found: &mut Found) -> Vec<Part> {
    let mut parts = Vec::new();
    for (path, place) in zip.files() {
        let file = path.rsplit('/').next().unwrap_or_default();
        // What the systems of desktops put beside files.
        if file.starts_with('.') || path.starts_with("__MACOSX/") {
            continue;
        }
        match file.rsplit_once('.').map(|(stem, ending)| (stem, format_of(ending))) {
            Some((stem, Some(format))) => {
                let options = Options { format, ..*options };
                parts.push(Part { name: stem.to_owned(), place, options });
            }
            _ if found.left_out.len() < LEFT_OUT => found.left_out.push(path),
            _ => {}
        }
    }
    parts
}

/// The format of an ending; the inner one is none where the content has to tell.
#[expect(clippy::option_option, reason = "no table, a table of any format, a table of one format")]
fn format_of(ending: &str) -> Option<Option<Format>> {
    match ending.to_ascii_lowercase().as_str() {
        "csv" | "tsv" | "tab" | "txt" => Some(Some(Format::Csv)),
        "ndjson" | "jsonl" => Some(Some(Format::Ndjson)),
        "json" => Some(None),
        _ => None,
    }
}

#[derive(Deserialize)]
struct Description {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    name: Option<String>,
    path: Option<Paths>,
    format: Option<String>,
    encoding: Option<String>,
    #[serde(default)]
    dialect: Dialect,
}

#[derive(Default, Deserialize)]
struct Dialect {
    delimiter: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Paths {
    One(String),
    Several(Vec<String>),
}

/// The tables that the description names, in its order.
fn described<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    place: usize,
    options: &Options,
) -> Result<Vec<Part>, Halt> {
    let mut bytes = Vec::new();
    let budget = zip.budget();
    zip.open(place, budget)?.take(DESCRIPTION_BYTES).read_to_end(&mut bytes)?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let description: Description = serde_json::from_slice(bytes)
        .map_err(|error| broken(format!("{DESCRIPTION} cannot be read: {error}")))?;
    description.resources.into_iter().map(|resource| Ok(part(zip, resource, options)?)).collect()
}

fn part<R: Read + Seek>(zip: &Zip<'_, R>, resource: Resource, options: &Options) -> Result<Part, Fault> {
    let path = match resource.path {
        Some(Paths::One(path)) => Some(path),
        Some(Paths::Several(paths)) if paths.len() == 1 => paths.into_iter().next(),
        _ => None,
    };
    let shown = resource.name.clone().or_else(|| path.clone()).unwrap_or_default();
    let path = path.ok_or_else(|| broken(format!("the resource {shown} has not exactly one path")))?;
    let relative = path.trim_start_matches("./");
    let place = zip
        .place(relative)
        .ok_or_else(|| broken(format!("the resource {shown} is at {path}, which is not in the zip")))?;
    let file = relative.rsplit('/').next().unwrap_or_default();
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let format = format_of(resource.format.as_deref().unwrap_or(ending)).flatten();
    let separator = match resource.dialect.delimiter.as_deref().map(str::as_bytes) {
        Some([byte]) => Some(*byte),
        _ => options.separator,
    };
    let charset = resource.encoding.as_deref().and_then(charset_of).or(options.charset);
    let name = resource.name.unwrap_or_else(|| stem.to_owned());
    Ok(Part { name, place, options: Options { format, charset, separator, ..*options } })
}

fn charset_of(name: &str) -> Option<Charset> {
    match name.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" => Some(Charset::Utf8),
        "utf-16le" => Some(Charset::Utf16Le),
        "utf-16be" => Some(Charset::Utf16Be),
        "windows-1251" | "cp1251" => Some(Charset::Windows1251),
        _ => None,
    }
}

fn broken(text: String) -> Fault {
    Fault::new(FaultCode::BrokenPackage, text)
}
