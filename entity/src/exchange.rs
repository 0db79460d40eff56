//! What imports are told once and for all.

use model::{MappedColumn, Objects, record};

use crate::vocab::{DayOrder, DecimalMark};

/// How files of one form are read: where their columns stand, and what the columns hold. Imports name it by its id or code.
#[record(plural = "import-mappings", class = National, area = "Imports", code = PerOwner,
    example = r#"{"owner": "KGZ", "code": "mes-tasks", "title": "Task list of the ministry", "record_kind": "tasks", "header_row": 4, "columns": [{"column": "Наименование", "field": "title"}, {"column": "Состояние", "field": "status", "values": [{"label": "выполнено", "code": "done"}]}]}"#)]
pub struct ImportMapping {
    /// Code, unique within the owner.
    #[field(len(1, 40), pattern = r"^[A-Za-z0-9_-]+$", new_only, filter, sort)]
    pub code: String,
    /// Title.
    #[field(len(1, 500))]
    pub title: String,
    /// Kind of the records that rows hold, such as `tasks`.
    #[field(len(1, 50), filter)]
    pub record_kind: String,
    /// Name of the sheet; the first one, where none is given.
    #[field(len(1, 200))]
    pub sheet: Option<String>,
    /// Number of the line, or row of the sheet, that names the columns, from 1; what stands above is left out.
    #[field(range(1, 100_000), default = 1)]
    pub header_row: i32,
    /// Whether an empty row ends the table; else empty rows are passed over.
    #[field(default = false)]
    pub ends_at_empty_row: bool,
    /// Whether columns that are not known are left out; else they are an error.
    #[field(default = false)]
    pub leaves_out_others: bool,
    /// Order of the parts of days that are written with points or slashes.
    #[field(default = DayOrder::DayFirst)]
    pub day_order: DayOrder,
    /// What parts the fraction of numbers. Where nothing is said, `1 250 000,50` and `1.250,50` are understood, and a number such
    /// as `2,000`, which may be two or two thousand, is refused.
    pub decimal_mark: Option<DecimalMark>,
    /// Source system of the external keys that rows have, where they name none.
    #[field(len(1, 100))]
    pub keys_of: Option<String>,
    /// Columns with the fields that they hold. Columns that have the name of a field need no line here.
    #[field(most(64))]
    pub columns: Objects<MappedColumn>,
    /// What is to be known about it.
    #[field(len(1, 5_000), disclosable)]
    pub note: Option<String>,
}

/// How a country wants imports to be written. One rule that wants a second person is enough.
#[record(plural = "import-rules", class = National, area = "Imports", of_countries, by_focal_point,
    example = r#"{"owner": "KGZ", "needs_second_person": true}"#)]
pub struct ImportRule {
    /// Whether a second person commits what somebody imports: an import is then judged first, and waits for somebody else of the
    /// owner who reviews it.
    #[field(default = true)]
    pub needs_second_person: bool,
    /// What is to be known about it.
    #[field(len(1, 5_000), disclosable)]
    pub note: Option<String>,
}
