//! `concord backup`.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use clap::Args;
use kernel::db::Db;
use sea_orm::{DbBackend, Statement};

use super::{
    failure::Failure,
    installation::{connect, settings},
    say,
};
use crate::host::files;

/// Where to put the copy.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// File to make; an existing one is not overwritten.
    file: PathBuf,
}

pub(super) async fn run(backup: &Backup) -> Result<(), Failure> {
    let config = settings()?;
    let db = connect(&config, false).await?;
    if db.backend() == DbBackend::Postgres {
        return Err(Failure::usage(
            &"this is PostgreSQL: use `pg_dump --format=custom`, or the tools you use already",
        ));
    }
    let file = backup.file.as_path();
    let failed = |error| Failure::usage(&format!("{} cannot be made: {error}", file.display()));
    files::create(file).map_err(failed)?;
    if let Err(failure) = copy(&db, file).await {
        // Half a copy must not be taken for a backup.
        drop(fs::remove_file(file));
        return Err(failure);
    }
    db.close().await?;
    let size = fs::metadata(file).map(|found| found.len()).unwrap_or_default();
    say(&format_args!("wrote {} ({size} bytes); keep the secret apart from it", file.display()));
    Ok(())
}

async fn copy(db: &Db, file: &Path) -> Result<(), Failure> {
    let name = file.to_str().ok_or_else(|| Failure::usage(&"the name of the file is not UTF-8"))?;
    let vacuum = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [name.into()]);
    let failed = |error: &dyn std::fmt::Display| Failure::other(&format!("the copy failed: {error}"));
    db.reading().all_raw(vacuum).await.map_err(|error| failed(&error))?;
    // SQLite leaves it to the system when the copy reaches the disk.
    File::open(file).and_then(|copy| copy.sync_all()).map_err(|error| failed(&error))
}
