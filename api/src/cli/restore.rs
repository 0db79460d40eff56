//! `concord restore`.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use clap::Args;
use kernel::{clock::Clock, db::Db};
use sea_orm::Statement;

use super::{failure::Failure, installation::settings, say, tell};
use crate::{
    config::Config,
    host::{
        database::{COMPANIONS, beside, claim, file_of},
        files,
        secret::read,
    },
    migrate,
    signin::keys::KeyRing,
};

/// What to restore.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// File that `concord backup` made.
    file: PathBuf,
}

/// Checks a copy of the backup, moves the present database aside with all that SQLite keeps beside it, and puts the
/// copy in its place: a `-wal` that is left there would be played into the backup.
pub(super) async fn run(restore: &Restore) -> Result<(), Failure> {
    let config = settings()?;
    let Some(place) = file_of(&config.database_url) else {
        return Err(Failure::usage(
            &"this is PostgreSQL: stop the service, drop the database and create it anew, then `pg_restore --no-owner --exit-on-error` into the empty one; `--clean` in place leaves tables that the backup does not know",
        ));
    };
    let place = place.canonicalize().unwrap_or(place);
    let backup = restore.file.as_path();
    let shown = place.display().to_string();
    let _claim = claim(&place).map_err(|error| Failure::usage(&format!("{shown}: {error}")))?;
    alone(backup, &place)?;

    let copy = beside(&place, "-restoring");
    if backup.canonicalize().is_ok_and(|full| full == copy) {
        let text = format!("{} is what an earlier restore left; give it another name first", copy.display());
        return Err(Failure::usage(&text));
    }
    remove(&copy);
    let checked = prepared(&config, backup, &copy).await;
    if checked.is_err() {
        remove(&copy);
    }
    let is_behind = checked?;
    let kept = move_aside(&place)?;
    let kept = kept.map(|aside| format!("the database that was there is {} now", aside.display()));
    fs::rename(&copy, &place).and_then(|()| settle(&place)).map_err(|error| {
        let kept = kept.as_ref().map_or_else(String::new, |kept| format!("; {kept}"));
        Failure::other(&format!("{} cannot be put in the place of {shown}: {error}{kept}", copy.display()))
    })?;

    say(&format_args!("restored {shown} from {}", backup.display()));
    if let Some(kept) = kept {
        say(&kept);
    }
    if is_behind {
        say(&"its schema is older than this program: `concord serve` or `concord migrate up` brings it up");
    }
    say(
        &"prove it with `concord log verify --head FILE`, with the newest head that is not younger than the backup",
    );
    Ok(())
}

/// Refuses a file that is the database itself, or one that SQLite would complete from what stands beside it.
fn alone(backup: &Path, place: &Path) -> Result<(), Failure> {
    let shown = backup.display();
    let full =
        backup.canonicalize().map_err(|error| Failure::usage(&format!("{shown} cannot be read: {error}")))?;
    if full == place {
        return Err(Failure::usage(&format!("{shown} is the database itself")));
    }
    let is_filled = |end: &str| fs::metadata(beside(&full, end)).is_ok_and(|found| found.len() > 0);
    match COMPANIONS.into_iter().find(|end| *end != "-shm" && is_filled(end)) {
        None => Ok(()),
        Some(end) => Err(Failure::usage(&format!(
            "{shown} has {shown}{end} beside it, so it is no whole copy; take one that `concord backup` made"
        ))),
    }
}

/// Copies the backup beside the database and checks the copy; true if its schema is older than this program.
async fn prepared(config: &Config, backup: &Path, copy: &Path) -> Result<bool, Failure> {
    let shown = backup.display();
    let failed = |error| Failure::other(&format!("{shown} cannot be copied: {error}"));
    let mut from = File::open(backup).map_err(failed)?;
    let mut to = files::create(copy).map_err(failed)?;
    std::io::copy(&mut from, &mut to).and_then(|_| to.sync_all()).map_err(failed)?;
    drop(to);

    let name = copy.to_str().ok_or_else(|| Failure::usage(&"the name of the database is not UTF-8"))?;
    // In an address these have a meaning of their own.
    let name = name.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    let wrong =
        |why: &dyn std::fmt::Display| Failure::usage(&format!("{shown} is no backup of Concord: {why}"));
    let db = Db::connect(&format!("sqlite://{name}?mode=rw"), 1).await.map_err(|error| wrong(&error))?;
    let checked = check(&db, wrong).await;
    if checked.is_ok() {
        warn_of_secret(config, &db).await;
    }
    db.close().await?;
    checked
}

async fn check(db: &Db, wrong: impl Fn(&dyn std::fmt::Display) -> Failure) -> Result<bool, Failure> {
    let text = Statement::from_string(db.backend(), "PRAGMA quick_check(1)");
    let found = db.reading().all_raw(text).await.map_err(|error| wrong(&error))?;
    let said = found.first().and_then(|row| row.try_get_by_index::<String>(0).ok()).unwrap_or_default();
    if said != "ok" {
        return Err(wrong(&format!("SQLite finds it damaged: {said}")));
    }
    let steps = migrate::status(db).await?;
    if steps.iter().all(|step| !step.is_applied) {
        return Err(wrong(&"it has none of its tables"));
    }
    Ok(steps.iter().any(|step| !step.is_applied))
}

/// Says if the secret at hand is not the one the backup was used with; it may be put back later.
async fn warn_of_secret(config: &Config, db: &Db) {
    let opened = match read(config, false).await {
        Ok(secret) => KeyRing::opens(db, &Clock::system(), &secret).await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(why) = opened {
        tell(&format_args!(
            "the service will not start on the restored database before this is mended: {why}"
        ));
    }
}

/// Moves what is there aside, under names that fit each other; answers the new name of the database, if there was one.
fn move_aside(place: &Path) -> Result<Option<PathBuf>, Failure> {
    let now = Clock::system().now().format("%Y%m%dT%H%M%S%.3fZ");
    let aside = beside(place, &format!(".before-restore-{now}"));
    if aside.exists() {
        return Err(Failure::other(&format!("{} is there already; try again", aside.display())));
    }
    let mut had = None;
    for end in std::iter::once("").chain(COMPANIONS) {
        let (from, to) = (beside(place, end), beside(&aside, end));
        if !from.exists() {
            continue;
        }
        fs::rename(&from, &to)
            .map_err(|error| Failure::other(&format!("{} cannot be moved aside: {error}", from.display())))?;
        had = Some(aside.clone());
    }
    Ok(had)
}

/// Waits until the folder with its new names is on the disk.
fn settle(place: &Path) -> std::io::Result<()> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn remove(copy: &Path) {
    for end in std::iter::once("").chain(COMPANIONS) {
        drop(fs::remove_file(beside(copy, end)));
    }
}
