//! Mappings say what parts the fraction of numbers.

use sea_orm_migration::prelude::{ColumnDef, Expr, ExprTrait};

use crate::table::Add;

const DECIMAL_MARK: [&str; 2] = ["comma", "point"];

pub(crate) const MIGRATION: Add = Add {
    module: module_path!(),
    table: "import_mapping",
    columns: || {
        let mut mark = ColumnDef::new("decimal_mark");
        mark.text().null().check(Expr::col("decimal_mark").is_in(DECIMAL_MARK));
        vec![mark]
    },
};
