//! Opens a zip and tells a workbook from a package.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::fault::{Fault, FaultCode, Halt};
use crate::item::Found;
use crate::options::{Format, Options};
use crate::sink::Sink;
use crate::unpack::Budget;
use crate::{package, text, unpack, xlsx};

/// What may be read of a zip to list its files: it holds the list in memory.
const LIST_BYTES: u64 = 16 << 20;

/// How many files a zip may have.
const FILES: usize = 10_000;

/// Reads a workbook or a package; a workbook within a package has the name of its file there.
///
/// # Errors
/// `BrokenZip`, also if two files have one name; `TooLarge`; `UnknownFormat`; those of workbooks and packages.
pub(crate) fn read<R: Read + Seek>(
    file: R,
    (options, within): (&Options, Option<&str>),
    budget: &Budget,
    sink: &mut Sink<'_>,
    found: &mut Found,
) -> Result<(), Halt> {
    let left = Cell::new(Some(LIST_BYTES));
    let listed = Listed { inner: file, left: &left };
    let archive = ZipArchive::new(BufReader::new(listed)).map_err(fault)?;
    left.set(None);
    if archive.len() > FILES {
        let text = format!("the zip holds more than {FILES} files");
        return Err(Fault::new(FaultCode::TooLarge, text).into());
    }
    let mut zip = Zip { names: names(&archive)?, archive, budget };
    let format = zip.format()?;
    if let Some(declared) = options.format
        && (declared == Format::Xlsx) != (format == Format::Xlsx)
    {
        return Err(text::mismatch(format.name(), declared).into());
    }
    found.format = format;
    match format {
        Format::Xlsx => xlsx::read(&mut zip, within, sink, found),
        _ => package::read(&mut zip, options, sink, found),
    }
}

/// An open zip.
pub(crate) struct Zip<'b, R> {
    archive: ZipArchive<R>,
    /// Places by name: with plain slashes, in small letters, for writers differ in both.
    names: HashMap<String, usize>,
    budget: &'b Budget,
}

impl<'b, R: Read + Seek> Zip<'b, R> {
    pub fn budget(&self) -> &'b Budget {
        self.budget
    }

    pub fn has(&self, name: &str) -> bool {
        self.names.contains_key(&plain(name))
    }

    /// Names and places in the zip's order, folders left out.
    pub fn files(&self) -> Vec<(String, usize)> {
        (0..self.archive.len())
            .filter_map(|place| Some((self.archive.name_for_index(place)?.ok()?.replace('\\', "/"), place)))
            .filter(|(name, _)| !name.ends_with('/'))
            .collect()
    }

    pub fn place(&self, name: &str) -> Option<usize> {
        self.names.get(&plain(name)).copied()
    }

    /// The bytes of a file, counted against the budget.
    ///
    /// # Errors
    /// `Encrypted`; `BrokenZip`.
    pub fn open<'z, 'c>(
        &'z mut self,
        place: usize,
        budget: &'c Budget,
    ) -> Result<impl Read + use<'z, 'b, 'c, R>, Fault> {
        let entry = self.archive.by_index(place).map_err(fault)?;
        Ok(budget.counted(entry, FaultCode::BrokenZip))
    }

    /// What the zip is, by the names in it.
    fn format(&self) -> Result<Format, Fault> {
        let workbook = self.names.keys().any(|name| name.starts_with("xl/"));
        if self.has("[Content_Types].xml") {
            return match workbook && !self.has("xl/workbook.bin") {
                true => Ok(Format::Xlsx),
                false if workbook => Err(old("the workbook is in the format .xlsb; save it as .xlsx")),
                false => Err(Fault::new(
                    FaultCode::UnknownFormat,
                    "the file is an office document but no workbook; send the table as CSV or XLSX",
                )),
            };
        }
        if self.has("mimetype") && self.has("content.xml") {
            return Err(old("the file is in an OpenDocument format such as .ods; save it as .xlsx"));
        }
        Ok(Format::Package)
    }
}

fn old(text: &str) -> Fault {
    Fault::new(FaultCode::OldWorkbook, text)
}

fn names<R: Read + Seek>(archive: &ZipArchive<R>) -> Result<HashMap<String, usize>, Fault> {
    let twice =
        |what: &str| Fault::new(FaultCode::BrokenZip, format!("the zip holds {what}; send one of them"));
    if archive.has_duplicate_names() {
        return Err(twice("two files with one name"));
    }
    let mut names = HashMap::new();
    for place in 0..archive.len() {
        let Some(Ok(name)) = archive.name_for_index(place) else { continue };
        if names.insert(plain(&name), place).is_some() {
            return Err(twice(&format!("two files called {name}, but for capitals")));
        }
    }
    Ok(names)
}

fn plain(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

fn fault(error: ZipError) -> Fault {
    match error {
        ZipError::Io(error) => unpack::coded(error, FaultCode::BrokenZip).into(),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Fault::new(FaultCode::Encrypted, "the zip has a password; send it without one")
        }
        ZipError::CompressionMethodNotSupported(_) | ZipError::UnsupportedArchive(_) => Fault::new(
            FaultCode::BrokenZip,
            format!("the zip is packed in an unusual way, use deflate: {error}"),
        ),
        _ => Fault::new(FaultCode::BrokenZip, format!("the zip is damaged: {error}")),
    }
}

/// A file of which only so much may be read while its zip is being listed.
struct Listed<'l, R> {
    inner: R,
    left: &'l Cell<Option<u64>>,
}

impl<R: Read> Read for Listed<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        if let Some(left) = self.left.get() {
            let left = left.checked_sub(u64::try_from(read).unwrap_or(u64::MAX));
            let over =
                || Fault::new(FaultCode::TooLarge, "the zip holds too many files, or its list is damaged");
            self.left.set(Some(left.ok_or_else(over)?));
        }
        Ok(read)
    }
}

impl<R: Seek> Seek for Listed<'_, R> {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.inner.seek(place)
    }
}
