//! Builder for tables, so that every kind gets the same columns and constraints.
//!
//! Names: `fk_`, `uq_`, `ck_`, `ix_`, then the table and the columns.

mod columns;
mod links;

use sea_orm_migration::prelude::{
    Check, ColumnDef, DbErr, Expr, ForeignKey, ForeignKeyAction, Index, IndexCreateStatement, SchemaManager,
    TableCreateStatement,
};
use sea_orm_migration::sea_orm::DbBackend;

pub(crate) use links::{drop_table, link_codes, links};

/// Vocabulary of the circles inside an owner.
const VISIBILITY: &[&str] = &["agency", "group", "national"];
/// Vocabulary of the care a record asks for.
const HANDLING: &[&str] = &["normal", "restricted"];

/// A table in the making: its statement and the indexes that follow it.
pub(crate) struct Table<'m, 'c> {
    manager: &'m SchemaManager<'c>,
    name: &'static str,
    statement: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
}

/// Begins a table.
pub(crate) fn table<'m, 'c>(manager: &'m SchemaManager<'c>, name: &'static str) -> Table<'m, 'c> {
    let mut statement = TableCreateStatement::new();
    statement.table(name);
    Table { manager, name, statement, indexes: Vec::new() }
}

impl Table<'_, '_> {
    /// Adds the columns that every record has.
    pub(crate) fn record(self) -> Self {
        self.id()
            .owner()
            .text_or_null("external_key")
            .text_or_null("source_system")
            .integer("version")
            .instant("created_at")
            .uuid_or_null("created_by")
            .instant("updated_at")
            .uuid_or_null("updated_by")
            .check("version", "version >= 1")
            .check("external_key", "(external_key IS NULL) = (source_system IS NULL)")
            .unique(&["owner", "source_system", "external_key"])
    }

    /// Adds the columns of the kinds that belong to a country.
    pub(crate) fn national(self) -> Self {
        self.one_of("visibility", VISIBILITY)
            .one_of("handling", HANDLING)
            .references_or_null("shared_set_id", "shared_set")
            .references_or_null("release_set_id", "release_set")
            .index(&["owner", "visibility"])
    }

    /// Adds the columns of the kinds that hold translated texts.
    pub(crate) fn texts(self) -> Self {
        self.text("language").json("translations").text("search")
    }

    /// Adds the date that closes a reference record.
    pub(crate) fn closable(self) -> Self {
        self.date_or_null("valid_until")
    }

    /// Adds the bit mask of domains.
    pub(crate) fn domains(self) -> Self {
        self.integer("domains").range("domains", 1, 15)
    }

    /// Adds a constraint, written so that both databases read it.
    pub(crate) fn check(mut self, label: &str, condition: &'static str) -> Self {
        let name = format!("ck_{}_{label}", self.name);
        let check = Check::named(name, Expr::cust(condition));
        self.statement.check(check);
        self
    }

    /// Keeps an integer column between two bounds, both included.
    pub(crate) fn range(mut self, column: &'static str, from: i32, to: i32) -> Self {
        let name = format!("ck_{}_{column}", self.name);
        let between = Expr::cust(format!("{column} BETWEEN {from} AND {to}"));
        self.statement.check(Check::named(name, between));
        self
    }

    /// Makes a combination of columns unique.
    pub(crate) fn unique(mut self, columns: &[&'static str]) -> Self {
        let mut index = Index::create();
        index.name(self.label("uq", columns)).unique();
        for column in columns {
            index.col(*column);
        }
        self.statement.index(&mut index);
        self
    }

    /// Makes a combination of columns the primary key.
    pub(crate) fn primary_key(mut self, columns: &[&'static str]) -> Self {
        let mut index = Index::create();
        index.name(format!("pk_{}", self.name));
        for column in columns {
            index.col(*column);
        }
        self.statement.primary_key(&mut index);
        self
    }

    /// Adds an index.
    pub(crate) fn index(mut self, columns: &[&'static str]) -> Self {
        let mut index = Index::create();
        index.name(self.label("ix", columns)).table(self.name);
        for column in columns {
            index.col(*column);
        }
        self.indexes.push(index);
        self
    }

    /// Creates the table and its indexes.
    pub(crate) async fn create(self) -> Result<(), DbErr> {
        self.manager.create_table(self.statement).await?;
        for index in self.indexes {
            self.manager.create_index(index).await?;
        }
        Ok(())
    }

    fn owner(self) -> Self {
        self.text("owner").foreign_key("owner", "owner", "code")
    }

    /// Adds the foreign key of a column, with its index.
    fn foreign_key(self, column: &'static str, table: &'static str, key: &'static str) -> Self {
        self.bare_foreign_key(column, table, key).index(&[column])
    }

    /// Adds a foreign key whose column an existing key or index already leads with.
    pub(crate) fn bare_foreign_key(
        mut self,
        column: &'static str,
        table: &'static str,
        key: &'static str,
    ) -> Self {
        let mut key_to = ForeignKey::create();
        key_to
            .name(self.label("fk", &[column]))
            .from(self.name, column)
            .to(table, key)
            .on_delete(ForeignKeyAction::Restrict);
        self.statement.foreign_key(&mut key_to);
        self
    }

    fn column(mut self, mut column: ColumnDef) -> Self {
        self.statement.col(&mut column);
        self
    }

    fn label(&self, prefix: &str, columns: &[&'static str]) -> String {
        format!("{prefix}_{}_{}", self.name, columns.join("_"))
    }

    fn is_postgres(&self) -> bool {
        self.manager.get_database_backend() == DbBackend::Postgres
    }
}
