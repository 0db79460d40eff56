//! Tasks know whether their deadline made them.

use sea_orm_migration::prelude::ColumnDef;

use crate::table::Add;

pub(crate) const MIGRATION: Add = Add {
    module: module_path!(),
    table: "task",
    columns: || vec![ColumnDef::new("is_made").boolean().null().take()],
};
