//! The commands that call a service, against one that runs.

mod access;
mod flaky;
mod parts;
mod stub;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use kernel::db::Db;
use serde_json::{Value as Json, json};

use super::{Ended, program};
use crate::support::{TestApp, db, process::Process};

/// Somebody at a command line of their own.
struct Desk {
    folder: PathBuf,
    url: String,
    key: String,
}

impl Desk {
    fn new(url: String, key: String) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("concord_desk_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        Self { folder, url, key }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(&self.folder, arguments);
        command
            .env("XDG_CONFIG_HOME", &self.folder)
            .env("CONCORD_URL", &self.url)
            .env("CONCORD_API_KEY", &self.key);
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().expect("the program runs").into()
    }

    fn file(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).expect("a file");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).expect("a file")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// Runs a test with a service and the key of a secretariat.
async fn served<F>(test: F)
where
    F: AsyncFnOnce(&Desk),
{
    let (url, world) = db::fresh().await;
    let db = Db::connect(&url, 1).await.expect("the database opens");
    let app = TestApp::on(db, world, url.clone()).await;
    let made = app.user("secretariat").await.post("/api-keys", json!({ "name": "Desk" })).await;
    let key = made.ok(201)["secret"].as_str().expect("a secret").to_owned();
    app.state.db.clone().close().await.expect("the database closes");
    let process = Process::start(&url, &[]);
    let desk = Desk::new(format!("http://{}", process.address), key);

    test(&desk).await;

    drop(process);
    db::remove(&url).await;
}

fn json_of(ended: &Ended) -> Json {
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", ended.out, ended.err))
}

fn id_of(ended: &Ended) -> String {
    json_of(ended)["id"].as_str().expect("an id").to_owned()
}

const HEAD: &str = "owner,language,title,lead_agency,due_on,source_system,external_key\n";

fn good() -> String {
    format!("{HEAD}KGZ,en,One,MES,2027-01-31,sheet,1\nKGZ,en,Two,MES,,sheet,2\n")
}

fn wrong() -> String {
    format!("{HEAD}KGZ,en,One,MES,31.1.2027,sheet,1\nKGZ,en,Two,MES,,sheet,2\nKGZ,en,,MES,,sheet,3\n")
}

#[tokio::test]
async fn a_good_file_is_imported_and_its_counts_are_told() {
    served(async |desk| {
        desk.file("tasks.csv", &good());

        let sent = desk.run(&["import", "tasks.csv", "--kind", "tasks"]);
        let again = desk.run(&["import", "tasks.csv", "--kind", "tasks", "--force", "--wait"]);
        let list = desk.run(&["imports"]);

        let told = sent.ok();
        let counts = "tasks.csv: 2 created, 0 updated, 0 unchanged, 0 deleted, 0 rejected (import ";
        assert!(told.starts_with(counts) && told.ends_with(", completed)"), "{told}");
        assert!(again.ok().contains("0 created, 0 updated, 2 unchanged"), "{}", again.out);
        assert_eq!(list.ok().lines().count(), 2);
        assert!(list.out.contains("\ttasks\ttasks.csv\t0 created"), "{}", list.out);
        assert_eq!((sent.err.as_str(), list.err.as_str()), ("", ""));
    })
    .await;
}

#[tokio::test]
async fn refused_rows_are_told_and_end_with_1() {
    served(async |desk| {
        desk.file("wrong.csv", &wrong());

        let sent = desk.run(&["import", "wrong.csv", "--kind", "tasks", "--atomic", "row"]);
        let id = sent.out.split("(import ").nth(1).and_then(|rest| rest.split(',').next()).expect("an id");
        let lines = desk.run(&["errors", id]);
        let table = desk.run(&["errors", id, "--csv"]);
        let document = desk.run(&["errors", id, "--json"]);
        let one = desk.run(&["imports", id]);

        assert!(sent.failed(1).contains("line 2, column due_on: bad_format: "), "{}", sent.err);
        assert!(sent.err.contains("line 4, column title: "), "{}", sent.err);
        assert!(
            sent.out.contains("1 created, 0 updated, 0 unchanged, 0 deleted, 2 rejected"),
            "{}",
            sent.out
        );
        assert_eq!(lines.ok(), sent.err.trim_end());
        let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(table.ok().as_bytes())
            .records()
            .map(|row| row.expect("a row"))
            .collect();
        let told: Vec<_> = rows.iter().map(|row| (&row[1], &row[2], &row[3], &row[5], &row[7])).collect();
        assert_eq!(told[0], ("2", "1", "due_on", "bad_format", "31.1.2027"));
        assert_eq!((told.len(), told[1].0, told[1].2), (2, "4", "title"));
        document.ok();
        assert_eq!(json_of(&document)["items"].as_array().map(Vec::len), Some(2));
        assert!(one.failed(1).contains("line 2, column due_on"), "{}", one.err);
    })
    .await;
}

#[tokio::test]
async fn what_a_dry_run_shows_is_committed_and_taken_back() {
    served(async |desk| {
        desk.file("tasks.csv", &good());
        let ask =
            |key| desk.run(&["export", "tasks", "--filter", "source_system=sheet", "--filter", key]).out;

        let dry = desk.run(&["validate", "tasks.csv", "--kind", "tasks", "--json"]);
        let id = id_of(&dry);
        let before = ask("external_key=1").lines().count();
        let wrong = desk.run(&["commit", &id, "--plan", "another"]);
        let done = desk.run(&["commit", &id]);
        let twice = desk.run(&["commit", &id]);
        let written = ask("external_key=1").lines().count();
        let tried = desk.run(&["revert", &id, "--dry-run"]);
        let back = desk.run(&["revert", &id, "--json"]);
        let one = desk.run(&["imports", &id]);

        dry.ok();
        assert_eq!(json_of(&dry)["state"], "awaiting_approval");
        assert!(dry.err.contains(&format!("`concord commit {id}` does exactly this")), "{}", dry.err);
        assert!(wrong.failed(2).starts_with("plan_moved: "), "{}", wrong.err);
        assert!(done.ok().starts_with("2 created, ") && done.err.starts_with("as was shown: 2 created"));
        assert!(twice.failed(2).contains("illegal_move"), "{}", twice.err);
        assert_eq!((before, written), (1, 2));
        assert!(tried.ok().contains("2 deleted") && tried.out.contains("dry run"), "{}", tried.out);
        back.ok();
        let by = format!("; taken back by import {} (import {id}, completed)", id_of(&back));
        assert!(one.ok().ends_with(&by), "{}", one.out);
        assert_eq!((&json_of(&back)["deleted"], &json_of(&back)["reverts"]), (&json!(2), &json!(id)));
        assert_eq!(ask("external_key=1").lines().count(), 1);
    })
    .await;
}

#[tokio::test]
async fn all_files_are_judged_but_nothing_is_sent_after_one_that_is_refused() {
    served(async |desk| {
        desk.file("wrong.csv", &wrong());
        desk.file("good.csv", &good());
        let files = ["wrong.csv", "good.csv", "--kind", "tasks", "--json"];

        let judged = desk.run(&[&["validate"], &files[..]].concat());
        let sent = desk.run(&[&["import"], &files[..]].concat());

        judged.failed(1);
        assert_eq!(judged.out.lines().count(), 2, "{}", judged.out);
        assert!(sent.failed(1).ends_with("good.csv was not sent"), "{}", sent.err);
        assert_eq!(json_of(&sent)["rejected"], 2);
    })
    .await;
}

#[tokio::test]
async fn files_and_settings_that_do_not_fit_end_with_2() {
    served(async |desk| {
        desk.file("header.csv", "owner,tittle,title\nKGZ,a,b\n");
        desk.file("tasks.csv", &good());

        let header = desk.run(&["import", "header.csv", "--kind", "tasks", "--json"]);
        let mode = desk.run(&["import", "tasks.csv", "--kind", "taks", "--group-size", "3"]);
        let nowhere = desk.run(&["import", "nowhere.csv"]);
        let waiting = desk.run(&["import", "tasks.csv", "--wait", "--no-wait"]);
        let on = desk.run(&["import", "tasks.csv", "--kind", "tasks", "--fail-on", "errors"]);
        let no_id = desk.run(&["errors", "17"]);
        let missing = desk.run(&["cancel", "01920000-0000-7000-8000-000000000000"]);

        assert!(header.failed(2).contains("line 1, column tittle: unknown_member"), "{}", header.err);
        assert_eq!(json_of(&header)["status"], 422);
        assert!(mode.failed(2).contains("did you mean `tasks`?"), "{}", mode.err);
        assert!(mode.err.contains("group_size: rule_broken"), "{}", mode.err);
        assert!(nowhere.failed(2).contains("nowhere.csv cannot be read"), "{}", nowhere.err);
        assert!(waiting.failed(2).contains("--no-wait"), "{}", waiting.err);
        assert!(on.failed(2).contains("fail_on"), "{}", on.err);
        assert!(no_id.failed(2).contains("is no id of an import"), "{}", no_id.err);
        assert!(missing.failed(2).starts_with("not_found: "), "{}", missing.err);
    })
    .await;
}

#[tokio::test]
async fn a_long_import_is_waited_for() {
    served(async |desk| {
        let rows: String = (0..1200).map(|n| format!("KGZ,en,Task {n},MES,,bulk,{n}\n")).collect();
        desk.file("bulk.csv", &format!("{HEAD}{rows}"));

        let sent = desk.run(&["import", "bulk.csv", "--kind", "tasks", "--no-wait", "--json"]);
        let waited = desk.run(&["imports", &id_of(&sent), "--wait"]);

        assert_eq!(json_of(&sent)["row_count"], 1200);
        assert!(waited.ok().starts_with("1200 created, "), "{}", waited.out);
    })
    .await;
}

#[tokio::test]
async fn a_list_becomes_a_file_that_goes_in_again() {
    served(async |desk| {
        desk.file("tasks.csv", &good());
        desk.run(&["import", "tasks.csv", "--kind", "tasks"]).ok();
        desk.file("out.csv", "old");
        let of_sheet = ["export", "tasks", "--filter", "source_system=sheet"];

        let saved = desk.run(&[&of_sheet[..], &["-o", "out.csv"]].concat());
        let lines = desk.run(&[&of_sheet[..], &["--format", "ndjson"]].concat());
        let labels = desk.run(&[&of_sheet[..], &["--labels", "--lang", "ru"]].concat());
        let book = desk.run(&[&of_sheet[..], &["--format", "xlsx", "--output", "out.xlsx"]].concat());
        let wrong = desk.run(&["export", "tasks", "--filter", "colour=red", "-o", "never.csv"]);
        let back = desk.run(&["import", "out.csv", "--kind", "tasks"]);

        assert!(saved.ok().is_empty() && saved.err.starts_with("wrote out.csv ("), "{}", saved.err);
        assert_eq!(desk.read("out.csv").lines().count(), 3);
        assert_eq!(lines.ok().lines().count(), 2);
        assert!(labels.ok().lines().next().expect("a head").contains("status.label"), "{}", labels.out);
        book.ok();
        assert!(wrong.failed(2).contains("unknown_parameter"), "{}", wrong.err);
        let mut left: Vec<_> = names(&desk.folder);
        left.sort();
        assert_eq!(left, ["out.csv", "out.xlsx", "tasks.csv"]);
        assert!(back.ok().contains("0 created, 0 updated, 2 unchanged"), "{}", back.out);
    })
    .await;
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}
