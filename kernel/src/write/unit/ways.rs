//! Who leads to some records, over every table that can, in one statement.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Alias, Expr, Query, SelectStatement, UnionType};
use uuid::Uuid;

use super::Unit;
use crate::{error::Result, policy::for_rule, record::KindDef};

/// A way to records: the rows of a table that name some in a column.
pub(super) struct Way<'a> {
    /// The table.
    pub(super) table: &'a str,
    /// Column with who names them.
    pub(super) from: &'a str,
    /// Column that names them.
    pub(super) to: &'a str,
    /// Whom it names.
    pub(super) ids: &'a BTreeSet<Uuid>,
}

impl<'a> Way<'a> {
    /// The way from records of a kind by one of their columns.
    pub(super) fn of(def: &'a KindDef, column: &'a str, ids: &'a BTreeSet<Uuid>) -> Self {
        Self { table: def.table, from: "id", to: column, ids }
    }
}

/// A row at the end of a way.
pub(super) struct Named {
    /// Place of the way in the list.
    pub(super) way: usize,
    /// Who names the record.
    pub(super) from: Uuid,
    /// The record that is named.
    pub(super) to: Uuid,
}

impl Unit {
    /// The rows at the end of these ways, hidden ones too.
    pub(super) async fn naming(&self, ways: &[Way<'_>]) -> Result<Vec<Named>> {
        let selects = ways.iter().enumerate().map(|(at, way)| self.select_way(at, way));
        let whole = selects.reduce(|mut all, one| all.union(UnionType::All, one).take());
        let Some(select) = whole else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for row in self.conn().all(&select).await? {
            let way = usize::try_from(row.try_get_by_index::<i32>(0)?).unwrap_or_default();
            found.push(Named { way, from: row.try_get_by_index(1)?, to: row.try_get_by_index(2)? });
        }
        Ok(found)
    }

    fn select_way(&self, at: usize, way: &Way<'_>) -> SelectStatement {
        let place = i32::try_from(at).unwrap_or_default();
        let column = |name: &str| Expr::col(Alias::new(name));
        Query::select()
            .expr(Expr::cust(place.to_string()))
            .exprs([column(way.from), column(way.to)])
            .from(Alias::new(way.table))
            .cond_where(for_rule(way.table))
            .and_where(self.conn().among(column(way.to), way.ids))
            .take()
    }
}
