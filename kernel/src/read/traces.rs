//! Reads that leave a trace in the log: restricted records, other owners' records through a release, looks as others.
//!
//! A [`View`] notes what its caller is shown. Before that is answered, what no earlier answer of the same minute has
//! told is written (`Ctx::settle_reads`): one change set with a trace for each owner, kind and reason.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use sea_orm::{
    QueryResult,
    sea_query::{Alias, Cond, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    actor::Actor,
    cache::Cache,
    cause::ReadReason,
    db::Conn,
    error::Result,
    policy::{is_traced, traced},
    record::KindDef,
    row::Row,
    view::View,
};

/// Ids that a trace of restricted records keeps at most.
pub const IDS: usize = 100;

/// Traces of this minute that a process remembers; the one that was asked for longest ago goes first.
const MOST: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();

/// What was read: whose records, of which kind, and why that leaves a trace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// Owner of the records.
    pub owner: String,
    /// Their kind.
    pub kind: String,
    /// Why.
    pub why: ReadReason,
}

/// By whom, when and what: a minute has one trace of each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Told {
    /// Pseudonymous number of the reader.
    pub(crate) actor: i64,
    /// Owner the reader acted under.
    pub(crate) acting: String,
    /// What was read.
    pub(crate) subject: Subject,
    /// Beginning of the minute.
    pub(crate) minute: DateTime<Utc>,
}

/// The traces of late that a process knows to be written; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Memory(Cache<Told, ()>);

impl Default for Memory {
    fn default() -> Self {
        Self(Cache::of(MOST))
    }
}

impl Memory {
    pub(crate) fn knows(&self, told: &Told) -> bool {
        self.0.get(told).is_some()
    }

    pub(crate) fn keep(&self, told: Told) {
        self.0.put(told, ());
    }
}

/// What was read so far for one answer.
#[derive(Debug, Default)]
pub struct Reads(Mutex<Option<Noted>>);

/// What one reader read.
#[derive(Debug)]
pub(crate) struct Noted {
    /// Who is told.
    pub(crate) reader: Arc<Actor>,
    /// The ids of restricted records, by what was read; none for other reasons.
    pub(crate) subjects: BTreeMap<Subject, BTreeSet<Uuid>>,
}

/// Who it is whose reads leave traces: nobody who is not signed in, and of who looks as others the focal point.
pub(crate) fn reader(actor: &Arc<Actor>) -> Option<&Arc<Actor>> {
    Some(actor.viewing.as_ref().map_or(actor, |viewing| &viewing.own))
        .filter(|actor| actor.user.is_some() && !actor.is_system())
}

impl Reads {
    /// Notes that a caller is shown a record, where that leaves a trace.
    pub(crate) fn note(&self, actor: &Arc<Actor>, row: &Row) {
        let Some(reader) = reader(actor).filter(|_| is_traced(row.def())) else { return };
        for why in traced(actor, row).into_iter().flatten() {
            let (owner, kind) = (row.owner().to_owned(), row.def().name.to_owned());
            let id = (why == ReadReason::Restricted).then(|| row.id());
            self.put(reader, Subject { owner, kind, why }, id);
        }
    }

    pub(crate) fn note_export(&self, actor: &Arc<Actor>, owner: &str, def: &KindDef) {
        let Some(reader) = reader(actor) else { return };
        let why = ReadReason::Export;
        self.put(reader, Subject { owner: owner.to_owned(), kind: def.name.to_owned(), why }, None);
    }

    fn put(&self, reader: &Arc<Actor>, subject: Subject, id: Option<Uuid>) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = noted.get_or_insert_with(|| Noted { reader: reader.clone(), subjects: BTreeMap::new() });
        let ids = noted.subjects.entry(subject).or_default();
        if ids.len() < IDS {
            ids.extend(id);
        }
    }

    /// Forgets what was read for an answer that is not given.
    pub fn forget(&self) {
        drop(self.take());
    }

    pub(crate) fn take(&self) -> Option<Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl View {
    /// Whether reading records of a kind for this view may leave a trace.
    pub(crate) fn notes(&self, def: &KindDef) -> bool {
        self.reads.is_some() && is_traced(def) && reader(&self.actor).is_some()
    }
}

/// A trace as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Its id; later traces have greater ones.
    pub id: Uuid,
    /// Change set that it is part of.
    pub set: Uuid,
    /// What was read.
    pub subject: Subject,
    /// Ids of restricted records.
    pub ids: Vec<Uuid>,
}

impl Trace {
    /// Columns of table `read_trace` in the order of [`Trace::read`].
    pub(crate) const COLUMNS: [&str; 6] = ["id", "set_id", "owner", "kind", "why", "ids"];

    /// The trace in a row that begins with [`Trace::COLUMNS`].
    pub(crate) fn read(row: &QueryResult) -> Result<Self> {
        let why: String = row.try_get_by_index(4)?;
        Ok(Self {
            id: row.try_get_by_index(0)?,
            set: row.try_get_by_index(1)?,
            subject: Subject {
                owner: row.try_get_by_index(2)?,
                kind: row.try_get_by_index(3)?,
                why: serde_json::from_value(why.into())?,
            },
            ids: serde_json::from_value(row.try_get_by_index(5)?)?,
        })
    }

    /// What the digest of its change set covers.
    pub(crate) fn text(&self) -> String {
        let Subject { owner, kind, why } = &self.subject;
        json!(["read", self.id, owner, kind, why, self.ids]).to_string()
    }
}

/// Which traces are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// Of records of this kind.
    pub kind: Option<String>,
    /// Left at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Left before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// A trace with who left it, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The trace.
    pub trace: Trace,
    /// When it was committed.
    pub at: DateTime<Utc>,
    /// Account of the reader; none once it is gone.
    pub by: Option<Uuid>,
    /// Owner the reader acted under.
    pub acting: Option<String>,
}

/// The newest traces of reads of an owner's records, after one of them: `limit` and one more.
///
/// # Errors
/// What the database says.
pub async fn list(
    conn: Conn<'_>,
    owner: &str,
    sought: &Sought,
    (after, limit): (Option<Uuid>, usize),
) -> Result<Vec<Left>> {
    let mut select = seek(owner, sought);
    select.exprs(Trace::COLUMNS.map(|name| col("read_trace", name)));
    select.expr(col("change_set", "at")).expr(col("user", "id")).expr(col("change_set", "owner"));
    let is_theirs = col("user", "number").eq(col("change_set", "actor"));
    select.join(JoinType::LeftJoin, Alias::new("user"), is_theirs);
    select.and_where_option(after.map(|after| col("read_trace", "id").lt(after)));
    select.order_by((Alias::new("read_trace"), Alias::new("id")), Order::Desc);
    select.limit(u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1));
    let read = |row: &QueryResult| {
        let trace = Trace::read(row)?;
        let (at, by, acting) = (row.try_get_by_index(6)?, row.try_get_by_index(7)?, row.try_get_by_index(8)?);
        Ok(Left { trace, at, by, acting })
    };
    conn.all(&select).await?.iter().map(read).collect()
}

/// How many traces there are altogether.
///
/// # Errors
/// What the database says.
pub async fn count(conn: Conn<'_>, owner: &str, sought: &Sought) -> Result<u64> {
    let select = seek(owner, sought).expr(Func::count(col("read_trace", "id"))).take();
    let row = conn.one(&select).await?;
    let counted: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(u64::try_from(counted).unwrap_or_default())
}

/// The traces of an owner with their change sets, without columns.
fn seek(owner: &str, sought: &Sought) -> SelectStatement {
    let at = || col("change_set", "at");
    let which = Cond::all()
        .add(col("read_trace", "owner").eq(owner))
        .add_option(sought.kind.as_deref().map(|kind| col("read_trace", "kind").eq(kind)))
        .add_option(sought.from.map(|from| at().gte(from)))
        .add_option(sought.until.map(|until| at().lt(until)));
    Query::select()
        .from(Alias::new("read_trace"))
        .join(
            JoinType::InnerJoin,
            Alias::new("change_set"),
            col("change_set", "id").eq(col("read_trace", "set_id")),
        )
        .cond_where(which)
        .take()
}

fn col(table: &'static str, column: &'static str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(column)))
}
