//! Imports are found by the one that they take back.

use crate::table::{Indexes, NamedIndex};

pub(crate) const MIGRATION: Indexes = Indexes {
    module: module_path!(),
    all: &[NamedIndex { name: "import_job_reverts_index", on: "import_job (reverts)", only: None }],
};
