//! What a process remembers of callers, and the epoch that says how long it is good.
//!
//! One stored number changes, in the transaction of the write, with everything that decides what somebody
//! may see. Whoever remembers a standing remembers the number read before it; the read's own statement
//! selects the number along, or one more statement asks for it after those that do not ([`epoch`]), and where it
//! differs, the answer is thrown away and the caller is looked up anew. So no statement answers whoever lost the
//! right to it before the statement began, over processes too.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use chrono::{DateTime, Utc};
use sea_orm::{
    QueryResult,
    sea_query::{Alias, Expr, Query, SelectStatement},
};
use uuid::Uuid;

use crate::{
    actor::Actor,
    cache::Cache,
    codes::Codes,
    db::Conn,
    error::{Error, Result},
    owners::Memory,
    store::Statements,
    traces,
};

/// Callers remembered at most; the one that called longest ago goes first.
const MOST: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// By what a request says who it is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// A session of a user.
    Session {
        /// The user.
        user: Uuid,
        /// The session.
        session: Uuid,
    },
    /// An API key, by the hash of its secret.
    Key([u8; 32]),
    /// Somebody whom a trusted issuer vouches for, by ids that follow from what it says.
    Vouched {
        /// The person.
        person: Uuid,
        /// What the issuer says of it.
        claims: Uuid,
    },
}

/// Who a request says it is from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Key {
    /// Session, key or issuer's word; none for anonymous callers.
    pub who: Option<Who>,
    /// Owner the caller wants to act under.
    pub act_as: Option<String>,
    /// Audience the caller wants to view as.
    pub view_as: Option<String>,
}

/// A caller as it stood at an epoch.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// The caller.
    pub actor: Arc<Actor>,
    /// Number of the epoch, read before the caller was looked up.
    pub epoch: i64,
    /// Instant of the looking up.
    pub from: DateTime<Utc>,
    /// Instant of the next change that time alone brings.
    pub until: DateTime<Utc>,
    /// Number that no caller had before: what is kept for the caller is kept under it.
    number: u64,
}

impl Remembered {
    /// A caller as it stands from one instant until another, at an epoch read before it was looked up.
    #[must_use]
    pub fn new(actor: Actor, epoch: i64, from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        static CALLERS: AtomicU64 = AtomicU64::new(0);
        let number = CALLERS.fetch_add(1, Ordering::Relaxed);
        Self { actor: Arc::new(actor), epoch, from, until, number }
    }
}

/// An answer that a caller was given.
#[derive(Clone, Debug)]
pub struct Answered {
    /// Its validator.
    pub tag: String,
    /// Number of a change set that was committed before it was read.
    pub seq: i64,
    /// The time in which nothing but the log changes it.
    pub within: i64,
}

/// When records were used last, by kind and id.
pub type Uses = BTreeMap<(&'static str, Uuid), DateTime<Utc>>;

/// The callers a process remembers; cheap to clone.
#[derive(Clone, Debug)]
pub struct Standings {
    callers: Cache<Key, Remembered>,
    owners: Memory,
    codes: Codes,
    statements: Statements,
    traces: traces::Memory,
    answers: Cache<(u64, String), Answered>,
    /// When each API key and calendar was used last, of those used since it was asked.
    uses: Arc<Mutex<Uses>>,
}

impl Default for Standings {
    fn default() -> Self {
        Self {
            callers: Cache::of(MOST),
            owners: Memory::default(),
            codes: Codes::default(),
            statements: Statements::default(),
            traces: traces::Memory::default(),
            answers: Cache::of(MOST),
            uses: Arc::default(),
        }
    }
}

impl Standings {
    /// The caller as it is remembered, if time alone has changed nothing since.
    #[must_use]
    pub fn recall(&self, key: &Key, now: DateTime<Utc>) -> Option<Remembered> {
        self.callers.get(key).filter(|one| (one.from..one.until).contains(&now))
    }

    /// Remembers a caller.
    pub fn keep(&self, key: Key, caller: Remembered) {
        self.callers.put(key, caller);
    }

    /// Notes that an API key, or a calendar, was used.
    pub fn note_use(&self, kind: &'static str, id: Uuid, at: DateTime<Utc>) {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner).insert((kind, id), at);
    }

    /// When each record, by its kind, was used last, of those used since this was asked before.
    #[must_use]
    pub fn take_uses(&self) -> Uses {
        std::mem::take(&mut self.uses.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What callers were answered, by the number of the caller and a hash of what was asked.
    #[must_use]
    pub const fn answers(&self) -> &Cache<(u64, String), Answered> {
        &self.answers
    }

    /// What is known of owners.
    pub(crate) const fn owners(&self) -> &Memory {
        &self.owners
    }

    /// The codes of reference data.
    pub(crate) const fn codes(&self) -> &Codes {
        &self.codes
    }

    /// The traces of reads that are written.
    pub(crate) const fn traces(&self) -> &traces::Memory {
        &self.traces
    }

    /// The statements that are kept for callers.
    pub(crate) const fn statements(&self) -> &Statements {
        &self.statements
    }
}

/// What the statements of a read have said of the epoch its caller is remembered from.
#[derive(Debug)]
pub struct Watch {
    epoch: i64,
    caller: u64,
    until: DateTime<Utc>,
    /// How many statements selected the number along and found this one.
    same: AtomicU64,
    is_asked: AtomicBool,
    is_other: AtomicBool,
}

impl Watch {
    /// Watches for another epoch than the one a caller is remembered from.
    #[must_use]
    pub const fn over(caller: &Remembered) -> Self {
        Self {
            epoch: caller.epoch,
            caller: caller.number,
            until: caller.until,
            same: AtomicU64::new(0),
            is_asked: AtomicBool::new(false),
            is_other: AtomicBool::new(false),
        }
    }

    /// Number of the epoch the caller is remembered from.
    pub(crate) const fn epoch(&self) -> i64 {
        self.epoch
    }

    /// Number of the caller as it is remembered: with another standing it has another one.
    #[must_use]
    pub const fn caller(&self) -> u64 {
        self.caller
    }

    /// Instant of the next change of what the caller sees that time alone brings.
    #[must_use]
    pub const fn until(&self) -> DateTime<Utc> {
        self.until
    }

    /// Takes the number from a statement of its own.
    pub fn see(&self, epoch: i64) {
        self.is_asked.store(true, Ordering::SeqCst);
        self.is_other.fetch_or(epoch != self.epoch, Ordering::SeqCst);
    }

    /// Takes it that the number is another one, for the call itself has changed what it stands for.
    pub(crate) fn outdate(&self) {
        self.is_other.store(true, Ordering::SeqCst);
    }

    /// Takes the number from a column of a statement's first row; of a statement without rows it says nothing.
    pub(crate) fn see_in(&self, row: Option<&QueryResult>, at: usize) -> Result<()> {
        let Some(row) = row else { return Ok(()) };
        self.see(row.try_get_by_index(at)?);
        self.same.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// Whether a statement found another number.
    #[must_use]
    pub fn is_other(&self) -> bool {
        self.is_other.load(Ordering::SeqCst)
    }

    /// Whether the number was found and each of so many statements selected it along.
    #[must_use]
    pub fn is_complete(&self, statements: u64) -> bool {
        self.is_asked.load(Ordering::SeqCst) && self.same.load(Ordering::SeqCst) >= statements
    }
}

fn select() -> SelectStatement {
    Query::select().column(Alias::new("epoch")).from(Alias::new("standing_epoch")).take()
}

/// The number of the epoch, as a column of a read.
#[must_use]
pub(crate) fn column() -> Expr {
    Expr::SubQuery(None, Box::new(select().into()))
}

/// The number of the epoch.
///
/// # Errors
/// What the database says.
pub async fn epoch(conn: Conn<'_>) -> Result<i64> {
    let row = conn.one(&select()).await?;
    let row = row.ok_or_else(|| Error::Internal("the epoch of standings is gone".into()))?;
    Ok(row.try_get_by_index(0)?)
}
