//! Copies that were made for callers, and files that they sent: what is destroyed is in none of them.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use uuid::Uuid;

use super::Unit;
use crate::error::Result;

/// What is said of a copy of which something was destroyed.
const WHY: &str = "a record in it was destroyed since: ask for it anew";

impl Unit {
    /// Deletes the snapshots that hold any of these records, and has those begun anew that are being made; empties what reports
    /// of imports say of the records, and deletes the files that spoke of them.
    ///
    /// # Errors
    /// What the database says.
    pub(super) async fn forget_copies(&self, records: &BTreeSet<Uuid>) -> Result<()> {
        self.forget_imports(records).await?;
        let state = || Expr::col(Alias::new("state"));
        let anew = Query::update()
            .table(Alias::new("export_job"))
            .value(Alias::new("state"), "waiting")
            .and_where(state().eq("running"))
            .take();
        self.conn().run(&anew).await?;
        let lists = Query::select()
            .columns(["job_id", "number"].map(Alias::new))
            .from(Alias::new("export_list"))
            .take();
        let mut holders = BTreeSet::new();
        for row in self.conn().all(&lists).await? {
            let (job, number): (Uuid, i32) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            if !holders.contains(&job) && self.lists_any(job, number, records).await? {
                holders.insert(job);
            }
        }
        for job in holders {
            self.forget_copy(job).await?;
        }
        Ok(())
    }

    async fn forget_imports(&self, records: &BTreeSet<Uuid>) -> Result<()> {
        let (rows, job) = (Alias::new("import_row"), Alias::new("job_id"));
        let of = || Expr::col(Alias::new("record_id")).is_in(records.iter().copied());
        let jobs = Query::select().column(job.clone()).from(rows.clone()).and_where(of()).take();
        let files = Query::delete()
            .from_table(Alias::new("import_part"))
            .and_where(Expr::col(job).in_subquery(jobs))
            .take();
        self.conn().run(&files).await?;
        let nothing = || Expr::val(None::<serde_json::Value>);
        let emptied = Query::update()
            .table(rows)
            .values(["changes", "errors"].map(|name| (Alias::new(name), nothing())))
            .and_where(of())
            .take();
        self.conn().run(&emptied).await?;
        Ok(())
    }

    /// Whether a list of the records of a snapshot has any of these.
    async fn lists_any(&self, job: Uuid, number: i32, records: &BTreeSet<Uuid>) -> Result<bool> {
        let list = Query::select()
            .column(Alias::new("ids"))
            .from(Alias::new("export_list"))
            .and_where(Expr::col(Alias::new("job_id")).eq(job))
            .and_where(Expr::col(Alias::new("number")).eq(number))
            .take();
        let Some(row) = self.conn().one(&list).await? else { return Ok(false) };
        let ids: Vec<u8> = row.try_get_by_index(0)?;
        let mut listed = ids.chunks_exact(16).filter_map(|bytes| Uuid::from_slice(bytes).ok());
        Ok(listed.any(|id| records.contains(&id)))
    }

    async fn forget_copy(&self, job: Uuid) -> Result<()> {
        for table in ["export_part", "export_list"] {
            let delete = Query::delete()
                .from_table(Alias::new(table))
                .and_where(Expr::col(Alias::new("job_id")).eq(job))
                .take();
            self.conn().run(&delete).await?;
        }
        let failed = Query::update()
            .table(Alias::new("export_job"))
            .values(
                [("state", Expr::val("failed")), ("error", Expr::val(WHY))]
                    .map(|(name, value)| (Alias::new(name), value)),
            )
            .and_where(Expr::col(Alias::new("id")).eq(job))
            .and_where(Expr::col(Alias::new("state")).eq("completed"))
            .take();
        self.conn().run(&failed).await?;
        Ok(())
    }
}
