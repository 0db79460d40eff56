//! Forms of files, as their senders name them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportFormat {
    /// Cells separated by commas, semicolons or tabs.
    Csv,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// A workbook; each sheet has the name of its kind.
    Xlsx,
    /// A zip of such files, each with the name of its kind.
    Package,
}

/// The characters of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImportCharset {
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, the low byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, the high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Windows-1251.
    #[serde(rename = "windows-1251")]
    Windows1251,
}

/// What separates cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportSeparator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
}

impl From<ImportFormat> for tabular::Format {
    fn from(format: ImportFormat) -> Self {
        match format {
            ImportFormat::Csv => Self::Csv,
            ImportFormat::Json => Self::Json,
            ImportFormat::Ndjson => Self::Ndjson,
            ImportFormat::Xlsx => Self::Xlsx,
            ImportFormat::Package => Self::Package,
        }
    }
}

impl From<ImportCharset> for tabular::Charset {
    fn from(charset: ImportCharset) -> Self {
        match charset {
            ImportCharset::Utf8 => Self::Utf8,
            ImportCharset::Utf16Le => Self::Utf16Le,
            ImportCharset::Utf16Be => Self::Utf16Be,
            ImportCharset::Windows1251 => Self::Windows1251,
        }
    }
}

impl From<ImportSeparator> for u8 {
    fn from(separator: ImportSeparator) -> Self {
        match separator {
            ImportSeparator::Comma => b',',
            ImportSeparator::Semicolon => b';',
            ImportSeparator::Tab => b'\t',
        }
    }
}

/// The characters or the separator of a file, as they were found out, in the words by which a sender says them.
pub(super) fn said(found: &str) -> Option<&'static str> {
    match found {
        "utf8" => Some("utf-8"),
        "utf16le" => Some("utf-16le"),
        "utf16be" => Some("utf-16be"),
        "windows1251" => Some("windows-1251"),
        "," => Some("comma"),
        ";" => Some("semicolon"),
        "\t" => Some("tab"),
        _ => None,
    }
}
