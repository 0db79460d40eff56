//! The command line, as a process of its own.

mod contracts;
mod ending;
mod files;
mod guides;
mod load;
mod remote;
mod sign_in;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::{
    log::unverified::sql,
    support::{TestApp, db},
};
use kernel::db::Db;

/// An installation with a folder and a database of its own.
struct Installation {
    folder: PathBuf,
    url: String,
}

/// What a command ended with.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}

impl Ended {
    #[track_caller]
    fn ok(&self) -> &str {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self.out.trim_end()
    }

    #[track_caller]
    fn failed(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self.err.trim_end()
    }

    fn last_line(&self) -> &str {
        self.out.lines().last().unwrap_or_default()
    }
}

/// The program in a folder, with no setting of whoever tests it.
fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_concord"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CONCORD_")) {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(folder);
    command
}

impl Installation {
    fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().expect("the program runs").into()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(&self.folder, arguments);
        command
            .env("CONCORD_DATABASE_URL", &self.url)
            .env("CONCORD_SECRET_FILE", self.folder.join("secret"))
            .env("CONCORD_LOG", "warn");
        command
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.join(name);
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    }

    /// Runs SQL behind the service's back.
    async fn tamper(&self, statements: &[&str]) {
        let db = Db::connect(&self.url, 1).await.expect("the database opens");
        let app = TestApp::on(db, Default::default(), self.url.clone()).await;
        for text in statements {
            sql(&app, text).await.expect("the database does as it is told");
        }
        app.state.db.clone().close().await.expect("the database closes");
    }
}

/// Runs a test with a new installation, whose database is empty.
async fn installation<F>(test: F)
where
    F: AsyncFnOnce(&Installation),
{
    installation_on(db::empty().await, test).await;
}

async fn installation_on<F>(url: String, test: F)
where
    F: AsyncFnOnce(&Installation),
{
    let name =
        format!("concord_cli_{}", url.rsplit('/').next().unwrap_or_default().replace(['?', '=', '.'], "_"));
    let folder = std::env::temp_dir().join(name);
    fs::create_dir_all(&folder).expect("a folder");
    let installation = Installation { folder, url };

    test(&installation).await;

    fs::remove_dir_all(&installation.folder).expect("the folder goes");
    db::remove(&installation.url).await;
}

/// Runs a test with an installation that has schema, secret, reference data and an agency.
async fn seeded<F>(test: F)
where
    F: AsyncFnOnce(&Installation),
{
    installation_on(db::blank().await, async |here| {
        here.run(&["secret", "new"]).ok();
        here.run(&["seed"]).ok();
        let agencies = here.file("a.csv", "owner,code,name,kind,language\nKGZ,MES,Rescue,ministry,en\n");
        here.run(&["load", &agencies, "--kind", "agencies"]).ok();
        test(here).await;
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_made_once_and_for_its_user_only() {
    installation(async |here| {
        let made = here.run(&["secret", "new"]);
        let again = here.run(&["secret", "new"]);

        let secret = fs::read_to_string(here.folder.join("secret")).expect("a secret");
        assert!(made.ok().starts_with("made ") && secret.trim().len() >= 32);
        assert!(!made.out.contains(secret.trim()));
        again.failed(2);
    })
    .await;
}

#[tokio::test]
async fn the_schema_is_shown_and_brought_up_and_down() {
    installation(async |here| {
        let up = here.run(&["migrate", "up"]);
        let down = here.run(&["migrate", "down", "--steps", "2"]);
        let status = here.run(&["migrate", "status"]);
        let behind = here.run(&["seed"]);
        let again = here.run(&["migrate", "up"]);

        assert!(up.ok().lines().count() >= 30 && up.out.starts_with("applied m2"));
        assert_eq!(down.ok().lines().count(), 2);
        assert_eq!(status.ok().lines().filter(|line| line.starts_with("pending")).count(), 2);
        assert!(behind.failed(3).contains("the schema lacks 2 migrations"), "{}", behind.err);
        assert_eq!(again.ok().lines().count(), 2);
    })
    .await;
}

#[tokio::test]
async fn seeding_tells_what_it_did() {
    seeded(async |here| {
        let again = here.run(&["seed"]);

        let total = again.ok().lines().last().unwrap_or_default().to_owned();
        assert!(total.starts_with("total") && total.contains(" 0 created, 0 updated, "), "{total}");
    })
    .await;
}

const WRONG: &str = "owner,title,lead_agency,due_on,priority\n\
    KGZ,Good,MES,2027-01-01,normal\n\
    KGZ,,MES,someday,normal\n\
    KGZ,Another,NOBODY,2027-01-01,normal\n";

#[tokio::test]
async fn wrong_rows_are_told_with_line_and_column_and_nothing_is_written() {
    seeded(async |here| {
        let before = here.run(&["log", "head"]);

        let wrong = here.file("wrong.csv", WRONG);
        let load = here.run(&["load", &wrong, "--kind", "tasks", "--language", "en"]);

        let told = load.failed(1);
        assert!(told.contains("line 3, column title: "), "{told}");
        assert!(told.contains("line 3, column due_on: bad_format"), "{told}");
        assert!(told.contains("line 4, column lead_agency: reference_not_found"), "{told}");
        assert!(told.ends_with("2 of 3 rows are wrong; nothing was written"), "{told}");
        assert_eq!(here.run(&["log", "head"]).ok(), before.ok());
    })
    .await;
}

const GOOD: &str = "owner,language,title,title@ru,lead_agency,source_system,external_key,x_note\n\
    KGZ,en,One,Один,MES,sheet,1,ignored\n\
    KGZ,en,Two,,MES,sheet,2,\n";

#[tokio::test]
async fn a_good_file_is_loaded_once() {
    seeded(async |here| {
        let good = here.file("good.csv", GOOD);

        let dry = here.run(&["load", &good, "--kind", "tasks", "--dry-run"]);
        let first = here.run(&["load", &good, "--kind", "tasks"]);
        let second = here.run(&["load", &good, "--kind", "tasks"]);

        assert_eq!(dry.ok(), "2 created, 0 updated, 0 unchanged; dry run, nothing was written");
        assert_eq!(first.ok(), "2 created, 0 updated, 0 unchanged");
        assert_eq!(second.ok(), "0 created, 0 updated, 2 unchanged");
        here.run(&["log", "verify"]).ok();
    })
    .await;
}

#[tokio::test]
async fn files_and_kinds_that_do_not_fit_are_told() {
    seeded(async |here| {
        let header = here.file("header.csv", "owner,tittle,title,title\n");

        let columns = here.run(&["load", &header, "--kind", "tasks"]);
        let kind = here.run(&["load", &header, "--kind", "taks"]);
        let missing = here.run(&["load", "nowhere.csv", "--kind", "tasks"]);

        assert!(columns.failed(2).contains("line 1, column tittle: unknown_member"), "{}", columns.err);
        assert!(columns.err.contains("line 1, column title: not_unique"), "{}", columns.err);
        assert!(kind.failed(2).contains("did you mean `tasks`?"), "{}", kind.err);
        assert!(missing.failed(2).contains("nowhere.csv cannot be read"), "{}", missing.err);
    })
    .await;
}

#[tokio::test]
async fn accounts_are_made_granted_and_listed() {
    seeded(async |here| {
        let grant = ["user", "grant", "aida@test", "--role", "officer", "--owner", "KGZ", "--agency", "MES"];

        here.run(&["user", "add", "Aida@Test", "--name", "Aida"]).ok();
        here.run(&grant).ok();
        let list = here.run(&["user", "list"]);
        let twice = here.run(&["user", "add", "aida@test", "--name", "Aida"]);
        let king = here.run(&["user", "grant", "aida@test", "--role", "king", "--owner", "KGZ"]);

        assert_eq!(list.ok(), "aida@test\tAida\topen\tofficer KGZ/MES");
        assert!(twice.failed(2).contains("the account exists"), "{}", twice.err);
        king.failed(2);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_the_last_line_and_is_good_for_the_service() {
    seeded(async |here| {
        here.run(&["user", "grant", "op@test", "--role", "operator", "--owner", "installation"]).ok();

        let token = here.run(&["user", "token", "op@test", "--reason", "a call at night"]);
        let nobody = here.run(&["user", "token", "nobody@test"]);

        token.ok();
        assert_eq!(token.last_line().split('.').count(), 3, "{}", token.out);
        nobody.failed(2);
    })
    .await;
}

#[tokio::test]
async fn the_log_is_proved_and_a_cut_is_found_with_a_kept_head() {
    seeded(async |here| {
        let head = here.run(&["log", "head"]);
        let kept = here.file("head.json", head.ok());
        let whole = here.run(&["log", "verify", "--head", &kept]);
        let last = "(SELECT id FROM change_set ORDER BY seq DESC LIMIT 1)";
        here.tamper(
            &disarmed(&[
                "DELETE FROM agency",
                &format!("DELETE FROM change_payload WHERE set_id = {last}"),
                &format!("DELETE FROM change WHERE set_id = {last}"),
                "DELETE FROM change_set WHERE seq = (SELECT MAX(seq) FROM change_set)",
            ])
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>(),
        )
        .await;

        let without = here.run(&["log", "verify"]);
        let with = here.run(&["log", "verify", "--head", &kept]);
        let forged = here.file("forged.json", &head.out.replace("\"seq\":2", "\"seq\":1"));
        let forged = here.run(&["log", "verify", "--head", &forged]);

        whole.ok();
        without.ok();
        with.failed(1);
        assert!(with.out.contains("the log was cut or rewritten"), "{}", with.out);
        assert!(forged.failed(1).contains("was not signed with the secret"), "{}", forged.err);
    })
    .await;
}

/// Statements with the triggers of the log taken away before.
fn disarmed(statements: &[&str]) -> Vec<String> {
    let tables = ["change_set", "change", "change_payload"];
    let off = tables.iter().flat_map(|table| {
        if db::is_postgres() {
            return vec![format!("ALTER TABLE {table} DISABLE TRIGGER ALL")];
        }
        ["update", "delete"].map(|operation| format!("DROP TRIGGER refuse_{operation}_of_{table}")).to_vec()
    });
    off.chain(statements.iter().map(|text| (*text).to_owned())).collect()
}

#[tokio::test]
async fn a_record_changed_by_sql_is_a_finding() {
    seeded(async |here| {
        here.tamper(&["UPDATE agency SET name = 'Another'"]).await;

        let verify = here.run(&["log", "verify"]);

        assert_eq!(verify.failed(1), "findings: 1");
        assert!(verify.out.contains("differs from its newest image"), "{}", verify.out);
    })
    .await;
}

#[tokio::test]
async fn a_backup_is_a_database_that_verifies() {
    seeded(async |here| {
        let backup = here.run(&["backup", "copy.db"]);
        let again = here.run(&["backup", "copy.db"]);

        again.failed(2);
        if db::is_postgres() {
            assert!(backup.failed(2).contains("pg_dump"), "{}", backup.err);
            return;
        }
        backup.ok();
        let copy = Installation { folder: here.folder.clone(), url: "sqlite://copy.db?mode=rwc".into() };
        copy.run(&["log", "verify"]).ok();
    })
    .await;
}

#[tokio::test]
async fn settings_that_are_wrong_are_told_all_at_once() {
    installation(async |here| {
        here.file("concord.toml", "listen = \"nowhere\"\nmax_connections = 0\nunknown = 1\n");

        let ended = here.run(&["migrate", "status"]);

        let told = ended.failed(2);
        assert!(
            told.contains("listen") && told.contains("max_connections") && told.contains("unknown"),
            "{told}"
        );
    })
    .await;
}
