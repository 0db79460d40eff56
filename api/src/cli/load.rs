//! `concord load`: records from a file, straight into the database, all or none.
//!
//! A thin user of imports: the same files, columns, rules and report, without the network.

use std::path::PathBuf;

use clap::Args;
use kernel::{Error, cause::Cause, spelling};

use super::{
    failure::Failure,
    given::{Given, opened},
    installation::Installation,
    say,
};
use crate::domain::exchange::imports::{self, ImportOptions, Loaded};

/// What to load.
#[derive(Debug, Args)]
pub(super) struct Load {
    /// CSV, NDJSON, JSON or XLSX file, or a zip of them; also packed by gzip or zstd. `-` is standard input.
    file: PathBuf,
    /// Kind of the records, such as `tasks`; without it sheets, parts or the member `kind` say it.
    #[arg(long)]
    kind: Option<String>,
    /// Language of the texts (BCP 47), for rows that say nothing of it.
    #[arg(long)]
    language: Option<String>,
    /// Judges the file the same way and says what would be done, but writes nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(load: Load) -> Result<(), Failure> {
    let given = Given::at(&load.file)?;
    let file = opened(given.path())?;
    let language = load.language.as_deref().map(tag).transpose()?;
    let Installation { ctx, .. } = Installation::open().await?.because(Cause::Import);
    let options =
        ImportOptions { kind: load.kind, language, dry_run: Some(load.dry_run), ..ImportOptions::default() };
    let loaded = imports::load(&ctx, file, options).await;
    ctx.db.close().await?;
    match loaded {
        Ok(loaded) => report(loaded, load.dry_run),
        Err(Error::BadRequest(found)) => {
            let texts: Vec<&str> = found.iter().map(|fault| fault.detail.as_str()).collect();
            Err(Failure::usage(&texts.join("; ")))
        }
        Err(error) => Err(error.into()),
    }
}

/// A language tag as records keep it.
fn tag(given: &str) -> Result<String, Failure> {
    let wrong = || Failure::usage(&format!("{given:?} is no language tag (BCP 47), such as `ru` or `fr`"));
    spelling::tag(given).ok_or_else(wrong)
}

fn report(loaded: Loaded, is_dry: bool) -> Result<(), Failure> {
    let Loaded { created, updated, unchanged, rows, faults, wrong } = loaded;
    if faults.is_empty() {
        let counts = format!("{created} created, {updated} updated, {unchanged} unchanged");
        let dry = if is_dry { "; dry run, nothing was written" } else { "" };
        say(&format_args!("{counts}{dry}"));
        return Ok(());
    }
    let with = |summary: String| faults.into_iter().chain([summary]).collect();
    Err(match rows {
        Some(rows) => {
            Failure::findings(with(format!("{wrong} of {rows} rows are wrong; nothing was written")))
        }
        None => Failure::wrong(with("the file cannot be loaded; nothing was written".to_owned())),
    })
}
