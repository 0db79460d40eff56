//! What stands in for a service whose network is bad.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Method and address.
    pub what: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }
}

/// A listener that answers each request as it is told, or cuts the connection.
pub struct Stub {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Stub {
    /// Answers with status line, headers and body; nothing cuts the connection. It knows how many came before.
    pub fn new(answer: impl Fn(&Asked, usize) -> Option<String> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut reader = BufReader::new(stream);
                let Some(request) = read(&mut reader) else { continue };
                let mut kept = kept.lock().expect("what was asked");
                let answer = answer(&request, kept.len());
                kept.push(request);
                if let Some(answer) = answer {
                    drop(reader.get_mut().write_all(answer.as_bytes()));
                }
            }
        });
        Self { url, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("what was asked").clone()
    }
}

fn read(reader: &mut impl BufRead) -> Option<Asked> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let what = lines.remove(0).trim_end_matches(" HTTP/1.1").to_owned();
    let header =
        |line: String| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: Vec<_> = lines.into_iter().filter_map(header).collect();
    let length =
        headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or_default()];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { what, headers, body })
}

/// A whole answer of JSON.
pub fn answer(status: &str, headers: &str, body: &str) -> Option<String> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n{headers}");
    Some(format!("{head}content-length: {length}\r\n\r\n{body}"))
}
