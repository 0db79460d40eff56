//! Builder for tables, so that every kind gets the same columns and constraints.
//!
//! Names: `fk_`, `uq_`, `ck_`, `ix_`, then the table and the columns.

mod columns;
mod every;
mod indexes;

pub(crate) use columns::collated;
pub(crate) use every::IndexEvery;
pub(crate) use indexes::{Indexes, NamedIndex};

use sea_orm_migration::{
    async_trait::async_trait,
    prelude::{
        Check, ColumnDef, DbErr, Expr, ForeignKey, ForeignKeyAction, Index, IndexCreateStatement,
        MigrationName, MigrationTrait, SchemaManager, Table as Statement, TableCreateStatement,
    },
    sea_orm::DbBackend,
};

/// Vocabulary of the circles inside an owner.
const VISIBILITY: &[&str] = &["agency", "group", "national"];
/// The sort keys of a text, one for each language that has an order of its own; the first is for all others.
pub(crate) const ORDERS: [&str; 5] = ["order_und", "order_en", "order_fr", "order_ky", "order_ru"];
/// Vocabulary of the care a record asks for.
const HANDLING: &[&str] = &["normal", "restricted"];

/// A migration that creates a table and the link tables that belong to it; down drops them.
pub(crate) struct Create {
    /// Path of the module, whose last part names the migration.
    pub(crate) module: &'static str,
    /// The tables, in order.
    pub(crate) tables: fn(Maker) -> Vec<Table>,
}

impl MigrationName for Create {
    fn name(&self) -> &str {
        last(self.module)
    }
}

#[async_trait]
impl MigrationTrait for Create {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in (self.tables)(Maker(manager.get_database_backend())) {
            table.create(manager).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in (self.tables)(Maker(manager.get_database_backend())).iter().rev() {
            manager.drop_table(Statement::drop().table(table.name).take()).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// A migration that adds columns to a table; down drops them.
pub(crate) struct Add {
    /// Path of the module, whose last part names the migration.
    pub(crate) module: &'static str,
    /// The table.
    pub(crate) table: &'static str,
    /// The columns.
    pub(crate) columns: fn() -> Vec<ColumnDef>,
}

impl MigrationName for Add {
    fn name(&self) -> &str {
        last(self.module)
    }
}

#[async_trait]
impl MigrationTrait for Add {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column by a statement.
        for mut column in (self.columns)() {
            manager.alter_table(Statement::alter().table(self.table).add_column(&mut column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in (self.columns)().iter().rev() {
            let name = column.get_column_name();
            manager.alter_table(Statement::alter().table(self.table).drop_column(name).take()).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// The last part of a module's path.
fn last(module: &str) -> &str {
    module.rsplit("::").next().unwrap_or(module)
}

/// Begins the tables of a migration, in the forms of one database.
#[derive(Clone, Copy)]
pub(crate) struct Maker(DbBackend);

impl Maker {
    /// Begins a table.
    pub(crate) fn table(self, name: &'static str) -> Table {
        let mut statement = TableCreateStatement::new();
        statement.table(name);
        Table { backend: self.0, name, statement, indexes: Vec::new() }
    }

    /// Makes a link table between the records of two tables: an index derived from a JSON array.
    pub(crate) fn links(self, name: &'static str, from: &'static str, to: &'static str) -> Table {
        self.table(name)
            .uuid("from_id")
            .bare_foreign_key("from_id", from, "id")
            .references("to_id", to)
            .integer("position")
            .primary_key(&["from_id", "to_id"])
    }

    /// Makes a link table from the records of a table to ids of records that it does not hold: others own them.
    pub(crate) fn loose_links(self, name: &'static str, from: &'static str) -> Table {
        self.table(name)
            .uuid("from_id")
            .bare_foreign_key("from_id", from, "id")
            .uuid("to_id")
            .integer("position")
            .primary_key(&["from_id", "to_id"])
            .index(&["to_id"])
    }

    /// Makes a link table between records and codes.
    pub(crate) fn link_codes(self, name: &'static str, from: &'static str) -> Table {
        self.table(name)
            .uuid("from_id")
            .bare_foreign_key("from_id", from, "id")
            .text("to_code")
            .integer("position")
            .primary_key(&["from_id", "to_code"])
            .index(&["to_code"])
    }
}

/// A table in the making: its statement and the indexes that follow it.
pub(crate) struct Table {
    backend: DbBackend,
    name: &'static str,
    statement: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
}

impl Table {
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
    ///
    /// Tables of later steps add [`Table::orders`] where one of the texts is sorted by.
    pub(crate) fn texts(self) -> Self {
        self.text("language").json("translations").text("search")
    }

    /// Adds the sort keys of the text that lists are sorted by.
    pub(crate) fn orders(self) -> Self {
        ORDERS.into_iter().fold(self, Self::text)
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
    async fn create(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        manager.create_table(self.statement).await?;
        for index in self.indexes {
            manager.create_index(index).await?;
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
}
