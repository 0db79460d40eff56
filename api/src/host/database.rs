//! The database of an installation: opened with a file of its own user, and served by one process where it is SQLite.

use std::{
    ffi::OsString,
    fmt,
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    str::FromStr,
};

use kernel::{db::Db, error::Result};
use sea_orm::sqlx::sqlite::SqliteConnectOptions;

use super::files;
use crate::config::Config;

/// Files that SQLite keeps beside a database, by the end of their names.
pub const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The SQLite file that an address names; none on PostgreSQL and for databases in memory.
#[must_use]
pub fn file_of(url: &str) -> Option<PathBuf> {
    if !url.starts_with("sqlite:") || url.contains(":memory:") || url.contains("mode=memory") {
        return None;
    }
    let options = SqliteConnectOptions::from_str(url).ok()?;
    Some(options.get_filename().to_owned())
}

/// Another name beside a file: that of a companion.
#[must_use]
pub fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(end);
    name.into()
}

/// Opens the database of the settings.
///
/// A missing SQLite file is made if its address says so, and can be read by its user only, as can what SQLite puts
/// beside it: companions take the mode of their database.
///
/// # Errors
/// What the database says.
pub async fn connect(config: &Config, url: &str) -> Result<Db> {
    if let Some(file) = file_of(url) {
        if url.contains("mode=rwc") && !file.exists() {
            // Where it cannot be made, SQLite says why.
            drop(files::create(&file));
        }
        std::iter::once(file.clone())
            .chain(COMPANIONS.map(|end| beside(&file, end)))
            .for_each(|file| files::warn_if_open(&file));
    }
    Db::connect(url, config.max_connections).await
}

/// The address of a database that has to be there already.
#[must_use]
pub fn existing(url: &str) -> String {
    if url.starts_with("sqlite:") { url.replace("mode=rwc", "mode=rw") } else { url.to_owned() }
}

/// The right of one process to serve an SQLite file, until it ends.
#[derive(Debug)]
pub struct Claim {
    _lock: File,
}

/// Why an SQLite file cannot be claimed.
#[derive(Debug)]
pub enum Unclaimed {
    /// Another process serves it; its number, where that is known.
    Taken(Option<u32>),
    /// The file of the lock cannot be used.
    Fault(PathBuf, std::io::Error),
}

impl fmt::Display for Unclaimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(process) => {
                let process = process.map_or_else(String::new, |process| format!(" (process {process})"));
                write!(
                    f,
                    "another process{process} serves this database, and an SQLite file has one: stop it first"
                )
            }
            Self::Fault(file, error) => write!(f, "{} cannot be used as a lock: {error}", file.display()),
        }
    }
}

/// Claims an SQLite file; the system gives it back when the process ends, however that is.
///
/// The lock is a file of its own, since closing the database's file would take the locks of SQLite with it. It has
/// the number of the process in it and stays when that has ended.
///
/// # Errors
/// When another process has it, or the lock cannot be made.
pub fn claim(file: &Path) -> Result<Claim, Unclaimed> {
    // One file by several names, as by a link, is one database.
    let path = beside(&file.canonicalize().unwrap_or_else(|_| file.to_owned()), "-lock");
    let fault = |error| Unclaimed::Fault(path.clone(), error);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let mut lock = options.open(&path).map_err(fault)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            drop(lock.read_to_string(&mut text));
            return Err(Unclaimed::Taken(text.trim().parse().ok()));
        }
        Err(TryLockError::Error(error)) => return Err(fault(error)),
    }
    lock.set_len(0).and_then(|()| writeln!(lock, "{}", std::process::id())).map_err(fault)?;
    Ok(Claim { _lock: lock })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_files() {
        assert_eq!(file_of("sqlite://concord.db?mode=rwc"), Some("concord.db".into()));
        assert_eq!(file_of("sqlite:///var/lib/a%20b.db"), Some("/var/lib/a b.db".into()));
        assert_eq!(file_of("sqlite::memory:"), None);
        assert_eq!(file_of("postgres://u@h/db"), None);
        assert_eq!(beside(Path::new("a/b.db"), "-wal"), Path::new("a/b.db-wal"));
    }

    #[test]
    fn commands_do_not_create_a_database() {
        assert_eq!(existing("sqlite://concord.db?mode=rwc"), "sqlite://concord.db?mode=rw");
        assert_eq!(existing("postgres://u:mode=rwc@db/x"), "postgres://u:mode=rwc@db/x");
    }
}
