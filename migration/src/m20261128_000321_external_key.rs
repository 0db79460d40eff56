//! Records are found by their external keys, whoever owns them: without it, each row of an import would read its whole table.
//!
//! Tables of later steps are not among these.

use crate::table::IndexEvery;

pub(crate) const MIGRATION: IndexEvery = IndexEvery {
    module: module_path!(),
    having: "external_key",
    end: "external_key",
    on: "external_key",
    only: |_| "external_key IS NOT NULL",
};
