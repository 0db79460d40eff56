//! The files of a snapshot, one for each kind, all read in one snapshot of the database.

use std::sync::Arc;

use chrono::TimeDelta;
use entity::export_job::Column;
use kernel::{
    Actor, Ctx, Error, KindDef, Result,
    filter::Narrowing,
    record::Columns,
    row::Row,
    view::{Locale, View},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    MAX_BYTES, MAX_MINUTES, NewSnapshot, SnapshotFile,
    asked::{Asked, Form},
    file::Writer,
    job::{self, Job, RUNNING},
    start::sets,
};
use crate::{
    domain::exchange::{
        bundles::{self, NewBundle},
        changes,
        columns::Texts,
        export::{self, Export, Listed},
        print::{self, Lines, Print, Table},
    },
    signin::{identity::rights, standing::sender},
};

/// Writes all files of a snapshot, with the rights of who asked at the instant that they tell of.
///
/// # Errors
/// `Forbidden` where who asked has other rights by now, it is too large or takes too long; `NotFound` where it was deleted
/// meanwhile; what the database says.
pub(super) async fn files(ctx: &Ctx, job: &mut Job) -> Result<()> {
    let new: NewSnapshot = serde_json::from_value(job.options.clone())?;
    if let Some(bundle) = &new.bundle {
        return self::bundle(ctx, job, bundle).await;
    }
    let asked = Asked::read(&new)?;
    job.as_of = Some(ctx.clock.now());
    let snapshot = export::snapshot(ctx).await?;
    let ctx = standing(snapshot, job).await?;
    job.sets = json!(sets(&ctx.actor));
    job.changes_after = Some(changes::cursor_at_end(&ctx).await?);
    let (mut files, mut list) = (Vec::new(), Listing::default());
    for def in &asked.kinds {
        let file = file(&ctx, &asked, (&mut *job, &mut list), def).await?;
        files.push(file);
        job.done = job.done.saturating_add(1);
        job.files = serde_json::to_value(&files)?;
        let columns = [Column::Done, Column::AsOf];
        if !job::store(ctx.db.writing(), job, &columns, &RUNNING).await? {
            return Err(Error::NotFound);
        }
    }
    Ok(())
}

/// Writes the one file of a bundle.
async fn bundle(ctx: &Ctx, job: &mut Job, new: &NewBundle) -> Result<()> {
    let key = bundles::own(ctx, &job.owner).await?;
    job.as_of = Some(ctx.clock.now());
    let snapshot = export::snapshot(ctx).await?;
    let seen = standing(snapshot, job).await?;
    job.sets = json!(sets(&seen.actor));
    job.changes_after = Some(changes::cursor_at_end(&seen).await?);
    let wanted = bundles::Wanted::read(&seen, new).await?;
    let (pieces, mut noted) = bundles::write(&seen, &wanted, job.id, &key).await?;
    let (mut writer, mut list) = (Writer::new(ctx, (job.id, 0), false), Listing::default());
    for (bytes, ids) in pieces {
        list.note(ctx, job.id, ids).await?;
        writer.write(&bytes).await?;
        within_bounds(ctx, job, writer.bytes())?;
    }
    let (bytes, sha256) = writer.finish().await?;
    noted.sha256.clone_from(&sha256);
    let name = format!("{}.bundle.ndjson", wanted.owner);
    let rows = i64::from(noted.records);
    (job.done, job.bytes) = (1, bytes);
    job.files = serde_json::to_value([SnapshotFile { kind: "bundle".into(), name, rows, bytes, sha256 }])?;
    bundles::note(&Ctx { idempotency: None, ..ctx.acting(Actor::clone(&seen.actor)) }, noted).await
}

/// Who asked, as it stands in the snapshot of the database.
async fn standing(snapshot: Ctx, job: &Job) -> Result<Ctx> {
    let found = sender(&snapshot, job.user_id, &job.owner, job.api_key_id).await?;
    let mut actor = found
        .ok_or_else(|| Error::Forbidden("who asked for it may not act for its owner any more".into()))?;
    actor.bound.clone_from(&job.bound);
    let ctx = snapshot.acting(actor);
    if hex::encode(rights(&ctx).await?) != job.rights {
        let why = "what you may see is not what it was when you asked, or more than the token you asked with gives: ask anew";
        return Err(Error::Forbidden(why.into()));
    }
    Ok(ctx)
}

/// Which records a snapshot holds: how many lists of them are kept.
#[derive(Default)]
struct Listing(i32);

impl Listing {
    /// Keeps the ids of records, before any part of a file that holds them.
    async fn note(&mut self, ctx: &Ctx, job: Uuid, ids: impl IntoIterator<Item = Uuid>) -> Result<()> {
        let ids = ids.into_iter().flat_map(Uuid::into_bytes).collect();
        job::keep_list(ctx.db.writing(), (job, self.0), ids).await?;
        self.0 = self.0.saturating_add(1);
        Ok(())
    }
}

/// Writes the file of a kind.
async fn file(
    ctx: &Ctx,
    asked: &Asked,
    (job, list): (&mut Job, &mut Listing),
    def: &'static KindDef,
) -> Result<SnapshotFile> {
    let listed = Listed { def, filters: Narrowing::default(), sort: Vec::new() };
    let locale = match asked.texts {
        Texts::Shown => asked.names.clone(),
        Texts::Translated(_) => Arc::new(Locale { chain: Vec::new(), all: true }),
    };
    let ctx = Ctx { view: View { locale, ..ctx.view.noting() }, ..ctx.clone() };
    let (printer, columns) = printer(&ctx, asked, &listed).await?;
    // Lines show a record as lists do, with all that belongs to it.
    let names = if asked.form == Form::Lines { ctx.locale.clone() } else { asked.names.clone() };
    let mut export = Export::begin(ctx.clone(), listed, columns, names).await?;
    let (pace, mut rows) = (export.pace(), 0_i64);
    let mut writer = Writer::new(&ctx, (job.id, job.done), asked.is_packed);
    let mut bytes = Vec::new();
    printer.head(&mut bytes);
    writer.write(&bytes).await?;
    while let Some(batch) = export.next().await? {
        list.note(&ctx, job.id, batch.rows.iter().map(Row::id)).await?;
        bytes.clear();
        for row in &batch.rows {
            printer.row(&batch.renderer, row, &mut bytes)?;
        }
        pace.note(batch.rows.len(), bytes.len());
        rows = rows.saturating_add(i64::try_from(batch.rows.len()).unwrap_or(i64::MAX));
        writer.write(&bytes).await?;
        within_bounds(&ctx, job, writer.bytes())?;
    }
    let (size, sha256) = writer.finish().await?;
    job.bytes = job.bytes.saturating_add(size);
    Ok(SnapshotFile { kind: def.name.into(), name: asked.file(def), rows, bytes: size, sha256 })
}

/// Refuses what grows too large or takes too long.
fn within_bounds(ctx: &Ctx, job: &Job, bytes: i64) -> Result<()> {
    if job.bytes.saturating_add(bytes) > i64::try_from(MAX_BYTES).unwrap_or(i64::MAX) {
        let why = format!("its files come to more than {MAX_BYTES} bytes: ask for fewer kinds at a time");
        return Err(Error::Forbidden(why));
    }
    let begun = job.as_of.unwrap_or(job.created_at);
    if ctx.clock.now() - begun > TimeDelta::minutes(MAX_MINUTES) {
        let why = format!("it takes more than {MAX_MINUTES} minutes: ask for fewer kinds at a time");
        return Err(Error::Forbidden(why));
    }
    Ok(())
}

/// What writes the records of a kind, and what of them is read for it.
async fn printer(ctx: &Ctx, asked: &Asked, listed: &Listed) -> Result<(Box<dyn Print>, Columns)> {
    let def = listed.def;
    match asked.form {
        Form::Lines => {
            let lines = Lines { parts: print::members(def, &asked.texts).collect() };
            let columns = lines.read(def);
            Ok((Box::new(lines), columns))
        }
        Form::Table => {
            let columns = export::columns(ctx, listed, (&asked.texts, asked.labels), &asked.names).await?;
            let read = columns.read();
            Ok((Box::new(Table { columns: vec![columns], separator: b',', is_for_excel: false }), read))
        }
    }
}
