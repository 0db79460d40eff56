//! Calls that begin something which goes on behind their answers: what is kept under a key is which one it was.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Claim, table};
use crate::{
    ctx::Ctx,
    db::Conn,
    error::{Error, Result},
};

/// What a call that begins something finds under its key.
#[derive(Debug)]
pub enum Begun {
    /// The same call has begun this.
    Before(Uuid),
    /// Nothing yet.
    Now(Beginning),
}

/// The right to begin something under the caller's key, if it gave one, until it is dropped.
pub struct Beginning(Option<Claim>);

impl std::fmt::Debug for Beginning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Beginning").field(&self.0.is_some()).finish()
    }
}

impl Ctx {
    /// What was begun under the caller's key; the key is claimed in this process where nothing was.
    ///
    /// # Errors
    /// `Conflict` where something else was sent under the key, or a call with it still runs.
    pub async fn begun(&self) -> Result<Begun> {
        let Some(claim) = Claim::of(self)? else { return Ok(Begun::Now(Beginning(None))) };
        let found = table::kept(self.db.reading(), &self.clock, &claim).await?;
        Ok(match found {
            Some(kept) => {
                claim.note_replay();
                Begun::Before(which(&kept)?)
            }
            None => Begun::Now(Beginning(Some(claim))),
        })
    }
}

impl Beginning {
    /// Keeps in a transaction what is begun in it. Another process may have begun something under the key meanwhile: that
    /// is answered then, and the transaction is to be taken back.
    ///
    /// # Errors
    /// As [`Ctx::begun`]; what the database says.
    pub async fn keep(&self, ctx: &Ctx, conn: Conn<'_>, id: Uuid) -> Result<Option<Uuid>> {
        let Some(claim) = &self.0 else { return Ok(None) };
        table::lock(conn, claim).await?;
        if let Some(kept) = table::kept(conn, &ctx.clock, claim).await? {
            claim.note_replay();
            return which(&kept).map(Some);
        }
        table::put(conn, &ctx.clock, claim, json!({ "begun": id })).await?;
        Ok(None)
    }
}

fn which(kept: &Json) -> Result<Uuid> {
    let id = kept["begun"].as_str().and_then(|id| id.parse().ok());
    id.ok_or_else(|| Error::Internal("a key was kept for a call of another sort".into()))
}
