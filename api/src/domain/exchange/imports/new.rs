//! A new import is put down: whole, once, and as one of few.

use std::fs::File;

use kernel::{Ctx, Result, db::Conn, idempotency::Beginning};
use uuid::Uuid;

use super::{
    admit, again,
    job::{self, Job},
    upload,
};
use crate::domain::exchange::kept;

/// A new import, which is to be kept.
pub(super) struct New<'a> {
    pub(super) job: &'a Job,
    /// What was sent.
    pub(super) file: &'a File,
    /// Whether it is kept although the same file was imported before.
    pub(super) is_forced: bool,
    /// Whether its file is that of the upload with its id.
    pub(super) was_upload: bool,
}

impl New<'_> {
    /// Keeps it with its file. Where another import answers the call, that one is answered, and nothing is kept.
    ///
    /// # Errors
    /// `Limited` where as many imports of its owner are at work as may be; as [`Beginning::keep`]; what the database says.
    pub(super) async fn keep(&self, ctx: &Ctx, beginning: Option<&Beginning>) -> Result<Option<Uuid>> {
        let transaction = ctx.db.begin(true).await?;
        let other = self.put_down(ctx, ctx.db.within(&transaction), beginning).await;
        if matches!(other, Ok(None)) {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        other
    }

    async fn put_down(
        &self,
        ctx: &Ctx,
        conn: Conn<'_>,
        beginning: Option<&Beginning>,
    ) -> Result<Option<Uuid>> {
        let Job { id, owner, asked, .. } = self.job;
        if let Some(beginning) = beginning
            && let Some(begun) = beginning.keep(ctx, conn, *id).await?
        {
            return Ok(Some(begun));
        }
        kept::insert(conn, self.job).await?;
        job::keep_file(conn, *id, self.file).await?;
        if self.was_upload {
            upload::forget(conn, *id).await?;
        }
        // The last thing, for others of the owner wait from here on. What they have put down meanwhile is seen.
        admit::alone(conn, owner).await?;
        if !self.is_forced
            && let Some(earlier) = again::earlier(ctx, conn, (asked, *id)).await?
        {
            return Ok(Some(earlier.id));
        }
        admit::check(conn, owner, *id).await?;
        Ok(None)
    }
}
