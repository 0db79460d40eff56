//! Imports keep the mapping by which they are read, and the import that they are a review of.

use sea_orm_migration::prelude::ColumnDef;

use crate::table::Add;

pub(crate) const MIGRATION: Add = Add {
    module: module_path!(),
    table: "import_job",
    columns: || {
        vec![
            ColumnDef::new("mapping").json_binary().null().take(),
            ColumnDef::new("reviews").uuid().null().take(),
        ]
    },
};
