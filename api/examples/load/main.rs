//! Bounded measurements over loopback: slow connections beside fast ones, four times more than can run, the
//! processor time of the service for GraphQL documents of 64 kB that are made to cost much, one ordinary caller beside
//! 64 greedy connections from one address, and the memory that 500 sign-ins at once leave behind.
//!
//! It starts `target/*/concord serve --demo` beside itself in a folder of its own and prints ratios. Start it with `bench/load`.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on ends")]
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod greedy;
mod sign_ins;

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

/// Connections that never send the end of their head.
const SLOW: usize = 1_000;
/// Requests that may run at the same time.
const PLACES: usize = 8;
/// How long each load lasts.
const LASTS: Duration = Duration::from_secs(5);
const ADDRESS: ([u8; 4], u16) = ([127, 0, 0, 1], 18_080);
/// The setting under which no address pays for what it asks.
const UNMETERED: (&str, &str) = ("CONCORD_ADDRESS_RATE", "1000000000");
/// Bytes of a document.
const LONG: usize = 64_000;
/// How often each document is sent.
const REPEATS: u32 = 5;
const READ: &str = "GET /api/v1/tasks?limit=50 HTTP/1.1\r\nhost: concord\r\n\r\n";

/// What a load came to.
#[derive(Default)]
struct Load {
    statuses: BTreeMap<u16, usize>,
    admitted: Vec<Duration>,
}

impl Load {
    fn percentile(&self, share: usize) -> Duration {
        let mut times = self.admitted.clone();
        times.sort();
        times.get(times.len() * share / 100).copied().unwrap_or_default()
    }

    fn rate(&self) -> usize {
        self.admitted.len() / usize::try_from(LASTS.as_secs()).unwrap_or(1)
    }
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().expect("the path of the program");
    if program == "greedy" {
        let at = arguments.next().and_then(|at| at.parse().ok()).expect("which of the crowds");
        return greedy::crowd(at).await;
    }
    let program = fs::canonicalize(program).expect("the program is there");
    let folder = std::env::temp_dir().join(format!("concord_load_{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let places = PLACES.to_string();
    let settings = [("CONCORD_MAX_REQUESTS", places.as_str()), UNMETERED];
    let mut service = start(&program, &folder, &settings).await;

    let before = load(PLACES).await;
    let slow = slow_connections().await;
    let beside = load(PLACES).await;
    drop(slow);
    let flood = load(PLACES * 4).await;
    let documents = documents_cost(&service).await;
    let memory = memory(&service, "VmRSS");

    println!("load                           answers/s   p50 ms   p99 ms   statuses");
    for (name, load) in
        [("alone", &before), ("beside 1,000 slow connections", &beside), ("at 4x capacity", &flood)]
    {
        let [half, most] = [50, 99].map(|share| load.percentile(share).as_millis());
        println!("{name:<30} {:>9} {half:>8} {most:>8}   {:?}", load.rate(), load.statuses);
    }
    println!("\ndocument of 64 kB                 processor ms   answer");
    for (name, spent, answer) in documents {
        println!("{name:<33} {:>12}   {answer}", spent.as_millis());
    }
    println!("\nresident memory at the end: {memory} KiB");
    service.kill().expect("the service ends");
    service.wait().expect("the service has ended");
    greedy::measure(&program, &folder).await;
    sign_ins::measure(&program, &folder).await;
    fs::remove_dir_all(&folder).expect("the folder goes");
}

async fn start(program: &Path, folder: &Path, settings: &[(&str, &str)]) -> Child {
    let mut child = Command::new(program)
        .args(["serve", "--demo"])
        .current_dir(folder)
        .env("CONCORD_LISTEN", SocketAddr::from(ADDRESS).to_string())
        .env("CONCORD_LOG", "error")
        .env("CONCORD_HEADER_TIMEOUT_SECONDS", "60")
        .envs(settings.iter().copied())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program runs");
    for _ in 0..1_200 {
        if TcpStream::connect(SocketAddr::from(ADDRESS)).await.is_ok() {
            return child;
        }
        sleep(Duration::from_millis(100)).await;
    }
    child.kill().expect("the service ends");
    child.wait().expect("the service has ended");
    panic!("the service does not answer");
}

async fn slow_connections() -> Vec<TcpStream> {
    let mut all = Vec::new();
    for _ in 0..SLOW {
        let mut stream = TcpStream::connect(SocketAddr::from(ADDRESS)).await.expect("a connection");
        stream.write_all(b"GET / HTTP/1.1\r\nhost: con").await.expect("bytes are taken");
        all.push(stream);
    }
    all
}

/// So many clients that each ask again as soon as they are answered.
async fn load(clients: usize) -> Load {
    let all = join_all((0..clients).map(|_| tokio::spawn(client()))).await;
    let mut sum = Load::default();
    for (status, took) in all.into_iter().flat_map(|one| one.expect("a client")) {
        *sum.statuses.entry(status).or_default() += 1;
        if status == 200 {
            sum.admitted.push(took);
        }
    }
    sum
}

async fn client() -> Vec<(u16, Duration)> {
    let mut stream = TcpStream::connect(SocketAddr::from(ADDRESS)).await.expect("a connection");
    let (began, mut answers) = (Instant::now(), Vec::new());
    while began.elapsed() < LASTS {
        let asked = Instant::now();
        stream.write_all(READ.as_bytes()).await.expect("bytes are taken");
        answers.push((Box::pin(answer(&mut stream)).await, asked.elapsed()));
    }
    answers
}

async fn answer(stream: &mut TcpStream) -> u16 {
    whole(stream).await.0
}

/// The head of an answer, and what of its body came with it.
struct Head {
    status: u16,
    /// Bytes of the body; none where it comes in chunks.
    length: Option<usize>,
    begun: Vec<u8>,
}

async fn head(stream: &mut TcpStream) -> Head {
    let mut bytes = Vec::new();
    loop {
        bytes.extend(part(stream).await);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let begun = bytes.split_off(end + 4);
        let text = String::from_utf8_lossy(&bytes);
        let length =
            text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        return Head { status: status.unwrap_or_default(), length, begun };
    }
}

/// What of an answer has come.
async fn part(stream: &mut TcpStream) -> Vec<u8> {
    let mut part = vec![0; 65_536];
    let count = stream.read(&mut part).await.expect("the connection is open");
    assert!(count > 0, "the connection was closed");
    part.truncate(count);
    part
}

/// Reads one whole answer: its status and body.
async fn whole(stream: &mut TcpStream) -> (u16, String) {
    let Head { status, length, begun: mut body } = head(stream).await;
    while length.map_or_else(|| !body.ends_with(b"0\r\n\r\n"), |length| body.len() < length) {
        body.extend(part(stream).await);
    }
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// As many parts as fit into a document between a beginning and an end.
fn filled(begin: &str, part: impl Fn(usize) -> String, end: &str) -> String {
    let (mut text, mut at) = (begin.to_owned(), 0);
    while text.len() < LONG {
        text.push_str(&part(at));
        at += 1;
    }
    text + end
}

/// Documents that are made to cost much.
fn documents() -> Vec<(&'static str, String)> {
    let (open, close) = ("{ countries(first: 1) { nodes { ", " } } }");
    let spread = |at: usize| format!("fragment F{at} on Country {{ ...F{} ...F{} }} ", at + 1, at + 1);
    let ids = |at: usize| format!("\"01980000-0000-7000-8000-{at:012}\" ");
    vec![
        ("one field after the other", filled(open, |_| "code ".into(), close)),
        ("as many fields as are allowed", format!("{open}{}{close}", "code ".repeat(4_900))),
        ("long names", filled(open, |at| format!("{}{at} ", "a".repeat(2_000)), close)),
        ("aliases", filled(open, |at| format!("a{at}: code "), close)),
        ("directives", filled(open, |_| "code @skip(if: false) ".into(), close)),
        ("fragments that double", filled(&format!("{open}...F0{close} "), spread, "")),
        ("brackets", filled("", |_| "{a".into(), "")),
        ("lists in arguments", filled("{ nodes(ids: ", |_| "[".into(), ") { id } }")),
        ("a list of ids", filled("{ nodes(ids: [", ids, "]) { id } }")),
        ("one text", filled("{ nodes(ids: [\"", |_| "\\\"".into(), "\"]) { id } }")),
        ("one block of text", filled("{ nodes(ids: [\"\"\"", |_| "\\\"\"\"".into(), "\"\"\"]) { id } }")),
        ("a comment", filled("{ __typename } #", |_| "{".into(), "")),
        (
            "introspection that multiplies",
            format!("{{ __schema {{ {} }} }}", "types { fields { args { name } } } ".repeat(95)),
        ),
    ]
}

/// Processor time of the service for each document, and the code of the answer.
async fn documents_cost(service: &Child) -> Vec<(&'static str, Duration, String)> {
    let mut found = Vec::new();
    for (name, document) in documents() {
        let body = serde_json::json!({ "query": document }).to_string();
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: concord\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(SocketAddr::from(ADDRESS)).await.expect("a connection");
        let (before, mut code) = (processor(service), String::new());
        for _ in 0..REPEATS {
            stream.write_all(request.as_bytes()).await.expect("bytes are taken");
            let (_, body) = Box::pin(whole(&mut stream)).await;
            code = body
                .split("\"code\":\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .unwrap_or("run")
                .into();
        }
        found.push((name, processor(service).saturating_sub(before) / REPEATS, code));
    }
    found
}

/// Processor time the service has taken, in ticks of 10 ms.
fn processor(service: &Child) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{}/stat", service.id())).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Memory of the service in KiB: now (`VmRSS`), or the most it has taken (`VmHWM`).
fn memory(service: &Child, which: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{}/status", service.id())).unwrap_or_default();
    let line =
        status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':')).unwrap_or("unknown");
    line.trim().trim_end_matches(" kB").to_owned()
}
