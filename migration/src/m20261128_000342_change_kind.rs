//! The log is read kind by kind, record after record, for figures of the past.

use crate::table::{Indexes, NamedIndex};

pub(crate) const MIGRATION: Indexes = Indexes {
    module: module_path!(),
    all: &[NamedIndex {
        name: "ix_change_kind_record_id_version",
        on: "change (kind, record_id, version)",
        only: None,
    }],
};
