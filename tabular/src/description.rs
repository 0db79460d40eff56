//! Reads what a `datapackage.json` says of the tables of a zip (Frictionless Data Package).
//!
//! What it says of how a table is written is followed; what cannot be followed is refused, for the rows would be read
//! otherwise than they are meant.

use std::io::{Read, Seek};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::fault::{Fault, FaultCode, Halt};
use crate::options::{Charset, Format, Options};
use crate::package::{Part, format_of};
use crate::zipped::Zip;

/// Where the description stands.
pub(crate) const PLACE: &str = "datapackage.json";

/// Bytes of the description, and of a schema.
const BYTES: u64 = 1 << 20;

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
    dialect: Option<Value>,
    schema: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Paths {
    One(String),
    Several(Vec<String>),
}

/// The tables that the description names, in its order, and the places of files that describe them.
///
/// # Errors
/// `BrokenPackage` if it is no JSON, names what is not there, or says what is not followed.
pub(crate) fn parts<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    place: usize,
    options: &Options,
) -> Result<(Vec<Part>, Vec<usize>), Halt> {
    let description: Description = json(zip, (PLACE, place))?;
    let (mut parts, mut read) = (Vec::new(), vec![place]);
    for resource in description.resources {
        let schema = match &resource.schema {
            Some(Value::String(path)) => match zip.place(path.trim_start_matches("./")) {
                Some(place) => {
                    read.push(place);
                    Some(json(zip, (path.as_str(), place))?)
                }
                None => None,
            },
            other => other.clone(),
        };
        parts.push(part(zip, resource, schema.as_ref(), options)?);
    }
    Ok((parts, read))
}

/// What a file of the zip says as JSON.
fn json<T: DeserializeOwned, R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    (path, place): (&str, usize),
) -> Result<T, Halt> {
    let mut bytes = Vec::new();
    let budget = zip.budget();
    zip.open(place, budget)?.take(BYTES).read_to_end(&mut bytes)?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    serde_json::from_slice(bytes).map_err(|error| broken(format!("{path} cannot be read: {error}")).into())
}

fn part<R: Read + Seek>(
    zip: &Zip<'_, R>,
    resource: Resource,
    schema: Option<&Value>,
    options: &Options,
) -> Result<Part, Fault> {
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
    let mut part = Part {
        name: resource.name.unwrap_or_else(|| stem.to_owned()),
        place,
        options: Options {
            format: format_of(resource.format.as_deref().unwrap_or(ending)).flatten(),
            ..*options
        },
        missing: Vec::new(),
    };
    let unread = |setting: String| {
        let text =
            format!("the resource {shown} says {setting}, which is not followed: write the file without it");
        broken(text)
    };
    if let Some(name) = &resource.encoding {
        let charset = charset_of(name).ok_or_else(|| unread(format!("encoding {name}")))?;
        part.options.charset = charset.or(options.charset);
    }
    match &resource.dialect {
        None | Some(Value::Null) => {}
        Some(Value::Object(all)) => follow(&mut part, "dialect", all).map_err(&unread)?,
        Some(other) => return Err(unread(format!("dialect {other}"))),
    }
    if let Some(schema) = schema {
        missing_values(&mut part, schema).map_err(&unread)?;
    }
    if !part.missing.is_empty() && part.options.format != Some(Format::Csv) {
        return Err(unread("missingValues of a file that is no CSV".to_owned()));
    }
    Ok(part)
}

/// Follows the settings of a dialect.
///
/// # Errors
/// The setting that is not followed.
fn follow(part: &mut Part, place: &str, dialect: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in dialect.iter().filter(|(_, value)| !value.is_null()) {
        let is_followed = match (name.as_str(), value) {
            // Where writers keep the settings of CSV by themselves.
            ("csv", Value::Object(all)) => {
                follow(part, "dialect.csv", all)?;
                true
            }
            ("delimiter", Value::String(text)) => match text.as_bytes() {
                [byte] => {
                    part.options.separator = Some(*byte);
                    true
                }
                _ => false,
            },
            ("nullSequence", Value::String(text)) => {
                part.missing.push(text.clone());
                true
            }
            ("quoteChar", Value::String(text)) => text == "\"",
            ("header" | "doubleQuote", Value::Bool(is_so)) => *is_so,
            ("skipInitialSpace", Value::Bool(is_so)) => !is_so,
            ("headerRows", Value::Array(rows)) => *rows == [Value::from(1)],
            ("commentRows", Value::Array(rows)) => rows.is_empty(),
            // All ends of lines are known, and the others change nothing of the cells.
            (
                "lineTerminator" | "caseSensitiveHeader" | "csvddfVersion" | "$schema" | "name" | "title",
                _,
            ) => true,
            _ => false,
        };
        if !is_followed {
            return Err(format!("{place}.{name} {value}"));
        }
    }
    Ok(())
}

/// Follows what a schema says of values that stand for nothing.
fn missing_values(part: &mut Part, schema: &Value) -> Result<(), String> {
    let fields = schema.get("fields").and_then(Value::as_array);
    if fields.into_iter().flatten().any(|field| field.get("missingValues").is_some()) {
        return Err("missingValues of single fields".to_owned());
    }
    let values = match schema.get("missingValues") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Array(values)) => values,
        Some(other) => return Err(format!("missingValues {other}")),
    };
    for value in values {
        let text = value.as_str().or_else(|| value.get("value")?.as_str());
        let text = text.ok_or_else(|| format!("missingValues {value}"))?;
        part.missing.extend(Some(text.to_owned()).filter(|text| !text.is_empty()));
    }
    Ok(())
}

/// The charset of a name; the inner one is none where the bytes tell it.
#[expect(clippy::option_option, reason = "an unknown charset, one that the bytes tell, one that is named")]
fn charset_of(name: &str) -> Option<Option<Charset>> {
    match name.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" | "utf-8-sig" | "ascii" | "us-ascii" => Some(Some(Charset::Utf8)),
        "utf-16" => Some(None),
        "utf-16le" => Some(Some(Charset::Utf16Le)),
        "utf-16be" => Some(Some(Charset::Utf16Be)),
        "windows-1251" | "cp1251" => Some(Some(Charset::Windows1251)),
        _ => None,
    }
}

fn broken(text: String) -> Fault {
    Fault::new(FaultCode::BrokenPackage, text)
}
