//! Reads XML as events whose size and depth are bounded.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read, Seek};

use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::broken;
use crate::fault::{Carried, Fault, FaultCode, Halt};
use crate::options::Limits;
use crate::unpack::Budget;
use crate::zipped::Zip;

/// How deep elements may stand within each other.
const DEPTH: u32 = 256;

/// An XML part of a workbook.
pub(super) struct Xml<R: Read> {
    reader: Reader<Pieces<R>>,
    piece: Vec<u8>,
    depth: u32,
    longest: usize,
}

/// What readers of parts look at.
pub(super) enum Piece<'a> {
    Start(BytesStart<'a>),
    End(BytesEnd<'a>),
    /// Text, with references to characters resolved; it can come in several pieces.
    Text(Cow<'a, str>),
    /// Declarations, comments and instructions.
    Other,
    Eof,
}

/// Opens a part by its path; `None` if there is none.
///
/// # Errors
/// `Encrypted`; `BrokenZip`.
pub(super) fn open<'z, 'b, 'c, R: Read + Seek>(
    zip: &'z mut Zip<'b, R>,
    path: &str,
    budget: &'c Budget,
    limits: Limits,
) -> Result<Option<Xml<impl Read + use<'z, 'b, 'c, R>>>, Fault> {
    let Some(place) = zip.place(path) else { return Ok(None) };
    // A text over the limit of a cell makes a bad cell; what is far over it is no text of a workbook.
    let longest = limits.row().saturating_add(64 * 1024);
    let inner = BufReader::with_capacity(32 * 1024, zip.open(place, budget)?);
    let mut reader = Reader::from_reader(Pieces { inner, left: longest });
    reader.config_mut().expand_empty_elements = true;
    Ok(Some(Xml { reader, piece: Vec::new(), depth: 0, longest }))
}

impl<R: Read> Xml<R> {
    /// The next piece.
    ///
    /// # Errors
    /// `BrokenWorkbook`; `Doctype`; `TooLarge`.
    pub fn next(&mut self) -> Result<Piece<'_>, Halt> {
        self.piece.clear();
        self.reader.get_mut().left = self.longest;
        Ok(match self.reader.read_event_into(&mut self.piece).map_err(|error| fault(&error))? {
            Event::Start(start) | Event::Empty(start) => {
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err(broken("elements of the workbook stand too deep within each other"));
                }
                Piece::Start(start)
            }
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                Piece::End(end)
            }
            Event::Text(text) => Piece::Text(text.decode().map_err(|error| fault(&error.into()))?),
            Event::CData(text) => Piece::Text(text.decode().map_err(|error| fault(&error.into()))?),
            Event::GeneralRef(reference) => Piece::Text(Cow::Owned(character(&reference)?.to_string())),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => Piece::Other,
            Event::DocType(_) => {
                let text = "a part of the workbook has a document type, which is not read";
                return Err(Fault::new(FaultCode::Doctype, text).into());
            }
            Event::Eof => Piece::Eof,
        })
    }
}

/// The value of an attribute by its local name.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = start
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name.as_bytes())?;
    attribute.decoded_and_normalized_value(XmlVersion::Implicit1_0, start.decoder()).ok().map(Cow::into_owned)
}

/// The character that `&lt;`, `&#10;` and the like stand for; other entities would need a document type.
fn character(reference: &BytesRef<'_>) -> Result<char, Halt> {
    if let Some(character) = reference.resolve_char_ref().map_err(|error| fault(&error))? {
        return Ok(character);
    }
    let name: &[u8] = reference;
    match name {
        b"lt" => Ok('<'),
        b"gt" => Ok('>'),
        b"amp" => Ok('&'),
        b"apos" => Ok('\''),
        b"quot" => Ok('"'),
        _ => Err(broken("a part of the workbook names an entity that it does not have")),
    }
}

fn fault(error: &quick_xml::Error) -> Halt {
    if let quick_xml::Error::Io(error) = error
        && let Some(Carried(fault)) = error.get_ref().and_then(|inner| inner.downcast_ref())
    {
        return fault.clone().into();
    }
    broken(format!("a part of the workbook is damaged: {error}"))
}

/// Bytes of which only so many may be read for one piece of XML.
struct Pieces<R: Read> {
    inner: BufReader<R>,
    left: usize,
}

impl<R: Read> BufRead for Pieces<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            let text = "a text or an element of the workbook is far longer than a cell may be";
            return Err(Fault::new(FaultCode::TooLarge, text).into());
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.inner.read(into)
    }
}
