//! Imports are found by what was asked, and their rows by record.

use crate::table::{Indexes, NamedIndex};

pub(crate) const MIGRATION: Indexes = Indexes {
    module: module_path!(),
    all: &[
        NamedIndex { name: "import_job_asked_index", on: "import_job (asked)", only: None },
        NamedIndex { name: "import_row_record_id_index", on: "import_row (record_id)", only: None },
    ],
};
