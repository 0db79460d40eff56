//! Statements whose text is made once for each caller and shape.

use std::{num::NonZeroUsize, sync::Arc};

use sea_orm::{QueryResult, Statement, Value, Values, sea_query::SelectStatement};
use uuid::Uuid;

use super::{Wanted, hide_copies, with_copies};
use crate::{
    cache::Cache,
    db::Conn,
    error::Result,
    record::Columns,
    render::{Named, along::Along},
    row::Row,
    standings,
    view::View,
};

/// Stands in a statement for the id that is asked for; no record has it.
const MARK: Uuid = Uuid::from_u128(0x05ca_ff01_d5ea_47ab_8e5e_6d61_726b_6564);

/// Statements kept at most; the one that was used longest ago goes first.
const MOST: NonZeroUsize = NonZeroUsize::new(500).unwrap();

/// What tells one statement from another: number of the caller, kind, columns, and what else its text depends on.
type Key = (u64, &'static str, Columns, String);

/// The statements a process keeps; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Statements(Cache<Key, Arc<Prepared>>);

impl Default for Statements {
    fn default() -> Self {
        Self(Cache::of(MOST))
    }
}

/// The ids a statement is made for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ids {
    /// None: it says itself what it reads.
    None,
    /// One id.
    One,
    /// Any number of them.
    Many,
}

/// A statement being made.
pub(super) struct Making {
    /// The select.
    pub(super) select: SelectStatement,
    /// What is selected along, after the columns that are wanted.
    pub(super) along: Along,
    /// How many columns there are.
    pub(super) columns: usize,
}

/// A statement whose text is made, under the epoch of standings where the caller is remembered.
#[derive(Debug)]
pub(super) struct Prepared {
    statement: Statement,
    /// Where the ids are bound.
    marks: Vec<usize>,
    ids: Ids,
    along: Along,
    columns: usize,
}

impl Prepared {
    /// The statement of this shape: as it was made for the same caller before, else as `make` makes it for the
    /// id [`Prepared::mark`]. A `shape` that is none is made each time.
    ///
    /// # Errors
    /// What `make` says.
    pub(super) fn of(
        view: &View,
        wanted: Wanted,
        (shape, ids): (Option<String>, Ids),
        make: impl FnOnce() -> Result<Making>,
    ) -> Result<Arc<Self>> {
        let key = view.watch.as_ref().zip(shape);
        let key = key.map(|(watch, shape)| (watch.caller(), wanted.def.name, wanted.columns, shape));
        let kept = view.standings.statements();
        if let Some(found) = key.as_ref().and_then(|key| kept.0.get(key)) {
            return Ok(found);
        }
        let Making { mut select, along, columns } = make()?;
        if view.watch.is_some() {
            select.expr(standings::column());
        }
        let conn = view.db.reading();
        let statement = conn.backend().build(&select);
        let mark = match ids {
            Ids::None => None,
            Ids::One => Some(Value::Uuid(Some(MARK))),
            Ids::Many => Some(conn.ids(&[MARK])),
        };
        let bound = statement.values.iter().flat_map(|values| &values.0).enumerate();
        let marks = bound.filter(|(_, value)| Some(*value) == mark.as_ref()).map(|(at, _)| at).collect();
        let prepared = Arc::new(Self { statement, marks, ids, along, columns });
        if let Some(key) = key {
            kept.0.put(key, prepared.clone());
        }
        Ok(prepared)
    }

    /// The id in whose place those that are asked for are bound.
    pub(super) const fn mark() -> Uuid {
        MARK
    }

    /// Runs the statement for some ids.
    pub(super) async fn run<'i>(
        &self,
        view: &View,
        ids: impl IntoIterator<Item = &'i Uuid>,
    ) -> Result<Vec<QueryResult>> {
        let conn = view.db.reading();
        let found = conn.all_raw(self.bound(conn, ids)).await?;
        if let Some(watch) = &view.watch {
            watch.see_in(found.first(), self.columns)?;
        }
        Ok(found)
    }

    /// Runs the statement for some ids, and reads rows of what is wanted with what is selected along with them.
    pub(super) async fn rows<'i>(
        &self,
        view: &View,
        wanted: Wanted,
        ids: impl IntoIterator<Item = &'i Uuid>,
    ) -> Result<(Vec<Row>, Named)> {
        let conn = view.db.reading();
        let (own, mut named) = (wanted.len(), Named::default());
        let mut watch = view.watch.as_ref();
        let read = |from: &QueryResult| {
            if let Some(watch) = watch.take() {
                watch.see_in(Some(from), self.columns)?;
            }
            let row = wanted.seen(view, from)?;
            self.along.read(&row, from, own, &mut named)?;
            Ok(row)
        };
        let mut rows = conn.read_raw(self.bound(conn, ids), read).await?;
        let copies = with_copies(wanted.def, rows.iter_mut());
        hide_copies(conn, (&view.actor, view.kinds), wanted.def, copies).await?;
        Ok((rows, named))
    }

    /// The statement with these ids.
    fn bound<'i>(&self, conn: Conn<'_>, ids: impl IntoIterator<Item = &'i Uuid>) -> Statement {
        let mut statement = self.statement.clone();
        let bound = match self.ids {
            Ids::None => None,
            Ids::One => Some(Value::Uuid(ids.into_iter().next().copied())),
            Ids::Many => Some(conn.ids(ids)),
        };
        if let (Some(bound), Some(Values(values))) = (bound, &mut statement.values) {
            for at in &self.marks {
                if let Some(slot) = values.get_mut(*at) {
                    slot.clone_from(&bound);
                }
            }
        }
        statement
    }
}
