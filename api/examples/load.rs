//! Two bounded measurements over loopback: slow connections beside fast ones, and four times more than can run.
//!
//! It starts `target/*/concord serve --demo` beside itself in a folder of its own and prints ratios. Start it with `bench/load`.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on ends")]
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
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
    let program = std::env::args().nth(1).expect("the path of the program");
    let folder = std::env::temp_dir().join(format!("concord_load_{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let mut service = start(&program, &folder).await;

    let before = load(PLACES).await;
    let slow = slow_connections().await;
    let beside = load(PLACES).await;
    drop(slow);
    let flood = load(PLACES * 4).await;
    let memory = memory(&service);

    println!("load                           answers/s   p50 ms   p99 ms   statuses");
    for (name, load) in
        [("alone", &before), ("beside 1,000 slow connections", &beside), ("at 4x capacity", &flood)]
    {
        let [half, most] = [50, 99].map(|share| load.percentile(share).as_millis());
        println!("{name:<30} {:>9} {half:>8} {most:>8}   {:?}", load.rate(), load.statuses);
    }
    println!("resident memory at the end: {memory} KiB");
    service.kill().expect("the service ends");
    service.wait().expect("the service has ended");
    fs::remove_dir_all(&folder).expect("the folder goes");
}

async fn start(program: &str, folder: &std::path::Path) -> Child {
    let child = Command::new(program)
        .args(["serve", "--demo"])
        .current_dir(folder)
        .env("CONCORD_LISTEN", SocketAddr::from(ADDRESS).to_string())
        .env("CONCORD_LOG", "error")
        .env("CONCORD_MAX_REQUESTS", PLACES.to_string())
        .env("CONCORD_ADDRESS_RATE", "1000000000")
        .env("CONCORD_HEADER_TIMEOUT_SECONDS", "60")
        .stdout(Stdio::null())
        .spawn()
        .expect("the program runs");
    for _ in 0..1_200 {
        if TcpStream::connect(SocketAddr::from(ADDRESS)).await.is_ok() {
            return child;
        }
        sleep(Duration::from_millis(100)).await;
    }
    child
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

/// Reads one whole answer and tells its status.
async fn answer(stream: &mut TcpStream) -> u16 {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 16_384];
        let count = stream.read(&mut part).await.expect("the connection is open");
        assert!(count > 0, "the connection was closed");
        bytes.extend_from_slice(part.get(..count).unwrap_or_default());
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        let is_whole = length.map_or_else(|| body.ends_with("0\r\n\r\n"), |length| body.len() >= length);
        if is_whole {
            return head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        }
    }
}

fn memory(service: &Child) -> String {
    let status = fs::read_to_string(format!("/proc/{}/status", service.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("unknown");
    line.trim().trim_end_matches(" kB").to_owned()
}
