//! Proof that the log is whole and that every record is what the log says.

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, JoinType, Order, Query};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    chain::{ChangeLeaf, Digest, GENESIS, SetHead, payload_hash},
    in_place,
};
use crate::{
    crypto::sha256,
    db::Conn,
    error::Result,
    record::{KindDef, Registry},
    row::Row,
    store,
    traces::Trace,
    view::View,
};

/// Sets, or records, read at a time.
const PAGE: u64 = 500;
/// Changes of these sets that are read at a time, where no set has more.
const MOST_CHANGES: i32 = 5_000;

/// One fault of the log or of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding(pub String);

/// What a verification saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many change sets were read.
    pub sets: u64,
    /// How many changes were read.
    pub changes: u64,
    /// How many traces of reads were read.
    pub traces: u64,
    /// How many records were compared with their newest image.
    pub records: u64,
    /// How many payloads were destroyed by the verb made for it.
    pub erased: u64,
    /// Everything that is wrong.
    pub findings: Vec<Finding>,
}

/// The end of the log: keep it outside, and a cut or rewritten log is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Position of the newest change set; 0 for an empty log.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

struct Newest {
    kind: String,
    op: String,
    version: i32,
    image: Option<String>,
}

/// Reads the end of the log.
///
/// # Errors
/// What the database says.
pub async fn head(view: &View) -> Result<Head> {
    let select = Query::select()
        .columns(["seq", "hash"].map(Alias::new))
        .from(Alias::new("change_set"))
        .order_by(Alias::new("seq"), Order::Desc)
        .limit(1)
        .take();
    Ok(match view.db.reading().one(&select).await? {
        Some(row) => Head { seq: row.try_get_by_index(0)?, hash: row.try_get_by_index(1)? },
        None => Head { seq: 0, hash: GENESIS.to_owned() },
    })
}

/// Recomputes the chain, compares every record with its newest image, and looks for `kept` in the log.
///
/// # Errors
/// What the database says; faults of the log are findings, not errors.
pub async fn verify(view: &View, kept: Option<&Head>) -> Result<Report> {
    let transaction = view.db.begin(false).await?;
    let conn = view.db.within(&transaction);
    let mut walk = Walk {
        kinds: view.kinds,
        report: Report::default(),
        newest: HashMap::new(),
        last: (0, GENESIS.to_owned()),
    };
    let mut kept_seen = kept.is_none_or(|kept| kept.seq == 0 && kept.hash == GENESIS);
    loop {
        let heads = page_of_heads(conn, walk.last.0).await?;
        if heads.is_empty() {
            break;
        }
        let ids: Vec<Uuid> = heads.iter().map(|(head, _)| head.id).collect();
        let mut changes = changes_of(conn, &ids).await?;
        let mut traces = traces_of(conn, &ids).await?;
        for (head, stored) in heads {
            let held =
                (changes.remove(&head.id).unwrap_or_default(), traces.remove(&head.id).unwrap_or_default());
            walk.check_set(&head, &stored, held);
            kept_seen |= kept.is_some_and(|kept| kept.seq == head.seq && kept.hash == stored);
            walk.last = (head.seq, stored);
        }
    }
    let Walk { mut report, mut newest, .. } = walk;
    if !kept_seen {
        let text = "the head kept outside is not in the log: the log was cut or rewritten";
        report.findings.push(Finding(text.into()));
    }
    for (table, what, counted) in
        [("change", "changes", report.changes), ("read_trace", "traces of reads", report.traces)]
    {
        let stored = count(conn, table).await?;
        if stored != counted {
            let text = format!("{stored} {what} are stored, the change sets account for {counted}");
            report.findings.push(Finding(text));
        }
    }
    for def in view.kinds.all() {
        compare_records(conn, def, &mut newest, &mut report).await?;
    }
    for (id, left) in newest {
        if left.op != "delete" {
            report.findings.push(Finding(format!("{} {id} is in the log but not stored", left.kind)));
        }
    }
    transaction.rollback().await?;
    Ok(report)
}

async fn page_of_heads(conn: Conn<'_>, after: i64) -> Result<Vec<(SetHead, String)>> {
    let select = Query::select()
        .columns(SetHead::COLUMNS.map(Alias::new))
        .from(Alias::new("change_set"))
        .and_where(Expr::col(Alias::new("seq")).gt(after))
        .order_by(Alias::new("seq"), Order::Asc)
        .limit(PAGE)
        .take();
    let mut heads = conn.all(&select).await?.iter().map(SetHead::read).collect::<Result<Vec<_>>>()?;
    let mut changes = 0_i32;
    let fits = heads.iter().take_while(|(head, _)| {
        changes = changes.saturating_add(head.row_count);
        changes <= MOST_CHANGES
    });
    let fitting = fits.count().max(1);
    heads.truncate(fitting);
    Ok(heads)
}

/// A change with its payload; none if the payload was deleted, not erased.
type Stored = (ChangeLeaf, Option<Payload>);

struct Payload {
    salt: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

impl Payload {
    const fn is_erased(&self) -> bool {
        self.salt.is_none() && self.before.is_none() && self.after.is_none()
    }

    /// Whether the change left the record as it was.
    const fn is_touch(&self) -> bool {
        self.salt.is_some() && self.before.is_none() && self.after.is_none()
    }

    fn fits(&self, hash: &str) -> bool {
        let made = |salt: &String| payload_hash(salt, self.before.as_deref(), self.after.as_deref());
        self.salt.as_ref().map(made).is_some_and(|made| made == hash)
    }
}

async fn changes_of(conn: Conn<'_>, sets: &[Uuid]) -> Result<HashMap<Uuid, Vec<Stored>>> {
    let (change, payload) = (Alias::new("change"), Alias::new("change_payload"));
    let mut select = Query::select();
    for column in ChangeLeaf::COLUMNS {
        select.column((change.clone(), Alias::new(column)));
    }
    for column in ["set_id", "salt", "before", "after"] {
        select.column((payload.clone(), Alias::new(column)));
    }
    select
        .from(change.clone())
        .join(JoinType::LeftJoin, payload.clone(), in_place(&payload, &change))
        .and_where(Expr::col((change.clone(), Alias::new("set_id"))).is_in(sets.iter().copied()))
        .order_by((change.clone(), Alias::new("set_id")), Order::Asc)
        .order_by((change.clone(), Alias::new("ordinal")), Order::Asc);
    let mut found: HashMap<Uuid, Vec<Stored>> = HashMap::new();
    for row in conn.all(&select).await? {
        let payload = match row.try_get_by_index::<Option<Uuid>>(11)? {
            None => None,
            Some(_) => Some(Payload {
                salt: row.try_get_by_index(12)?,
                before: row.try_get_by_index(13)?,
                after: row.try_get_by_index(14)?,
            }),
        };
        found.entry(row.try_get_by_index(0)?).or_default().push((ChangeLeaf::read(&row)?, payload));
    }
    Ok(found)
}

/// The log as far as it was read.
struct Walk {
    kinds: &'static Registry,
    report: Report,
    newest: HashMap<Uuid, Newest>,
    /// Position and hash of the set before.
    last: (i64, String),
}

impl Walk {
    fn check_set(&mut self, head: &SetHead, stored: &str, (changes, traces): (Vec<Stored>, Vec<Trace>)) {
        let Self { kinds, report, newest, last } = self;
        report.sets += 1;
        let seq = head.seq;
        let mut fault = |text: String| report.findings.push(Finding(format!("change set {seq}: {text}")));
        if seq != last.0 + 1 {
            fault(format!("follows {}, so sets are missing or were put in", last.0));
        }
        if head.prev != last.1 {
            fault("does not carry the hash of the set before".into());
        }
        if head.hash() != stored {
            fault("its hash does not fit its content".into());
        }
        if i32::try_from(changes.len()).ok() != Some(head.row_count) {
            fault(format!("has {} changes, {} were written", changes.len(), head.row_count));
        }
        let mut digest = Digest::new();
        let count = changes.len();
        let mut erased = 0;
        for (leaf, payload) in changes {
            digest.add(&leaf);
            match &payload {
                None => fault(format!("the payload of change {} was deleted", leaf.ordinal)),
                Some(payload) if payload.is_erased() => erased += 1,
                Some(payload) if !payload.fits(&leaf.payload_hash) => {
                    fault(format!("the payload of change {} was altered", leaf.ordinal));
                }
                Some(payload) if payload.is_touch() => continue,
                Some(_) => {}
            }
            let after = payload.and_then(|payload| payload.after);
            let image = after.map(|text| image_hash(kinds.get(&leaf.kind), &text));
            newest.insert(
                leaf.record_id,
                Newest { kind: leaf.kind, op: leaf.op, version: leaf.version, image },
            );
        }
        for trace in &traces {
            digest.add_trace(trace);
        }
        if digest.finish() != head.digest {
            fault("its changes were altered, reordered, deleted or put in".into());
        }
        report.changes += u64::try_from(count).unwrap_or_default();
        report.traces += u64::try_from(traces.len()).unwrap_or_default();
        report.erased += erased;
    }
}

/// Hash of an image as the kind's columns are now: one that a later migration added counts as empty.
fn image_hash(def: Option<&'static KindDef>, text: &str) -> String {
    let row = def.and_then(|def| Row::from_image(def, &serde_json::from_str(text).ok()?).ok());
    let image = row.map_or_else(|| text.to_owned(), |row| row.image().to_string());
    sha256(&[image.as_bytes()])
}

/// The traces of reads in these sets, in order of their ids.
async fn traces_of(conn: Conn<'_>, sets: &[Uuid]) -> Result<HashMap<Uuid, Vec<Trace>>> {
    let select = Query::select()
        .columns(Trace::COLUMNS.map(Alias::new))
        .from(Alias::new("read_trace"))
        .and_where(Expr::col(Alias::new("set_id")).is_in(sets.iter().copied()))
        .order_by(Alias::new("id"), Order::Asc)
        .take();
    let mut found: HashMap<Uuid, Vec<Trace>> = HashMap::new();
    for row in conn.all(&select).await? {
        let trace = Trace::read(&row)?;
        found.entry(trace.set).or_default().push(trace);
    }
    Ok(found)
}

async fn count(conn: Conn<'_>, table: &'static str) -> Result<u64> {
    let select = Query::select().expr(Func::count(Expr::val(1))).from(Alias::new(table)).take();
    let row = conn.one(&select).await?;
    let counted: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(u64::try_from(counted).unwrap_or_default())
}

async fn compare_records(
    conn: Conn<'_>,
    def: &'static KindDef,
    newest: &mut HashMap<Uuid, Newest>,
    report: &mut Report,
) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let mut select = store::unseen(def);
        select
            .and_where(def.col("id").gt(after))
            .order_by((def.iden(), Alias::new("id")), Order::Asc)
            .limit(PAGE);
        let rows = store::rows(conn, def, &select).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id();
        for row in &rows {
            report.records += 1;
            if let Some(text) = compare(row, newest.remove(&row.id())) {
                report.findings.push(Finding(format!("{} {} {text}", def.name, row.id())));
            }
        }
    }
}

fn compare(row: &Row, newest: Option<Newest>) -> Option<&'static str> {
    let Some(newest) = newest else { return Some("is stored but was never logged") };
    if newest.op == "delete" {
        return Some("is stored although the log says it was deleted");
    }
    if newest.version != row.version() {
        return Some("has another version than the log");
    }
    let image = sha256(&[row.image().to_string().as_bytes()]);
    newest.image.is_some_and(|logged| logged != image).then_some("differs from its newest image")
}
