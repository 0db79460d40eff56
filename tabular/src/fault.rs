use std::fmt;

/// Why a whole file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind of fault.
    pub code: FaultCode,
    /// The physical line, or the sheet's row, where it was seen.
    pub line: Option<u64>,
    /// A sentence that names the thing and the remedy.
    pub text: String,
}

impl Fault {
    pub(crate) fn new(code: FaultCode, text: impl Into<String>) -> Self {
        Self { code, line: None, text: text.into() }
    }

    pub(crate) fn at(code: FaultCode, line: u64, text: impl Into<String>) -> Self {
        Self { code, line: Some(line), text: text.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

impl std::error::Error for Fault {}

/// The kinds of faults of whole files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultCode {
    /// It holds nothing.
    Empty,
    /// It is none of the formats, or not the one declared.
    UnknownFormat,
    /// A workbook in a format other than XLSX.
    OldWorkbook,
    /// A password is needed.
    Encrypted,
    /// Its text is not UTF-8, and no other charset was declared.
    NotUtf8,
    /// It is over a limit of size once unpacked.
    TooLarge,
    /// It has more rows than the limit.
    TooManyRows,
    /// A row has more cells than the limit.
    TooManyColumns,
    /// A quote is not closed up to the end.
    UnbalancedQuote,
    /// It begins as JSON but is no array of objects.
    NotAnArray,
    /// Its JSON cannot be parted into elements.
    BrokenJson,
    /// Its gzip or zstd stream is damaged.
    BrokenCompression,
    /// What was unpacked is packed once more.
    NestedCompression,
    /// Its zip is damaged or packed by an unusual method.
    BrokenZip,
    /// A part of the workbook is missing or damaged.
    BrokenWorkbook,
    /// A part of the workbook has a document type, which may define entities.
    Doctype,
    /// The package's description does not fit its files.
    BrokenPackage,
    /// No sheet with cells, or no file that is a table.
    NoTable,
    /// The bytes could not be had.
    Unreadable,
}

/// Characters that are shown of a value.
const SHOWN: usize = 256;

/// Why a row or a cell cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The kind of fault.
    pub code: RowFaultCode,
    /// The JSON member it is about.
    pub member: Option<String>,
    /// What stands there, cut where it is long; none where it was not kept.
    pub value: Option<String>,
    /// A sentence that names the thing.
    pub text: String,
}

/// A text without NUL: none that is kept or answered holds it.
fn shown(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

impl RowFault {
    pub(crate) fn new(code: RowFaultCode, text: impl Into<String>) -> Self {
        Self { code, member: None, value: None, text: text.into() }
    }

    pub(crate) fn of(code: RowFaultCode, member: &str, text: impl Into<String>) -> Self {
        Self { member: Some(shown(member)), ..Self::new(code, shown(&text.into())) }
    }

    /// The fault of a row that is over the limit.
    pub(crate) fn row_too_long(limit: usize) -> Self {
        Self::new(RowFaultCode::RowTooLong, format!("the row is longer than {limit} bytes"))
    }

    /// The same, of a place in which this stands.
    pub(crate) fn holding(self, value: &[u8]) -> Self {
        // Four bytes make a character at most.
        let start = value.get(..4 * SHOWN).unwrap_or(value);
        let value: String = shown(&String::from_utf8_lossy(start)).chars().take(SHOWN).collect();
        Self { value: Some(value).filter(|value| !value.is_empty()), ..self }
    }
}

/// The kinds of faults of rows and cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowFaultCode {
    /// Bytes that are no text in the file's charset.
    NotText,
    /// A cell over the limit.
    CellTooLong,
    /// A row over twice the limit of a cell.
    RowTooLong,
    /// A NUL character.
    Nul,
    /// Text between a closing quote and the next separator.
    TextAfterQuote,
    /// Not JSON.
    NotJson,
    /// JSON, but not an object.
    NotAnObject,
    /// A member that stands twice in its object.
    DuplicateMember,
    /// An error value of a sheet, such as `#N/A`.
    ErrorValue,
    /// A formula whose result was not saved.
    NoResult,
    /// A value that does not fit the type the sheet gives it.
    BadValue,
}

/// Why reading ends early.
#[derive(Debug)]
pub(crate) enum Halt {
    Fault(Fault),
    Stopped,
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A fault on its way through a reader.
#[derive(Debug)]
pub(crate) struct Carried(pub Fault);

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Carried {}

impl From<Fault> for std::io::Error {
    fn from(fault: Fault) -> Self {
        Self::other(Carried(fault))
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Carried>()) {
            Some(Carried(fault)) => fault.clone(),
            None => Self::new(FaultCode::Unreadable, format!("the file cannot be read: {error}")),
        }
    }
}

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Self {
        Self::Fault(error.into())
    }
}
