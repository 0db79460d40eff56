//! Traces of reads, written before what was read is answered.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DurationRound, TimeDelta};
use sea_orm::sea_query::{Alias, Expr, OnConflict, Query};
use serde_json::json;
use uuid::Uuid;

use super::Unit;
use crate::{
    cause::Cause,
    ctx::Ctx,
    error::{Error, Result},
    traces::{Noted, Told, Trace},
};

/// What a minute of one reader has of each subject once.
const ONCE: [&str; 6] = ["minute", "actor", "acting", "owner", "kind", "why"];

impl Ctx {
    /// Writes the traces of what was read, as far as no earlier answer of the same minute has: one change set.
    ///
    /// To be called before what was read is answered. Where nothing leaves a trace, or all is told, it costs no statement.
    ///
    /// # Errors
    /// `Unavailable` if they cannot be written: then nothing of it may be answered.
    pub async fn settle_reads(&self) -> Result<()> {
        let Some(noted) = self.reads.as_ref().and_then(|reads| reads.take()) else { return Ok(()) };
        let mut ctx = Self { cause: Cause::Read, idempotency: None, ..self.clone() };
        ctx.actor = noted.reader.clone();
        let new = untold(&ctx, noted);
        if new.is_empty() {
            return Ok(());
        }
        let new = Arc::new(new);
        let traces = new.clone();
        let written = ctx.run(async move |unit: &mut Unit| unit.trace(&traces).await).await;
        if let Err(error) = written {
            tracing::error!("a read was not answered, because its trace could not be written: {error:?}");
            let why = "it cannot be written down now that this was read; try again in a moment";
            return Err(Error::Unavailable(why.into()));
        }
        for (told, _) in new.iter() {
            ctx.standings.traces().keep(told.clone());
        }
        Ok(())
    }
}

/// What this process does not know to be written already, with the ids of restricted records.
fn untold(ctx: &Ctx, noted: Noted) -> Vec<(Told, BTreeSet<Uuid>)> {
    let now = ctx.clock.now();
    let minute = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
    let (actor, acting) = (noted.reader.number.unwrap_or_default(), noted.reader.acting.as_deref());
    let told = |subject| Told { actor, acting: acting.unwrap_or_default().to_owned(), subject, minute };
    let all = noted.subjects.into_iter().map(|(subject, ids)| (told(subject), ids));
    all.filter(|(told, _)| !ctx.standings.traces().knows(told)).collect()
}

impl Unit {
    /// Writes traces, but for those that another process has written in this minute; without a new one the unit
    /// leaves no change set.
    async fn trace(&mut self, new: &[(Told, BTreeSet<Uuid>)]) -> Result<()> {
        let mut insert = Query::insert();
        let columns = ["id", "set_id", "minute", "actor", "acting", "owner", "kind", "why", "ids"];
        insert.into_table(Alias::new("read_trace")).columns(columns.map(Alias::new));
        for (told, ids) in new {
            insert.values_panic([
                Expr::val(self.ctx.clock.id()),
                Expr::val(self.recorder.set),
                Expr::val(told.minute),
                Expr::val(told.actor),
                Expr::val(told.acting.as_str()),
                Expr::val(told.subject.owner.as_str()),
                Expr::val(told.subject.kind.as_str()),
                Expr::val(told.subject.why.code()),
                Expr::val(json!(ids)),
            ]);
        }
        insert.on_conflict(OnConflict::columns(ONCE.map(Alias::new)).do_nothing().to_owned());
        insert.returning(Query::returning().columns(Trace::COLUMNS.map(Alias::new)));
        let written = self.conn().all(&insert).await?;
        let written = written.iter().map(Trace::read).collect::<Result<Vec<_>>>()?;
        self.recorder.trace(written);
        Ok(())
    }
}
