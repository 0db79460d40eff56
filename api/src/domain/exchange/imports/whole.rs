//! The whole report of an import, page by page.

use kernel::{Ctx, Result};
use uuid::Uuid;

use super::{
    ImportRow,
    job::{self, Rows},
    speech,
    state::results,
};

/// Rows that are read at a time.
const PAGE: usize = 500;

/// What became of the rows of an import, on its way to be told.
#[derive(Debug)]
pub struct Report {
    ctx: Ctx,
    job: Uuid,
    wanted: Rows,
}

impl Report {
    /// Begins the report of the caller's import: of rows with these results, separated by commas, or of all.
    ///
    /// # Errors
    /// `NotFound` where the caller has no such import; `BadRequest` for a result that is none.
    pub async fn begin(ctx: Ctx, id: Uuid, result: Option<&str>) -> Result<Self> {
        let wanted = Rows { results: results(result)?, after: None, limit: PAGE };
        let job = job::find(&ctx, id).await?.id;
        Ok(Self { ctx, job, wanted })
    }

    /// The next rows, in the order of the file; none at the end.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next(&mut self) -> Result<Vec<ImportRow>> {
        let rows = job::rows(self.ctx.db.reading(), self.job, &self.wanted).await?;
        self.wanted.after = rows.last().map_or(self.wanted.after, |last| Some(last.seq));
        let mut rows: Vec<_> = rows.into_iter().map(|verdict| verdict.row).collect();
        speech::speak(&mut rows, &self.ctx.locale);
        Ok(rows)
    }
}
