//! One ordinary caller beside 64 connections of one address that ask again as soon as they are answered.
//!
//! The greedy are a process of their own, behind all others: elsewhere they would have their own processors.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Command, Output, Stdio},
    time::Instant,
};

use futures_util::future::join_all;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    time::sleep,
};

use super::{ADDRESS, Duration, Head, LASTS, Load, READ, head, part, start, whole};

/// Connections of the greedy address.
const GREEDY: usize = 64;
/// Pause of the ordinary caller after each answer.
const PAUSE: Duration = Duration::from_millis(20);
/// Addresses of the two, both of this machine.
const ORDINARY_FROM: ([u8; 4], u16) = ([127, 0, 0, 2], 0);
const GREEDY_FROM: ([u8; 4], u16) = ([127, 0, 0, 3], 0);

/// What the greedy ask for.
fn requests() -> Vec<(&'static str, String)> {
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: concord\r\naccept-encoding: gzip\r\n\r\n");
    let query =
        "{ plans(first: 50) { nodes { title actions(first: 50) { nodes { title leadAgency { name } } } } } }";
    let body = serde_json::json!({ "query": query }).to_string();
    let document = format!(
        "POST /graphql HTTP/1.1\r\nhost: concord\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    vec![
        ("feed", get("/api/v1/changes?limit=200")),
        ("lists", get("/api/v1/obligations?limit=200")),
        ("GraphQL", document),
        ("static files", get("/openapi.json")),
    ]
}

/// Measures the ordinary caller alone and beside each, on a service of its own with its ordinary limits.
pub(super) async fn measure(program: &Path, folder: &Path) {
    println!("\nbeside 64 greedy      p50 us   times alone   answers to the greedy");
    let file = folder.join("greedy.db");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    for (at, (name, _)) in requests().into_iter().enumerate() {
        let mut service = start(program, folder, &[("CONCORD_DATABASE_URL", url.as_str())]).await;
        let alone = ordinary().await;
        let greedy = tokio::task::spawn_blocking(move || process(at));
        // Until they have begun.
        sleep(LASTS / 10).await;
        let beside = ordinary().await;
        let told = greedy.await.expect("the greedy end");
        let told = String::from_utf8_lossy(&told.stdout);
        let [alone, beside] = [alone, beside].map(|load| load.percentile(50).as_micros().max(1));
        let times = format!("{}.{}", beside / alone, beside * 10 / alone % 10);
        println!("{name:<18} {beside:>9} {times:>13}   {}", told.trim());
        service.kill().expect("the service ends");
        service.wait().expect("the service has ended");
    }
}

async fn connection(from: ([u8; 4], u16)) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from(from)).expect("an address of this machine");
    socket.connect(SocketAddr::from(ADDRESS)).await.expect("a connection")
}

/// A caller that asks, reads and waits a little.
async fn ordinary() -> Load {
    let mut stream = connection(ORDINARY_FROM).await;
    let (began, mut load) = (Instant::now(), Load::default());
    while began.elapsed() < LASTS {
        let asked = Instant::now();
        stream.write_all(READ.as_bytes()).await.expect("bytes are taken");
        let (status, _) = Box::pin(whole(&mut stream)).await;
        *load.statuses.entry(status).or_default() += 1;
        load.admitted.push(asked.elapsed());
        sleep(PAUSE).await;
    }
    load
}

fn process(at: usize) -> Output {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new("nice");
    command.args(["-n", "19"]).arg(program).args(["greedy", &at.to_string()]).stderr(Stdio::inherit());
    command.output().expect("the greedy run")
}

/// What the process of the greedy does: prints how often they were answered what.
pub(super) async fn crowd(at: usize) {
    let (_, request) = requests().swap_remove(at);
    let all = join_all((0..GREEDY).map(|_| tokio::spawn(greedy(request.clone())))).await;
    let mut sum = Load::default();
    for status in all.into_iter().flat_map(|one| one.expect("a client")) {
        *sum.statuses.entry(status).or_default() += 1;
    }
    println!("{:?}", sum.statuses);
}

/// Asks again as soon as it is answered.
async fn greedy(request: String) -> Vec<u16> {
    let (began, mut answers) = (Instant::now(), Vec::new());
    let mut stream = connection(GREEDY_FROM).await;
    while began.elapsed() < LASTS + LASTS / 5 {
        stream.write_all(request.as_bytes()).await.expect("bytes are taken");
        answers.push(Box::pin(counted(&mut stream)).await);
    }
    answers
}

/// Reads an answer of which only the status counts.
async fn counted(stream: &mut TcpStream) -> u16 {
    let Head { status, length, begun } = head(stream).await;
    let (mut count, mut last) = (begun.len(), begun);
    while length.map_or_else(|| !last.ends_with(b"0\r\n\r\n"), |length| count < length) {
        last = part(stream).await;
        count += last.len();
    }
    status
}
