//! The memory that 500 sign-ins at once leave behind, on SQLite and, where a server answers, on PostgreSQL.

use std::{collections::BTreeMap, fs, net::SocketAddr, path::Path, time::Instant};

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Database};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::{ADDRESS, UNMETERED, memory, start, whole};

/// Sign-ins at once, each on a connection of its own.
const AT_ONCE: usize = 500;
/// Accounts of the demonstration they are for, by turns.
const ACCOUNTS: [&str; 8] = [
    "focal_point",
    "secretariat",
    "approver",
    "lead.mes",
    "officer.mes",
    "officer.moh",
    "observer",
    "portal",
];
const PASSWORD: &str = "rehearsal-only-Concord-demo";

/// Measures on both databases, and prints a line for each.
pub(super) async fn measure(program: &Path, folder: &Path) {
    println!("\n500 sign-ins at once    seconds   KiB before   KiB after   most KiB   statuses");
    let file = folder.join("sign_ins.db");
    one("sqlite", program, folder, &format!("sqlite://{}?mode=rwc", file.display())).await;
    drop(fs::remove_file(file));

    let given = std::env::var("CONCORD_TEST_POSTGRES_URL").unwrap_or_default();
    let server = if given.is_empty() { "postgres://postgres@127.0.0.1:5432/postgres".into() } else { given };
    let Ok(admin) = Database::connect(&server).await else {
        println!("postgres    SKIPPED: no server answers");
        return;
    };
    let name = format!("concord_load_{}", std::process::id());
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
    let (head, query) = server.split_once('?').map_or((server.as_str(), ""), |(head, query)| (head, query));
    let host = head.rsplit_once('/').map_or(head, |(host, _)| host);
    one("postgres", program, folder, &format!("{host}/{name}?{query}")).await;
    admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("no database");
}

async fn one(name: &str, program: &Path, folder: &Path, url: &str) {
    let places = AT_ONCE.to_string();
    let settings = [
        ("CONCORD_DATABASE_URL", url),
        ("CONCORD_MAX_REQUESTS", &places),
        ("CONCORD_REQUEST_TIMEOUT_SECONDS", "600"),
        UNMETERED,
    ];
    let mut service = start(program, folder, &settings).await;
    let (before, began) = (memory(&service, "VmRSS"), Instant::now());
    let all = join_all((0..AT_ONCE).map(|at| tokio::spawn(sign_in(at)))).await;
    let seconds = began.elapsed().as_secs_f64();
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    for status in all {
        *statuses.entry(status.expect("a client")).or_default() += 1;
    }
    let (after, most) = (memory(&service, "VmRSS"), memory(&service, "VmHWM"));
    println!("{name:<20} {seconds:>10.1} {before:>12} {after:>11} {most:>10}   {statuses:?}");
    service.kill().expect("the service ends");
    service.wait().expect("the service has ended");
}

async fn sign_in(at: usize) -> u16 {
    let account = ACCOUNTS.get(at % ACCOUNTS.len()).copied().unwrap_or_default();
    let body =
        serde_json::json!({ "email": format!("{account}@kgz.demo"), "password": PASSWORD }).to_string();
    let request = format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nhost: concord\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(SocketAddr::from(ADDRESS)).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("bytes are taken");
    Box::pin(whole(&mut stream)).await.0
}
