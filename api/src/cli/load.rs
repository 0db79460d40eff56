//! `concord load`: records from a CSV file, straight into the database, all or none.
//!
//! The first line names fields as the API does: `title`, `owner`, `lead_agency`; `title@ru` is a
//! translation, `cost.amount` a part of a small object. Lists are separated by `;`. Empty cells say
//! nothing; columns whose name begins with `x_` are ignored. A row with `source_system` and
//! `external_key` creates or edits the record of that key, any other row creates one.

mod apply;
mod cells;
mod columns;
mod fault;
mod rows;
mod table;

use std::{fs, io::IsTerminal, path::PathBuf, sync::Arc};

use clap::Args;
use indicatif::ProgressBar;
use kernel::{
    KindDef,
    cause::Cause,
    input::{did_you_mean, nearest},
    policy::Class,
    spelling,
};

use super::{failure::Failure, installation::Installation, say};
use crate::domain::KINDS;
use apply::Tally;

/// What to load.
#[derive(Debug, Args)]
pub(super) struct Load {
    /// CSV file in UTF-8, with `,`, `;` or a tab between cells.
    file: PathBuf,
    /// Kind of the records, such as `tasks`.
    #[arg(long)]
    kind: String,
    /// Language of the texts (BCP 47), for rows that say nothing of it.
    #[arg(long)]
    language: Option<String>,
    /// Judges the file the same way and says what would be done, but writes nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(load: Load) -> Result<(), Failure> {
    let def = kind(&load.kind)?;
    let bytes = fs::read(&load.file)
        .map_err(|error| Failure::usage(&format!("{} cannot be read: {error}", load.file.display())))?;
    let language = load.language.as_deref().map(tag).transpose()?;
    let Installation { mut ctx, .. } = Installation::open().await?.because(Cause::Import);
    ctx.language = language.map(Arc::from);

    let file = rows::read(def, &bytes).map_err(fault::failure)?;
    let count = file.rows.len() + file.faults.len();
    let bar = progress(file.rows.len());
    let tally = apply::apply(&ctx, def, file, load.dry_run, &bar).await;
    bar.finish_and_clear();

    let tally = tally?;
    ctx.db.close().await?;
    report(tally, count, load.dry_run)
}

/// A language tag as records keep it.
fn tag(given: &str) -> Result<String, Failure> {
    let wrong = || Failure::usage(&format!("{given:?} is no language tag (BCP 47), such as `ru` or `fr`"));
    spelling::tag(given).ok_or_else(wrong)
}

/// The kind with this name; one that only our own verbs write cannot be loaded.
fn kind(name: &str) -> Result<&'static KindDef, Failure> {
    let loadable = || KINDS.all().iter().filter(|def| def.class != Class::Shared);
    loadable().find(|def| def.name == name || def.collection == name).copied().ok_or_else(|| {
        let near = nearest(name, loadable().map(|def| def.collection));
        let hint = did_you_mean(near);
        Failure::usage(&format!("there is no kind `{name}`{hint}"))
    })
}

fn progress(rows: usize) -> ProgressBar {
    if std::io::stderr().is_terminal() {
        ProgressBar::new(u64::try_from(rows).unwrap_or(u64::MAX))
    } else {
        ProgressBar::hidden()
    }
}

fn report(tally: Tally, count: usize, is_dry: bool) -> Result<(), Failure> {
    let Tally { created, updated, unchanged, faults } = tally;
    if faults.is_empty() {
        let counts = format!("{created} created, {updated} updated, {unchanged} unchanged");
        let dry = if is_dry { "; dry run, nothing was written" } else { "" };
        say(&format_args!("{counts}{dry}"));
        return Ok(());
    }
    let mut wrong: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
    wrong.sort_unstable();
    wrong.dedup();
    let summary = format!("{} of {count} rows are wrong; nothing was written", wrong.len());
    let mut lines: Vec<String> = fault::lines(faults);
    lines.push(summary);
    Err(Failure::findings(lines))
}
