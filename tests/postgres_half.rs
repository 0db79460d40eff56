//! The second half: the same binary again, on PostgreSQL.

use std::{
    io::Write,
    num::NonZero,
    process::{Command, Stdio},
};

use crate::support::db;

/// Written straight to standard error: the harness swallows what passing tests print.
fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

#[tokio::test]
async fn the_suite_passes_on_postgresql() {
    if db::is_postgres() || std::env::var("CONCORD_TEST_DB").is_ok_and(|name| name == "sqlite-only") {
        return;
    }
    if let Err(error) = db::answers().await {
        assert!(std::env::var("CI").is_err(), "CI needs a PostgreSQL server: {error}");
        say(
            "\nSKIPPED: THE POSTGRESQL HALF OF THE SUITE (no server answers; set CONCORD_TEST_POSTGRES_URL)\n",
        );
        return;
    }

    let own = std::env::current_exe().expect("the test binary");
    let filter: Vec<String> =
        std::env::args().skip(1).filter(|arg| arg.starts_with("--test-threads")).collect();
    // Every test waits for the server half of its time.
    let threads = 2 * std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut again = Command::new(own);
    if std::env::var("RUST_TEST_THREADS").is_err() {
        again.env("RUST_TEST_THREADS", threads.to_string());
    }
    again.args(filter).env("CONCORD_TEST_DB", "postgres").stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = again.spawn().expect("the suite starts");
    let process = running.id();
    let done = running.wait_with_output().expect("the suite runs");
    db::remove_all_of(process).await;

    let text = String::from_utf8_lossy(&done.stdout);
    say(&format!(
        "\nPostgreSQL half: {}\n",
        text.lines().rev().find(|line| line.starts_with("test result")).unwrap_or("no result")
    ));
    assert!(done.status.success(), "{text}\n{}", String::from_utf8_lossy(&done.stderr));
}
