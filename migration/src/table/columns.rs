//! Columns by type; a plain name means NOT NULL.

use sea_orm_migration::{
    prelude::{Check, ColumnDef, Expr, ExprTrait},
    sea_orm::DbBackend,
};

use super::Table;

impl Table {
    /// Adds the primary key of a table of identified rows.
    pub(crate) fn id(self) -> Self {
        self.column(ColumnDef::new("id").uuid().primary_key().take())
    }

    /// Adds a text column, compared byte by byte on both databases.
    pub(crate) fn text(self, name: &'static str) -> Self {
        self.collated(ColumnDef::new(name).text().not_null().take())
    }

    /// Adds a text column that may be empty.
    pub(crate) fn text_or_null(self, name: &'static str) -> Self {
        self.collated(ColumnDef::new(name).text().null().take())
    }

    /// Adds the code of a currency, which may be empty.
    pub(crate) fn currency_or_null(self, name: &'static str) -> Self {
        self.collated(ColumnDef::new(name).char_len(3).null().take())
    }

    /// Adds a text column that holds one of the codes.
    pub(crate) fn one_of(self, name: &'static str, codes: &'static [&'static str]) -> Self {
        self.text(name).codes(name, codes)
    }

    /// Adds a text column that holds one of the codes or nothing.
    pub(crate) fn one_of_or_null(self, name: &'static str, codes: &'static [&'static str]) -> Self {
        self.text_or_null(name).codes(name, codes)
    }

    /// Adds a link to a record.
    pub(crate) fn references(self, name: &'static str, table: &'static str) -> Self {
        self.uuid(name).foreign_key(name, table, "id")
    }

    /// Adds a link to a record, which may be empty.
    pub(crate) fn references_or_null(self, name: &'static str, table: &'static str) -> Self {
        self.uuid_or_null(name).foreign_key(name, table, "id")
    }

    /// Adds an identifier without a foreign key.
    pub(crate) fn uuid(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).uuid().not_null().take())
    }

    /// Adds an identifier without a foreign key, which may be empty.
    pub(crate) fn uuid_or_null(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).uuid().null().take())
    }

    /// Adds a 32-bit integer.
    pub(crate) fn integer(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).integer().not_null().take())
    }

    /// Adds a 32-bit integer that may be empty.
    pub(crate) fn integer_or_null(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).integer().null().take())
    }

    /// Adds a 64-bit integer.
    pub(crate) fn big_integer(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).big_integer().not_null().take())
    }

    /// Adds a 64-bit integer that may be empty.
    pub(crate) fn big_integer_or_null(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).big_integer().null().take())
    }

    /// Adds a fact that is true or false.
    pub(crate) fn boolean(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).boolean().not_null().take())
    }

    /// Adds a fact that is true, false or not known.
    pub(crate) fn boolean_or_null(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).boolean().null().take())
    }

    /// Adds a date.
    pub(crate) fn date(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).date().not_null().take())
    }

    /// Adds a date that may be empty.
    pub(crate) fn date_or_null(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).date().null().take())
    }

    /// Adds an instant.
    pub(crate) fn instant(self, name: &'static str) -> Self {
        let mut column = ColumnDef::new(name);
        self.column(column.timestamp_with_time_zone().not_null().take())
    }

    /// Adds an instant that may be empty.
    pub(crate) fn instant_or_null(self, name: &'static str) -> Self {
        let mut column = ColumnDef::new(name);
        self.column(column.timestamp_with_time_zone().null().take())
    }

    /// Adds a JSON value: jsonb on PostgreSQL, text on SQLite.
    pub(crate) fn json(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).json_binary().not_null().take())
    }

    /// Adds a JSON value that may be empty.
    pub(crate) fn json_or_null(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).json_binary().null().take())
    }

    /// Adds bytes.
    pub(crate) fn bytes(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(name).blob().not_null().take())
    }

    fn codes(mut self, name: &'static str, codes: &'static [&'static str]) -> Self {
        let label = format!("ck_{}_{name}", self.name);
        let listed = Expr::col(name).is_in(codes.iter().copied());
        self.statement.check(Check::named(label, listed));
        self
    }

    fn collated(self, column: ColumnDef) -> Self {
        let column = collated(self.backend, column);
        self.column(column)
    }
}

/// A text column that is compared byte by byte; PostgreSQL has to be told.
pub(crate) fn collated(backend: DbBackend, mut column: ColumnDef) -> ColumnDef {
    if backend == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}
