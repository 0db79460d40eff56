//! The years that a return covers.

use sea_orm_migration::prelude::ColumnDef;

use crate::table::Add;

pub(crate) const MIGRATION: Add = Add {
    module: module_path!(),
    table: "obligation",
    columns: || vec![ColumnDef::new("covers").text().not_null().default("previous_years").take()],
};
