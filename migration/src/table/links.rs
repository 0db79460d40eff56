//! Link tables: indexes derived from the JSON arrays in records.

use sea_orm_migration::prelude::{DbErr, SchemaManager, Table as Statement};

use super::table;

/// Creates a link table between the records of two tables.
pub(crate) async fn links(
    manager: &SchemaManager<'_>,
    name: &'static str,
    from: &'static str,
    to: &'static str,
) -> Result<(), DbErr> {
    table(manager, name)
        .uuid("from_id")
        .bare_foreign_key("from_id", from, "id")
        .references("to_id", to)
        .integer("position")
        .primary_key(&["from_id", "to_id"])
        .create()
        .await
}

/// Creates a link table between records and codes.
pub(crate) async fn link_codes(
    manager: &SchemaManager<'_>,
    name: &'static str,
    from: &'static str,
) -> Result<(), DbErr> {
    table(manager, name)
        .uuid("from_id")
        .bare_foreign_key("from_id", from, "id")
        .text("to_code")
        .integer("position")
        .primary_key(&["from_id", "to_code"])
        .index(&["to_code"])
        .create()
        .await
}

/// Drops a table with its indexes.
pub(crate) async fn drop_table(manager: &SchemaManager<'_>, name: &'static str) -> Result<(), DbErr> {
    manager.drop_table(Statement::drop().table(name).take()).await
}
