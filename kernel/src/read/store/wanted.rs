//! What is read of records.

use sea_orm::{
    QueryResult,
    sea_query::{Alias, SelectStatement},
};

use crate::{
    db::Conn,
    error::Result,
    page::Page,
    policy::{TRACED, for_rule, withhold},
    record::{Columns, KindDef},
    row::Row,
    view::View,
};

/// What is read of records: of which kind, and which columns; every column of a kind where it is made of one.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The kind.
    pub def: &'static KindDef,
    /// The columns.
    pub columns: Columns,
}

impl From<&'static KindDef> for Wanted {
    fn from(def: &'static KindDef) -> Self {
        Self { def, columns: Columns::ALL }
    }
}

impl Wanted {
    /// What the callers of REST are shown.
    #[must_use]
    pub fn shown(def: &'static KindDef) -> Self {
        Self { def, columns: def.shown() }
    }

    /// Besides, what the cursors of a page are made of.
    pub(super) fn of_page(self, page: &Page) -> Self {
        let sorted: Vec<&str> = page.sort.iter().map(|key| key.column).collect();
        Self { columns: self.columns.and(self.def.named(&sorted)), ..self }
    }

    /// The columns, in the kind's order.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        let all = self.def.columns.iter().enumerate();
        all.filter(move |(at, _)| self.columns.has(*at)).map(|(_, column)| column.name)
    }

    /// How many columns there are.
    pub(crate) fn len(self) -> usize {
        self.names().count()
    }

    /// Besides, what says which fields are withheld from the caller or shown with another record, and whether its read
    /// leaves a trace.
    pub(super) fn judged(self, view: &View) -> Self {
        let facts = if view.actor.judges(self.def) { self.def.of_scope() } else { Columns::NONE };
        let noted = if view.notes(self.def) {
            self.def.named(&TRACED).and(self.def.of_parties())
        } else {
            Columns::NONE
        };
        let copied = self.def.any.iter().filter(|any| any.shows.is_some());
        let copied = copied.fold(Columns::NONE, |all, any| all.and(self.def.named(&[any.kind, any.id])));
        Self { columns: self.columns.and(facts).and(noted).and(copied), ..self }
    }

    /// Reads a row of a [`select`] as the caller sees it.
    pub(super) fn seen(self, view: &View, from: &QueryResult) -> Result<Row> {
        let mut row = self.row(from)?;
        withhold(&view.actor, &mut row);
        Ok(row)
    }

    /// Reads a row of a [`select`].
    pub(crate) fn row(self, from: &QueryResult) -> Result<Row> {
        Row::fetch(self.def, self.columns, from)
    }
}

/// A select of what is wanted, in the kind's order.
#[must_use]
pub fn select(wanted: impl Into<Wanted>) -> SelectStatement {
    let (wanted, mut select) = (wanted.into(), SelectStatement::new());
    let table = wanted.def.iden();
    select.columns(wanted.names().map(|name| (table.clone(), Alias::new(name)))).from(table);
    select
}

/// A [`select`] of hidden rows too, for rules that look further than the caller.
#[must_use]
pub fn unseen(wanted: impl Into<Wanted>) -> SelectStatement {
    let wanted = wanted.into();
    let mut select = select(wanted);
    select.cond_where(for_rule(wanted.def.table));
    select
}

/// Runs a [`select`] and reads its rows.
///
/// # Errors
/// What the database says.
pub async fn rows(conn: Conn<'_>, wanted: impl Into<Wanted>, select: &SelectStatement) -> Result<Vec<Row>> {
    let wanted = wanted.into();
    conn.all(select).await?.iter().map(|found| wanted.row(found)).collect()
}
