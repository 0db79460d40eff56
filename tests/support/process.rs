//! The service as a process of its own, with a database that has the world.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, channel},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{SECRET, db};

/// The longest that anything in these tests is waited for; nothing is measured by it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running service.
pub struct Process {
    child: Child,
    /// Where it answers.
    pub address: SocketAddr,
    lines: Arc<Mutex<Vec<String>>>,
    arrived: Receiver<()>,
}

/// Runs a test beside a process with these settings.
pub async fn process<F>(settings: &[(&str, &str)], test: F)
where
    F: AsyncFnOnce(&mut Process),
{
    let (url, _) = db::fresh().await;
    let mut process = Process::start(&url, settings);

    test(&mut process).await;

    drop(process);
    db::remove(&url).await;
}

impl Process {
    /// Starts one on a database.
    pub fn start(url: &str, settings: &[(&str, &str)]) -> Self {
        Self::start_with(url, settings, &[])
    }

    /// Starts one on a database, without these variables.
    pub fn start_with(url: &str, settings: &[(&str, &str)], without: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_concord"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CONCORD_")) {
            command.env_remove(name);
        }
        command
            .arg("serve")
            .current_dir(std::env::temp_dir())
            .env("CONCORD_DATABASE_URL", url)
            .env("CONCORD_SECRET", SECRET)
            .env("CONCORD_LISTEN", "127.0.0.1:0")
            .envs(settings.iter().map(|(name, value)| (format!("CONCORD_{}", name.to_uppercase()), value)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        for name in without {
            command.env_remove(name);
        }
        let mut child = command.spawn().expect("the program runs");
        let (lines, (tell, arrived)) = (Arc::new(Mutex::new(Vec::new())), channel());
        let (keep, from) = (Arc::clone(&lines), BufReader::new(child.stderr.take().expect("its log")));
        std::thread::spawn(move || {
            for line in from.lines().map_while(Result::ok) {
                keep.lock().expect("the lines").push(line);
                let _ = tell.send(());
            }
        });
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut process = Self { child, address, lines, arrived };
        let line = process.logged("listening on ");
        let address = line.rsplit("//").next().and_then(|text| text.split_whitespace().next());
        process.address = address.and_then(|text| text.parse().ok()).expect("an address");
        process
    }

    /// Everything logged so far.
    pub fn log(&self) -> Vec<String> {
        self.lines.lock().expect("the lines").clone()
    }

    /// The first line with this text, waited for.
    pub fn logged(&self, text: &str) -> String {
        loop {
            let log = self.log();
            if let Some(line) = log.iter().find(|line| line.contains(text)) {
                return line.clone();
            }
            let more = self.arrived.recv_timeout(PATIENCE);
            assert!(more.is_ok(), "{text:?} was not logged: {}", log.join("\n"));
        }
    }

    /// Sends a signal, for example `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// The exit code, waited for.
    pub async fn exit(&mut self) -> Option<i32> {
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait().expect("a child") {
                    return status.code();
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, ended).await.expect("the process ends")
    }

    /// A new connection.
    pub async fn connect(&self) -> Wire {
        Wire(TcpStream::connect(self.address).await.expect("a connection"))
    }

    /// The answer to one request on a connection of its own.
    pub async fn ask(&self, head: &str) -> String {
        let mut wire = self.connect().await;
        wire.send(&format!("{head}\r\nhost: concord\r\nconnection: close\r\n\r\n")).await;
        wire.rest().await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A connection on which bytes are sent and read as they are.
pub struct Wire(pub TcpStream);

impl Wire {
    pub async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("bytes are taken");
    }

    /// Everything until the other end closes.
    pub async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        let read = timeout(PATIENCE, self.0.read_to_end(&mut bytes)).await;
        read.expect("the connection is closed").expect("the connection is closed in order");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What is read until this text has come.
    pub async fn until(&mut self, text: &str) -> String {
        let mut bytes = Vec::new();
        let read = async {
            while !String::from_utf8_lossy(&bytes).contains(text) {
                let mut part = [0; 4096];
                let count = self.0.read(&mut part).await.expect("the connection is open");
                assert!(count > 0, "closed before {text:?}: {}", String::from_utf8_lossy(&bytes));
                bytes.extend_from_slice(&part[..count]);
            }
        };
        timeout(PATIENCE, read).await.expect("an answer");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
