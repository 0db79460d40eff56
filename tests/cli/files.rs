//! What an installation keeps on its host: who may read it, how it is restored, and which secret it needs.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Stdio,
};

use super::{Ended, Installation, installation, seeded};
use crate::support::{
    db,
    process::{Process, process},
};

fn mode(path: &Path) -> u32 {
    path.metadata().expect("a file").permissions().mode() & 0o777
}

/// An installation in the same folder with an SQLite file of its own.
fn on_file(here: &Installation, name: &str) -> Installation {
    let file = here.folder.join(name);
    Installation { folder: here.folder.clone(), url: format!("sqlite://{}?mode=rwc", file.display()) }
}

/// Runs a service on the installation until it listens.
fn serving(here: &Installation) -> Process {
    let file = here.folder.join("secret").display().to_string();
    Process::start_with(&here.url, &[("secret_file", &file)], &["CONCORD_SECRET"])
}

/// Tries to run a service that should not start.
fn refused(here: &Installation, arguments: &[&str]) -> Ended {
    let mut command = here.command(&[&["serve"], arguments].concat());
    command
        .env("CONCORD_LISTEN", "127.0.0.1:0")
        .stdin(Stdio::null())
        .output()
        .expect("the program runs")
        .into()
}

/// Row R2.
#[tokio::test]
async fn a_new_database_and_its_companions_are_for_their_user_only() {
    installation(async |here| {
        let here = on_file(here, "private.db");
        here.run(&["secret", "new"]).ok();
        let service = serving(&here);

        let modes = ["private.db", "private.db-wal", "private.db-shm", "private.db-lock", "secret"]
            .map(|name| mode(&here.folder.join(name)));

        assert_eq!(modes, [0o600; 5]);
        assert!(!service.log().join("\n").contains("by others"));
    })
    .await;
}

/// Row R2.
#[tokio::test]
async fn secrets_that_others_may_read_are_warned_of() {
    installation(async |here| {
        let here = on_file(here, "open.db");
        here.run(&["secret", "new"]).ok();
        here.run(&["migrate", "up"]).ok();
        for name in ["secret", "open.db"] {
            fs::set_permissions(here.folder.join(name), Permissions::from_mode(0o644)).expect("a mode");
        }

        let service = serving(&here);

        let warned = |name: &str| {
            let named = here.folder.join(name).display().to_string();
            service.log().iter().any(|line| line.contains(&named) && line.contains("chmod 600"))
        };
        assert!(warned("secret") && warned("open.db"), "{}", service.log().join("\n"));
    })
    .await;
}

/// Row R2: other files have secrets in them too.
#[tokio::test]
async fn settings_with_a_secret_that_others_may_read_are_warned_of() {
    installation(async |here| {
        let settings = here.file("concord.toml", "secret = \"31415926535897932384626433832795\"\n");
        fs::set_permissions(&settings, Permissions::from_mode(0o644)).expect("a mode");
        let open = here.run(&["migrate", "up"]);
        fs::set_permissions(&settings, Permissions::from_mode(0o640)).expect("a mode");
        let closed = here.run(&["migrate", "status"]);

        open.ok();
        assert!(open.err.contains("concord.toml can be read or written by others"), "{}", open.err);
        assert!(!closed.err.contains("by others"), "{}", closed.err);
    })
    .await;
}

/// Row R5: one SQLite file has one service, by whatever name it is called.
#[tokio::test]
async fn a_second_service_on_one_sqlite_file_is_refused() {
    installation(async |here| {
        let here = on_file(here, "one.db");
        here.run(&["secret", "new"]).ok();
        let first = serving(&here);
        std::os::unix::fs::symlink(here.folder.join("one.db"), here.folder.join("link.db")).expect("a link");

        let second = refused(&here, &[]);
        let by_link = refused(&on_file(&here, "link.db"), &[]);
        let listed = here.run(&["user", "list"]);
        drop(first);
        let third = serving(&here);

        assert!(second.failed(3).contains("serves this database"), "{}", second.err);
        assert!(second.err.contains("(process "), "{}", second.err);
        by_link.failed(3);
        listed.ok();
        third.logged("listening");
    })
    .await;
}

/// Row R5: of PostgreSQL many may serve one database.
#[tokio::test]
async fn two_services_on_one_database_of_postgresql_are_none_too_many() {
    if !db::is_postgres() {
        return;
    }
    let (url, _) = db::fresh().await;
    let services = [Process::start(&url, &[]), Process::start(&url, &[])];

    drop(services);
    db::remove(&url).await;
}

/// Row R1: a signal that asks for settings to be read again ends nothing.
#[tokio::test]
async fn a_hangup_is_logged_and_ends_nothing() {
    process(&[], async |service| {
        service.signal("HUP");

        service.logged("SIGHUP: there is nothing to read again");
        let answer = service.ask("GET /health/live HTTP/1.1").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        service.signal("TERM");
        assert_eq!(service.exit().await, Some(0));
    })
    .await;
}

/// Row R4: a database without its secret.
#[tokio::test]
async fn a_database_that_had_a_secret_asks_for_that_one() {
    installation(async |here| {
        here.run(&["secret", "new"]).ok();
        here.run(&["migrate", "up"]).ok();
        here.run(&["key", "rotate"]).ok();
        fs::rename(here.folder.join("secret"), here.folder.join("kept")).expect("the secret goes");

        let served = refused(here, &[]);
        let demo = refused(here, &["--demo"]);
        let head = here.run(&["log", "head"]);
        let new = here.run(&["secret", "new"]);
        here.run(&["secret", "new", "secret"]).ok();
        let other = [refused(here, &[]), here.run(&["log", "head"])];
        fs::rename(here.folder.join("kept"), here.folder.join("secret")).expect("the secret comes back");
        let back = serving(here);

        for ended in [&served, &demo, &head, &new] {
            assert!(ended.err.contains("put that old secret"), "{}", ended.err);
            assert!(!ended.err.contains("`concord secret new` makes one"), "{}", ended.err);
        }
        assert_eq!([served.code, demo.code, head.code, new.code], [3, 3, 2, 2]);
        for ended in &other {
            assert!(ended.failed(3).contains("Give the old one"), "{}", ended.err);
        }
        back.logged("listening");
    })
    .await;
}

/// Row R3: what stands in an old `-wal` does not come back.
#[tokio::test]
async fn a_restored_database_is_the_backup_and_nothing_else() {
    seeded(async |here| {
        let restored = here.run(&["restore", "copy.db"]);
        if db::is_postgres() {
            assert!(restored.failed(2).contains("pg_restore"), "{}", restored.err);
            return;
        }
        restored.failed(2);
        here.run(&["user", "add", "before@test", "--name", "Before"]).ok();
        here.run(&["backup", "copy.db"]).ok();
        let head = here.run(&["log", "head"]).ok().to_owned();
        // A service that is killed leaves its `-wal` behind.
        let killed = serving(here);
        here.run(&["user", "add", "after@test", "--name", "After"]).ok();
        let busy = here.run(&["restore", "copy.db"]);
        drop(killed);

        let restored = here.run(&["restore", "copy.db"]);

        assert!(busy.failed(2).contains("serves this database"), "{}", busy.err);
        assert!(restored.ok().contains("before-restore-"), "{}", restored.out);
        assert_eq!(here.run(&["log", "head"]).ok().split("\"at\"").next(), head.split("\"at\"").next());
        assert_eq!(here.run(&["user", "list"]).ok().lines().count(), 1);
        here.run(&["log", "verify"]).ok();
        let file = here.url.trim_start_matches("sqlite://").trim_end_matches("?mode=rwc").to_owned();
        assert_eq!(mode(Path::new(&file)), 0o600);
        let aside = restored.out.lines().find(|line| line.contains("before-restore-")).expect("a line");
        let aside = aside.split(" is ").nth(1).and_then(|rest| rest.strip_suffix(" now")).expect("a name");
        let aside = Installation { folder: here.folder.clone(), url: format!("sqlite://{aside}?mode=rw") };
        assert_eq!(aside.run(&["user", "list"]).ok().lines().count(), 2);
        db::remove(&aside.url.replace("mode=rw", "mode=rwc")).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_backup_is_not_restored() {
    seeded(async |here| {
        if db::is_postgres() {
            return;
        }
        let text = here.file("text.db", "this is no database");
        let empty = here.file("empty.db", "");
        here.run(&["backup", "copy.db"]).ok();
        here.file("copy.db-wal", "what belongs to it");

        let own = here.url.trim_start_matches("sqlite://").trim_end_matches("?mode=rwc").to_owned();
        let ended =
            [text.as_str(), &empty, "copy.db", "nowhere.db", &own].map(|file| here.run(&["restore", file]));

        let told = ended.each_ref().map(|ended| ended.failed(2));
        assert!(told[0].contains("is no backup of Concord"), "{}", told[0]);
        assert!(told[1].contains("is no backup of Concord"), "{}", told[1]);
        assert!(told[2].contains("copy.db-wal beside it"), "{}", told[2]);
        assert!(told[3].contains("cannot be read"), "{}", told[3]);
        assert!(told[4].contains("is the database itself"), "{}", told[4]);
        here.run(&["log", "verify"]).ok();
    })
    .await;
}
