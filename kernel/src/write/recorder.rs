//! How a unit's changes come into the log.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    Statement,
    sea_query::{Alias, Expr, Order, Query},
};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    change::{ChangeLeaf, Digest, GENESIS, SetHead, payload_hash},
    crypto::random,
    ctx::Ctx,
    db::{CHANNEL, Conn},
    editions::is_inside_only,
    error::Result,
    policy::Scope,
    row::Row,
    traces::Trace,
};

/// Key of the PostgreSQL advisory lock that orders commits.
const COMMIT_LOCK: i64 = 0x636f_6e63_6f72_6401;

/// Rows of one statement; a change row has eleven values, so the bind limit is far.
const ROWS: usize = 1_000;

/// One row of the log before it is written.
#[derive(Debug)]
pub struct Change {
    kind: &'static str,
    record: Uuid,
    version: i32,
    op: &'static str,
    owner: String,
    plan: Option<Uuid>,
    facts_before: Option<Json>,
    facts_after: Option<Json>,
    before: Option<Json>,
    after: Option<Json>,
}

impl Change {
    /// A creation or an edit.
    #[must_use]
    pub fn write(before: Option<&Row>, after: &Row) -> Self {
        Self {
            op: if before.is_some() { "update" } else { "create" },
            facts_before: before.map(facts),
            facts_after: Some(facts_after(before, after)),
            before: before.map(|row| old_values(row, after)),
            after: Some(after.image()),
            ..Self::about(after)
        }
    }

    /// No change of the record, but of who may see it: a release of it began or ended. It has no images.
    #[must_use]
    pub fn touch(row: &Row) -> Self {
        let seen = Some(facts(row));
        Self { op: "update", facts_before: seen.clone(), facts_after: seen, ..Self::about(row) }
    }

    /// A deletion; its version follows the last one.
    #[must_use]
    pub fn deletion(row: &Row) -> Self {
        Self {
            op: "delete",
            version: row.version() + 1,
            facts_before: Some(facts(row)),
            before: Some(row.image()),
            ..Self::about(row)
        }
    }

    /// The row of the log, without the payload.
    fn leaf(&self, ordinal: i32, payload_hash: String) -> ChangeLeaf {
        ChangeLeaf {
            ordinal,
            kind: self.kind.into(),
            record_id: self.record,
            version: self.version,
            op: self.op.into(),
            owner: self.owner.clone(),
            plan_id: self.plan,
            facts_before: self.facts_before.clone(),
            facts_after: self.facts_after.clone(),
            payload_hash,
        }
    }

    fn about(row: &Row) -> Self {
        Self {
            kind: row.def().name,
            record: row.id(),
            version: row.version(),
            op: "",
            owner: row.owner().to_owned(),
            plan: row.def().plan_column().and_then(|column| row.uuid(column)),
            facts_before: None,
            facts_after: None,
            before: None,
            after: None,
        }
    }
}

fn facts(row: &Row) -> Json {
    serde_json::to_value(row.scope()).unwrap_or_default()
}

/// The facts after a change, with whether only the owner learns of it.
fn facts_after(before: Option<&Row>, after: &Row) -> Json {
    let is_inside = before.is_some_and(|before| is_inside_only(before, after));
    serde_json::to_value(Scope { is_inside, ..after.scope() }).unwrap_or_default()
}

/// Old values of the columns that changed.
fn old_values(before: &Row, after: &Row) -> Json {
    let (old, new) = (before.image(), after.image());
    let changed =
        old.as_object().into_iter().flatten().filter(|(name, value)| new.get(name.as_str()) != Some(value));
    Json::Object(changed.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// Collects the changes of one unit and seals them at its commit.
pub(crate) struct Recorder {
    /// Id of the change set.
    pub(crate) set: Uuid,
    digest: Digest,
    rows: i32,
    /// Whether a set without changes is written too.
    pub(crate) is_wanted: bool,
    /// Whether changes are written without what was there before.
    pub(crate) forgets: bool,
}

impl Recorder {
    pub(crate) fn new(set: Uuid) -> Self {
        Self { set, digest: Digest::new(), rows: 0, is_wanted: false, forgets: false }
    }

    /// Writes changes and their payloads.
    pub(crate) async fn record(&mut self, conn: Conn<'_>, changes: Vec<Change>) -> Result<()> {
        for chunk in changes.chunks(ROWS) {
            let mut rows = Query::insert();
            rows.into_table(Alias::new("change")).columns(ChangeLeaf::COLUMNS.map(Alias::new));
            let mut payloads = Query::insert();
            payloads
                .into_table(Alias::new("change_payload"))
                .columns(["set_id", "ordinal", "salt", "before", "after"].map(Alias::new));
            for change in chunk {
                let salt = salt()?;
                let before = change.before.as_ref().filter(|_| !self.forgets).map(Json::to_string);
                let after = change.after.as_ref().map(Json::to_string);
                let hash = payload_hash(&salt, before.as_deref(), after.as_deref());
                let leaf = change.leaf(self.rows, hash);
                self.digest.add(&leaf);
                rows.values_panic(leaf.exprs(self.set));
                payloads.values_panic([
                    Expr::val(self.set),
                    Expr::val(self.rows),
                    Expr::val(salt),
                    Expr::val(before),
                    Expr::val(after),
                ]);
                self.rows += 1;
            }
            conn.run(&rows).await?;
            conn.run(&payloads).await?;
        }
        Ok(())
    }

    /// Takes in traces of reads that were written in the unit; with any there is a set of them, without changes.
    pub(crate) fn trace(&mut self, mut traces: Vec<Trace>) {
        traces.sort_unstable_by_key(|trace| trace.id);
        self.is_wanted |= !traces.is_empty();
        for trace in &traces {
            self.digest.add_trace(trace);
        }
    }

    /// Appends the change set, the very last statement before the commit; answers its number, where there is one.
    pub(crate) async fn seal(self, ctx: &Ctx, conn: Conn<'_>) -> Result<Option<i64>> {
        if self.rows == 0 && !self.is_wanted {
            return Ok(None);
        }
        if conn.is_postgres() {
            ask(conn, &format!("SELECT pg_notify('{CHANNEL}', $1)"), self.set.to_string()).await?;
            ask(conn, "SELECT pg_advisory_xact_lock($1)", COMMIT_LOCK).await?;
        }
        let newest = Query::select()
            .columns(["seq", "at", "hash"].map(Alias::new))
            .from(Alias::new("change_set"))
            .order_by(Alias::new("seq"), Order::Desc)
            .limit(1)
            .take();
        let previous = match conn.one(&newest).await? {
            Some(row) => {
                Some((row.try_get_by_index::<i64>(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?))
            }
            None => None,
        };
        let head = next(ctx, self.set, self.rows, self.digest.finish(), previous);
        let seq = head.seq;
        let mut insert = Query::insert();
        insert.into_table(Alias::new("change_set")).columns(SetHead::COLUMNS.map(Alias::new));
        insert.values_panic(head.exprs());
        conn.run(&insert).await?;
        Ok(Some(seq))
    }
}

/// The head of a set that follows another.
fn next(
    ctx: &Ctx,
    id: Uuid,
    row_count: i32,
    digest: String,
    previous: Option<(i64, DateTime<Utc>, String)>,
) -> SetHead {
    let now = ctx.clock.now();
    let (seq, at, prev) = match previous {
        Some((seq, at, hash)) => (seq + 1, now.max(at + TimeDelta::microseconds(1)), hash),
        None => (1, now, GENESIS.to_owned()),
    };
    SetHead {
        seq,
        id,
        at,
        actor: ctx.actor.number,
        owner: ctx.actor.acting.clone(),
        request_id: ctx.request_id.as_deref().map(str::to_owned),
        cause: ctx.cause.code().to_owned(),
        row_count,
        digest,
        prev,
    }
}

/// Calls a function of PostgreSQL.
async fn ask(conn: Conn<'_>, sql: &str, value: impl Into<sea_orm::Value>) -> Result<()> {
    conn.all_raw(Statement::from_sql_and_values(conn.backend(), sql, [value.into()])).await?;
    Ok(())
}

fn salt() -> Result<String> {
    Ok(hex::encode(random::<16>()?))
}
