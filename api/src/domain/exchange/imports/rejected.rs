//! The refused rows of an import, in the form in which the file came, with what is wrong with each: to be corrected and sent back.
//!
//! What is sent back as it is must be refused again and hold all that was sent. Text is therefore written as it stands in the
//! file, cell by cell, and what is wrong with a row stands before its cells, however many there are.

mod book;
mod lines;
mod members;
mod parts;
mod print;

use std::{fs::File, sync::Arc};

use chrono::{DateTime, Utc};
use kernel::{Ctx, Error, Result};
use tabular::{Cells, Item, Limits, Row};
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
    start::copy,
};
use crate::domain::{KINDS, exchange::columns::guarded};
pub(super) use members::as_sent;
use print::{Printed, Printer};

/// Columns that say what is wrong with a row, before its own; the next import leaves them alone.
pub(super) const ERRORS: [&str; 3] = ["x_error_line", "x_error_codes", "x_error_messages"];
/// The member that holds, as a text, a row that is no object: while it is there, the row is refused.
pub(super) const UNREAD: &str = "x_error_row";
/// Refused rows that are read at a time.
const PAGE: usize = 1000;
/// Bytes up to which a row comes back whole.
const WHOLE: usize = 32 << 20;

/// A file of refused rows.
#[derive(Debug)]
pub struct RejectedFile {
    /// Its bytes.
    pub file: File,
    /// Its form: `csv`, `json`, `ndjson`, `xlsx` or `package`.
    pub form: String,
    /// Its characters, as media types name them; none where it is no text.
    pub charset: Option<&'static str>,
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
    let mapping = job::mapping(&job)?.map(Arc::new);
    let (ctx, handle) = (ctx.clone(), Handle::current());
    let work = move || Sent { ctx: &ctx, handle: &handle, job: &job, mapping, file }.rejected();
    let written = tokio::task::spawn_blocking(work).await;
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

/// A file as it was sent, with what became of it.
struct Sent<'a> {
    ctx: &'a Ctx,
    handle: &'a Handle,
    job: &'a Job,
    mapping: Option<Arc<Mapping>>,
    file: File,
}

impl Sent<'_> {
    fn rejected(&self) -> Result<RejectedFile> {
        let found = self.job.found.as_ref();
        let form = found.and_then(|found| found.get("format")?.as_str()).unwrap_or_default();
        let mut printed = self.print(Printer::new(form, false)?)?;
        if printed.lacks_letters {
            printed = self.print(Printer::new(form, true)?)?;
        }
        let Printed { file, charset, .. } = printed;
        Ok(RejectedFile { file, form: form.to_owned(), charset, as_of: self.job.finished_at })
    }

    fn print(&self, mut printer: Printer) -> Result<Printed> {
        let options: ImportOptions = serde_json::from_value(self.job.options.clone())?;
        let mut settings = options.reading(&KINDS, None)?.file;
        settings.limits = Limits { raw: WHOLE, ..settings.limits };
        let (ctx, handle, job) = (self.ctx, self.handle, self.job.id);
        let mut refused = Refused { ctx, handle, job, page: Vec::new().into_iter(), next: None, after: None };
        let mut layout = Layout::of(self.mapping.clone());
        let mut seq = 0;
        each(copy(&self.file)?, &settings, |item| match item {
            Item::Table { name, merged, written } => {
                let is_read = layout.table(name.clone(), merged);
                if is_read { printer.table(name.as_deref(), written) } else { Ok(()) }
            }
            Item::Row(mut row) => {
                let raw = row.raw.take();
                match layout.row(row) {
                    Place::Above(row) => printer.above(&Row { raw, ..row }),
                    Place::Header(cells, line) => {
                        let cells = Cells::Cells(cells);
                        printer.header(&Row { line, cells, formulas: Vec::new(), after_gap: false, raw })
                    }
                    Place::Data(row) => {
                        seq += 1;
                        let Some(verdict) = refused.at(seq - 1)? else { return Ok(()) };
                        printer.row(&Row { raw, ..row }, &errors(verdict, ctx))
                    }
                    Place::Outside => Ok(()),
                }
            }
        })?;
        printer.done()
    }
}

/// What is wrong with a row, as cells.
fn errors(mut verdict: Verdict, ctx: &Ctx) -> [String; 3] {
    speech::speak(std::slice::from_mut(&mut verdict.row), &ctx.locale);
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
    let texts = guarded(&texts.join("; ")).into_owned();
    [row.line.unwrap_or_default().to_string(), codes.join(";"), texts]
}

/// The names of the columns of a row that names them.
fn names(header: &Row) -> Vec<String> {
    let Cells::Cells(cells) = &header.cells else { return Vec::new() };
    cells.iter().map(|cell| print::text(cell).trim().to_owned()).collect()
}

/// Places of the columns that said what was wrong when the file was sent before.
fn earlier(names: &[String]) -> Vec<usize> {
    let is_earlier = |name: &String| ERRORS.contains(&name.as_str());
    names.iter().enumerate().filter(|(_, name)| is_earlier(name)).map(|(at, _)| at).collect()
}
