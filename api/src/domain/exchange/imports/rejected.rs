//! The refused rows of an import, in the form in which the file came, with what is wrong with each: to be corrected and sent back.

mod print;

use std::{fs::File, sync::Arc};

use chrono::{DateTime, Utc};
use kernel::{Ctx, Error, Result};
use serde_json::Value as Json;
use tabular::{Cell, Cells, Item, Row};
use tokio::runtime::Handle;
use uuid::Uuid;

use super::{
    ImportOptions,
    job::{self, Job, Rows},
    layout::{Layout, Place},
    mapping::Mapping,
    read::each,
    report::Verdict,
    speech,
};
use crate::domain::KINDS;
use print::Printer;

/// Columns that say what is wrong with a row; the next import leaves them alone.
const ERRORS: [&str; 3] = ["x_error_line", "x_error_codes", "x_error_messages"];
/// Refused rows that are read at a time.
const PAGE: usize = 1000;

/// A file of refused rows.
#[derive(Debug)]
pub struct RejectedFile {
    /// Its bytes.
    pub file: File,
    /// Its form: `csv`, `json`, `ndjson`, `xlsx` or `package`.
    pub form: String,
    /// When it was found out what is wrong.
    pub as_of: Option<DateTime<Utc>>,
}

/// The refused rows of the caller's import, as a file.
///
/// # Errors
/// `NotFound` where the caller has no such import, or none of its rows was refused.
pub async fn rejected(ctx: &Ctx, id: Uuid) -> Result<RejectedFile> {
    let job = job::find(ctx, id).await?;
    if job.rejected == 0 || job.reverts.is_some() {
        return Err(Error::NotFound);
    }
    let file = job::file(ctx.db.reading(), id).await?;
    let mapping = job::mapping(&job)?;
    let (ctx, handle) = (ctx.clone(), Handle::current());
    let written = tokio::task::spawn_blocking(move || write(&ctx, &handle, (file, &job, mapping))).await;
    written.map_err(|error| Error::Internal(format!("refused rows could not be written: {error}")))?
}

/// The refused rows, page by page.
struct Refused<'a> {
    ctx: &'a Ctx,
    handle: &'a Handle,
    job: Uuid,
    page: std::vec::IntoIter<Verdict>,
    next: Option<Verdict>,
    after: Option<i32>,
}

impl Refused<'_> {
    /// What is wrong with the row at a place, if anything is.
    fn at(&mut self, seq: i32) -> Result<Option<Verdict>> {
        loop {
            if self.next.is_none() {
                self.next = self.page.next();
            }
            if self.next.is_none() {
                let wanted = Rows { results: vec!["rejected".into()], after: self.after, limit: PAGE };
                let page = self.handle.block_on(job::rows(self.ctx.db.reading(), self.job, &wanted))?;
                let Some(last) = page.last() else { return Ok(None) };
                self.after = Some(last.seq);
                self.page = page.into_iter();
                self.next = self.page.next();
            }
            match self.next.as_ref().map(|next| next.seq.cmp(&seq)) {
                Some(std::cmp::Ordering::Less) => self.next = None,
                Some(std::cmp::Ordering::Equal) => return Ok(self.next.take()),
                _ => return Ok(None),
            }
        }
    }
}

fn write(
    ctx: &Ctx,
    handle: &Handle,
    (file, job, mapping): (File, &Job, Option<Mapping>),
) -> Result<RejectedFile> {
    let options: ImportOptions = serde_json::from_value(job.options.clone())?;
    let settings = options.reading(&KINDS, None)?.file;
    let told =
        |name: &str| job.found.as_ref().and_then(|found| found.get(name)?.as_str()).unwrap_or_default();
    let mut printer = Printer::new(told("format"), told("charset"), told("separator"))?;
    let mut refused =
        Refused { ctx, handle, job: job.id, page: Vec::new().into_iter(), next: None, after: None };
    let mut layout = Layout::of(mapping.map(Arc::new));
    let mut seq = 0;
    each(file, &settings, |item| match item {
        Item::Table { name, merged, .. } => {
            let is_read = layout.table(name.clone(), merged);
            if is_read { printer.table(name.as_deref()) } else { Ok(()) }
        }
        Item::Row(row) => match layout.row(row) {
            Place::Above(row) => printer.above(row.cells),
            Place::Header(cells, _) => printer.header(cells, &ERRORS),
            Place::Data(row) => {
                seq += 1;
                refused.at(seq - 1).and_then(|found| match found {
                    Some(mut verdict) => {
                        speech::speak(std::slice::from_mut(&mut verdict.row), &ctx.locale);
                        let errors = errors(&verdict);
                        printer.row(row, &errors)
                    }
                    None => Ok(()),
                })
            }
            Place::Outside => Ok(()),
        },
    })?;
    Ok(RejectedFile { file: printer.done()?, form: told("format").to_owned(), as_of: job.finished_at })
}

/// What is wrong with a row, as cells.
fn errors(verdict: &Verdict) -> [String; 3] {
    let row = &verdict.row;
    let codes: Vec<&str> = row.errors.iter().map(|error| error.code.as_str()).collect();
    let texts: Vec<String> = row
        .errors
        .iter()
        .map(|error| match &error.column {
            Some(column) => format!("{column}: {}", error.message),
            None => error.message.clone(),
        })
        .collect();
    [row.line.unwrap_or_default().to_string(), codes.join(";"), texts.join("; ")]
}

/// The cells of a row, or none where it could not be read.
fn cells(row: Row) -> (Vec<Cell>, Option<serde_json::Map<String, Json>>) {
    match row.cells {
        Cells::Cells(cells) => (cells, None),
        Cells::Members(members) => (Vec::new(), Some(members)),
        Cells::Bad(_) => (Vec::new(), None),
    }
}
