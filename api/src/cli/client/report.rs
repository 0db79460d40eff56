//! What became of an import, for people and as an exit code.

use std::{fmt, time::Duration};

use serde::Deserialize;
use tokio::time::sleep;

use super::{
    super::{failure::Failure, tell},
    progress::{self, Unit},
    service::{Answer, Service},
};
use crate::domain::exchange::imports::ImportError;

/// Refused rows that are told with the counts.
const FIRST: usize = 20;
/// First pause between two looks at an import, and the longest; they grow by half.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(5)];

/// An import, as far as it is told here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) sha256: String,
    pub(super) state: String,
    pub(super) dry_run: bool,
    pub(super) file_name: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) reverts: Option<String>,
    reverted_by: Option<String>,
    pub(super) import_plan: Option<String>,
    pub(super) created_at: String,
    finished_at: Option<String>,
    row_count: Option<u64>,
    rows_done: u64,
    created: u64,
    updated: u64,
    unchanged: u64,
    deleted: u64,
    rejected: u64,
    warnings: Vec<Warning>,
    errors: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Warning {
    message: String,
}

/// A page of refused rows.
#[derive(Debug, Deserialize)]
pub(super) struct Refused {
    pub(super) items: Vec<Row>,
}

/// A refused row.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    pub(super) errors: Vec<ImportError>,
}

impl Told {
    fn is_done(&self) -> bool {
        self.finished_at.is_some()
    }

    /// Address of the import.
    pub(super) fn path(&self) -> String {
        format!("imports/{}", self.id)
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, state, created, updated, unchanged, deleted, rejected, .. } = self;
        if !self.is_done() {
            return write!(f, "import {id} is {state}: {} rows done", self.rows_done);
        }
        write!(
            f,
            "{created} created, {updated} updated, {unchanged} unchanged, {deleted} deleted, {rejected} rejected"
        )?;
        if self.dry_run {
            f.write_str("; dry run, nothing was written")?;
        } else if *state == "failed" {
            f.write_str("; nothing more was written")?;
        }
        if let Some(back) = &self.reverted_by {
            write!(f, "; taken back by import {back}")?;
        }
        write!(f, " (import {id}, {state})")
    }
}

/// Looks at an import until it is done.
///
/// # Errors
/// Where the service does not answer any more; the import goes on all the same.
pub(super) async fn finished(service: &Service, mut answer: Answer) -> Result<Answer, Failure> {
    let [mut pause, longest] = PAUSES;
    let mut told: Told = answer.read()?;
    if told.is_done() {
        return Ok(answer);
    }
    let bar = progress::bar("carried out", told.row_count, Unit::Rows);
    while !told.is_done() {
        bar.set_position(told.rows_done);
        sleep(pause).await;
        pause = pause.mul_f64(1.5).min(longest);
        answer = service.get(&told.path(), &[]).await.inspect_err(|_| {
            tell(&format_args!("the import goes on: `concord imports {}` tells how far it is", told.id));
        })?;
        told = answer.read()?;
    }
    bar.finish_and_clear();
    Ok(answer)
}

/// Tells what became of an import, and what is wrong with its first rows.
///
/// # Errors
/// Findings where rows were refused, wrong input where the import as a whole was not carried out.
pub(super) async fn conclude(service: &Service, answer: &Answer, of: Option<&str>) -> Result<(), Failure> {
    let told: Told = answer.read()?;
    let of = of.map_or_else(String::new, |name| format!("{name}: "));
    service.show(answer, &format!("{of}{told}"));
    told.warnings.iter().for_each(|warning| tell(&warning.message));
    told.errors.iter().for_each(|error| tell(error));
    if told.rejected > 0 {
        tell_first(service, &told).await?;
        return Err(Failure::findings(Vec::new()));
    }
    match told.state.as_str() {
        "failed" | "cancelled" => Err(Failure::usage(&format!("{of}the import is {}", told.state))),
        "awaiting_approval" => {
            tell(&format_args!("`concord commit {}` does exactly this", told.id));
            Ok(())
        }
        _ => Ok(()),
    }
}

async fn tell_first(service: &Service, told: &Told) -> Result<(), Failure> {
    let page = service.get(&format!("{}/errors", told.path()), &[("limit", FIRST.to_string())]).await?;
    let page: Refused = page.read()?;
    page.items.iter().flat_map(|row| &row.errors).for_each(|error| tell(error));
    let shown = u64::try_from(page.items.len()).unwrap_or_default();
    let more = told.rejected.saturating_sub(shown);
    if more > 0 {
        tell(&format_args!("and {more} more rows: `concord errors {}` lists them all", told.id));
    }
    Ok(())
}
