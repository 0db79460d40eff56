//! What a country wants settled before its plan may be submitted.

use sea_orm_migration::prelude::ColumnDef;

use crate::table::Add;

pub(crate) const MIGRATION: Add = Add {
    module: module_path!(),
    table: "plan",
    columns: || vec![ColumnDef::new("preconditions").json_binary().not_null().default("[]").take()],
};
