//! How many imports of an owner are at work: whoever adds one looks and puts it down alone.

use kernel::{Error, Result, db::Conn, turn};
use uuid::Uuid;

use super::{MAX_RUNNING, job};

/// Keeps others from adding imports of an owner until the transaction ends.
///
/// # Errors
/// As [`turn::alone`].
pub(super) async fn alone(conn: Conn<'_>, owner: &str) -> Result<()> {
    turn::alone(conn, &format!("imports of {owner}")).await
}

/// Refuses one more import, besides which as many of its owner are at work as may be.
///
/// # Errors
/// `Limited`; what the database says.
pub(super) async fn check(conn: Conn<'_>, owner: &str, id: Uuid) -> Result<()> {
    let others = job::running(conn, owner, id).await?;
    if others < MAX_RUNNING {
        return Ok(());
    }
    let why = format!(
        "{owner} has {others} imports at work, and the bound is {MAX_RUNNING} (`imports.running` in `/limits`)"
    );
    Err(Error::Limited { seconds: 15, why: Some(why) })
}
