/// What the caller knows about a file; `None` is found by looking at its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What the file holds.
    pub format: Option<Format>,
    /// How text is written. A byte order mark wins over it.
    pub charset: Option<Charset>,
    /// What parts the cells of a CSV row. It wins over a first line `sep=`.
    pub separator: Option<u8>,
    /// What a file is taken for in which nothing is found but blanks. Without it such a file is [`crate::FaultCode::Empty`].
    pub empty: Option<Format>,
    /// How much is read at most.
    pub limits: Limits,
}

/// A form that tables are sent in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Text with separated cells (RFC 4180, and what spreadsheets make of it).
    #[default]
    Csv,
    /// One JSON array of objects.
    Json,
    /// One JSON object on each line.
    Ndjson,
    /// An Office Open XML workbook, with or without macros.
    Xlsx,
    /// A zip of CSV, JSON, NDJSON and XLSX files, with or without a `datapackage.json`.
    Package,
}

impl Format {
    /// The format's usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Ndjson => "NDJSON",
            Self::Xlsx => "XLSX",
            Self::Package => "a zip of tables",
        }
    }
}

/// How text is written as bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Charset {
    /// With or without a byte order mark.
    #[default]
    Utf8,
    /// Known by its byte order mark or its NULs.
    Utf16Le,
    /// Known by its byte order mark or its NULs.
    Utf16Be,
    /// Read only where declared: nothing in the bytes tells it.
    Windows1251,
}

/// What lines of a text end by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LineEnd {
    /// As most systems write them.
    #[default]
    Lf,
    /// As Windows and RFC 4180 have it.
    CrLf,
    /// As old Macintosh programs wrote them.
    Cr,
}

impl LineEnd {
    /// The characters.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }
}

/// What a whole file was packed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    /// RFC 1952, also several members in a row.
    Gzip,
    /// RFC 8878, with a window of at most 8 MiB.
    Zstd,
}

/// How much is read at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file once unpacked. Default 1 GiB.
    pub unpacked: u64,
    /// Rows handed out, of all tables together, without the first one of each table of cells, which names its columns. Default 1,000,000.
    pub rows: u64,
    /// Cells or members of one row. Default 64.
    pub columns: usize,
    /// Bytes of one cell as UTF-8; a row may hold twice as many. Default 1 MiB.
    pub cell: usize,
    /// Bytes up to which a row is also handed out raw ([`Row::raw`](crate::Row::raw)). Default 0: no row is.
    pub raw: usize,
}

impl Limits {
    /// Bytes of one row.
    pub(crate) fn row(&self) -> usize {
        self.cell.saturating_mul(2)
    }

    /// Bytes of one element of JSON that are held while it is read.
    pub(crate) fn held(&self) -> usize {
        self.row().max(self.raw)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { unpacked: 1 << 30, rows: 1_000_000, columns: 64, cell: 1 << 20, raw: 0 }
    }
}
