//! Calls that may be repeated: what a unit did is kept under its caller's key and told again.
//!
//! The record of a key is written in the unit's own transaction, so there is one exactly where
//! the unit was committed, and nothing to clean up after a crash. It holds what was done (kinds,
//! ids, versions, refused items), never an answer: a repeated call is answered from the records,
//! as far as the caller may see them then.

mod begun;
mod outcome;
mod table;

use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use aws_lc_rs::digest;
use uuid::Uuid;

pub use begun::{Beginning, Begun};
pub(crate) use outcome::outcomes;
pub use outcome::{Kept, Repeatable};
pub use table::expire;
pub(crate) use table::{find, keep};

use crate::{
    ctx::Ctx,
    error::{Code, Error, Result},
};

/// Hours a key is kept; afterwards it is as if it had never been used.
pub const HOURS: i64 = 24;

/// Characters a key may have.
pub const LONGEST: usize = 255;

/// A call its caller may repeat: the key it came under, and what was sent.
#[derive(Clone)]
pub struct Call {
    key: String,
    sent: Arc<Mutex<digest::Context>>,
    is_used: Arc<AtomicBool>,
    is_replayed: Arc<AtomicBool>,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Call {
    /// A call under this key, of which nothing was read yet.
    ///
    /// # Errors
    /// `BadRequest` for a key that is empty, too long, or has other characters than visible ASCII.
    pub fn under(key: &str) -> Result<Self> {
        if !(1..=LONGEST).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let detail = "an idempotency key has 1 to 255 visible ASCII characters and no space";
            return Err(Error::bad_request("", Code::IdempotencyKeyInvalid, detail));
        }
        let sent = Arc::new(Mutex::new(digest::Context::new(&digest::SHA256)));
        Ok(Self { key: key.to_owned(), sent, is_used: Arc::default(), is_replayed: Arc::default() })
    }

    /// The same call, of which one part is kept apart from the others: a root field of a mutation.
    #[must_use]
    pub fn part(&self, name: &str) -> Self {
        // A key has no space, so no part of one call is taken for another call.
        Self { key: format!("{} {name}", self.key), is_used: Arc::default(), ..self.clone() }
    }

    /// Adds to what was sent: method, address, and the body as it is read.
    pub fn add(&self, bytes: &[u8]) {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).update(bytes);
    }

    /// Whether the call, or a part of it, was answered from what was kept.
    #[must_use]
    pub fn is_replayed(&self) -> bool {
        self.is_replayed.load(Ordering::Relaxed)
    }

    /// What was sent and the owner it was sent for, as a text that differs where they do.
    fn fingerprint(&self, acting: Option<&str>) -> String {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone().finish();
        format!("{} {}", acting.unwrap_or("-"), hex::encode(sent))
    }
}

/// The keys of units that run in this process.
#[derive(Clone, Debug, Default)]
pub struct Claims(Arc<Mutex<HashSet<(Uuid, String)>>>);

/// The right to run the unit of one key, until it is dropped.
pub(crate) struct Claim {
    pub(crate) user: Uuid,
    pub(crate) key: String,
    pub(crate) fingerprint: String,
    call: Call,
    claims: Claims,
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut claims = self.claims.0.lock().unwrap_or_else(PoisonError::into_inner);
        claims.remove(&(self.user, std::mem::take(&mut self.key)));
    }
}

impl Claim {
    /// Claims the key a context carries; none without a key, or without a caller it could belong to.
    ///
    /// # Errors
    /// `Conflict` while a unit under this key runs in this process.
    pub(crate) fn of(ctx: &Ctx) -> Result<Option<Self>> {
        let (Some(call), Some(user)) = (&ctx.idempotency, ctx.actor.user) else { return Ok(None) };
        if call.is_used.swap(true, Ordering::Relaxed) {
            return Err(Error::Internal("a call with an idempotency key writes in two units".into()));
        }
        let claims = ctx.claims.clone();
        let is_free =
            claims.0.lock().unwrap_or_else(PoisonError::into_inner).insert((user, call.key.clone()));
        if !is_free {
            return Err(in_flight());
        }
        let fingerprint = call.fingerprint(ctx.actor.acting.as_deref());
        Ok(Some(Self { user, key: call.key.clone(), fingerprint, call: call.clone(), claims }))
    }

    /// Notes that the call is answered from what was kept.
    pub(crate) fn note_replay(&self) {
        self.call.is_replayed.store(true, Ordering::Relaxed);
    }
}

fn in_flight() -> Error {
    let detail = "a call with this key is still running; repeat this one when it is done";
    Error::Conflict(Code::IdempotencyInFlight, detail.into())
}
