//! Reads what people and scripts send as tables: bytes in, rows out.
//!
//! CSV, JSON, NDJSON, XLSX and zips of them come out as one stream of [`Item`]s, each row with the physical line it
//! begins on. Format, charset, separator and compression are found by looking at the bytes, or declared in [`Options`].
//!
//! Memory is bounded whatever the file holds: text is read in pieces, a cell or a row over its limit is told of and
//! left out, and unpacked bytes are counted while they come, for what an archive declares about itself is not believed. Of
//! a workbook, only its shared strings are held, up to 128 MiB.
//! A row that is wrong by itself comes as a bad row or a bad cell and reading goes on; a file that cannot be read as a
//! whole is a [`Fault`].

mod charset;
mod csv;
mod description;
mod detect;
mod fault;
mod item;
mod json;
mod members;
mod ndjson;
mod options;
mod package;
mod raw;
mod sink;
mod text;
mod unpack;
mod xlsx;
mod zipped;

use std::io::{Read, Seek};
use std::ops::ControlFlow;

pub use fault::{Fault, FaultCode, RowFault, RowFaultCode};
pub use item::{BadRow, Cell, Cells, Found, Item, Merged, Row, Written};
pub use options::{Charset, Compression, Format, Limits, LineEnd, Options};

use detect::Container;
use fault::Halt;
use serde_json::Map;
use sink::Sink;
use unpack::{Budget, Source};

/// Reads the whole file from its start and hands every table and row to the visitor.
///
/// A visitor that breaks ends the reading; [`Found::stopped`] then says so.
///
/// # Errors
/// A [`Fault`] if the file cannot be read as a whole. It can come after rows were handed out.
pub fn read<R: Read + Seek>(
    mut file: R,
    options: &Options,
    visit: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> Result<Found, Fault> {
    let mut sink = Sink::new(visit, options.limits);
    let mut found = Found::default();

    let outcome = open(&mut file, options, &mut sink, &mut found);
    found.rows = sink.rows();
    match outcome {
        Ok(()) => Ok(found),
        Err(Halt::Stopped) => {
            found.stopped = true;
            Ok(found)
        }
        Err(Halt::Fault(fault)) => Err(fault),
    }
}

/// Reads the text of one row of JSON: its members, or what is wrong with it.
#[must_use]
pub fn row_of_json(text: &str, limits: Limits) -> Cells {
    let mut unseen = |_: Item| ControlFlow::Continue(());
    let sink = Sink::new(&mut unseen, limits);
    members::parse(text.as_bytes(), 1, &sink)
        .unwrap_or_else(|_| Cells::Bad(BadRow { faults: Vec::new(), rest: Map::new() }))
}

fn open<R: Read + Seek>(
    file: &mut R,
    options: &Options,
    sink: &mut Sink<'_>,
    found: &mut Found,
) -> Result<(), Halt> {
    let mut head = Vec::new();
    let mut file = Source(file);
    file.rewind()?;
    (&mut file).take(detect::MAGIC).read_to_end(&mut head)?;
    file.rewind()?;
    let budget = Budget::new(options.limits.unpacked);
    let (mut plain, mut gzip, mut zstd);
    let source: &mut dyn Read = match detect::container(&head)? {
        Container::Zip => return zipped::read(file, (options, None), &budget, sink, found),
        Container::Compound => return Err(unpack::compound(file)?.into()),
        Container::Plain => {
            plain = budget.counted(file, FaultCode::Unreadable);
            &mut plain
        }
        Container::Gzip => {
            found.compression = Some(Compression::Gzip);
            gzip = budget.counted(unpack::gzip(file), FaultCode::BrokenCompression);
            &mut gzip
        }
        Container::Zstd => {
            found.compression = Some(Compression::Zstd);
            zstd = budget.counted(unpack::zstd(file)?, FaultCode::BrokenCompression);
            &mut zstd
        }
    };
    text::read(source, text::Table { name: None, options, missing: &[] }, sink, found)
}
