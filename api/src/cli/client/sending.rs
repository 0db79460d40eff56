//! `concord import` and `concord validate`: files on their way to a service.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use clap::Args;
use futures_util::TryStreamExt;
use http_body_util::StreamBody;
use hyper::body::Frame;
use kernel::crypto::Hasher;
use reqwest::{
    Body, Method, RequestBuilder,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
};
use tokio_util::io::ReaderStream;

use super::{
    super::{
        failure::Failure,
        given::{Given, opened, unreadable},
        tell,
    },
    access::Access,
    lost::Before,
    parts,
    progress::{self, Unit},
    report::{conclude, finished},
    service::{Answer, Service},
};

/// Bytes above which a file goes in parts.
const WHOLE: u64 = 8 << 20;
/// Seconds that the service may take before it answers that an import goes on.
pub(super) const PREFER: (&str, &str) = ("prefer", "wait=20");
/// Characters of a file's name at most.
const LONGEST_NAME: usize = 200;

/// What to send, and what is to become of it.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(in crate::cli) struct Import {
    /// CSV, NDJSON, JSON or XLSX files, or zips of them; also packed by gzip or zstd. `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Kind of the records, such as `tasks`; without it sheets, parts or the member `kind` say it.
    #[arg(long)]
    kind: Option<String>,
    /// Saved mapping (id or code) that says what the columns mean.
    #[arg(long)]
    mapping: Option<String>,
    /// What becomes of rows: `upsert`, `create`, `update`, `delete` or `sync`.
    #[arg(long)]
    mode: Option<String>,
    /// What is kept where a row is refused: `all` writes everything or nothing, `group` the other groups, `row` the
    /// other rows.
    #[arg(long)]
    atomic: Option<String>,
    /// Rows of a group, with `--atomic group`.
    #[arg(long, value_name = "ROWS")]
    group_size: Option<u32>,
    /// How webhooks tell of what changes: `each` record in a message, or all in one `summary`.
    #[arg(long)]
    events: Option<String>,
    /// What an empty cell says: `keep` or `clear`.
    #[arg(long)]
    nulls: Option<String>,
    /// Language of the texts (BCP 47), for rows that say nothing of it.
    #[arg(long)]
    language: Option<String>,
    /// Form of the file, where it is not to be found out: `csv`, `ndjson`, `json`, `xlsx` or `package`.
    #[arg(long)]
    format: Option<String>,
    /// Characters of the file: `utf-8`, `utf-16le`, `utf-16be` or `windows-1251`.
    #[arg(long)]
    charset: Option<String>,
    /// What separates cells: `comma`, `semicolon` or `tab`.
    #[arg(long)]
    separator: Option<String>,
    /// Source system whose records `--mode sync` deletes where the file does not name them.
    #[arg(long, value_name = "NAME")]
    source_system: Option<String>,
    /// How many records `--mode sync` deletes, as a dry run told.
    #[arg(long, value_name = "COUNT")]
    confirm_deletions: Option<u64>,
    /// Judges the file on the same path and writes nothing; `concord commit` then does exactly what was shown.
    #[arg(long)]
    dry_run: bool,
    /// Imports a file again that was imported within a day.
    #[arg(long)]
    force: bool,
    /// What refuses the file besides what is wrong with it: `warning`.
    #[arg(long, value_name = "WHAT")]
    fail_on: Option<String>,
    /// Waits until the import is done, as is done unless `--no-wait` is said.
    #[arg(long, conflicts_with = "no_wait")]
    wait: bool,
    /// Does not wait for an import that takes long.
    #[arg(long)]
    no_wait: bool,
    /// Goes on with a file of which a part was sent: the id of its import. What is to become of it was said then.
    #[arg(long, value_name = "ID")]
    resume: Option<String>,
    #[command(flatten)]
    access: Access,
}

impl Import {
    /// The same as a dry run.
    pub(super) fn dry(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// What the service is told of a file.
    pub(super) fn query(&self, name: Option<&str>) -> Vec<(&'static str, String)> {
        let text = |given: &Option<String>| given.clone();
        let is = |given: bool| given.then(|| "true".to_owned());
        let name = name.map(|name| name.chars().take(LONGEST_NAME).collect());
        let all = [
            ("kind", text(&self.kind)),
            ("mapping", text(&self.mapping)),
            ("mode", text(&self.mode)),
            ("atomic", text(&self.atomic)),
            ("group_size", self.group_size.map(|rows| rows.to_string())),
            ("events", text(&self.events)),
            ("nulls", text(&self.nulls)),
            ("language", text(&self.language)),
            ("format", text(&self.format)),
            ("charset", text(&self.charset)),
            ("separator", text(&self.separator)),
            ("source_system", text(&self.source_system)),
            ("confirm_deletions", self.confirm_deletions.map(|count| count.to_string())),
            ("dry_run", is(self.dry_run)),
            ("force", is(self.force)),
            ("fail_on", text(&self.fail_on)),
            ("name", name),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Whether the end of the import is waited for.
    const fn waits(&self) -> bool {
        self.wait || !self.no_wait
    }

    /// What is said about how long to wait.
    pub(super) fn patiently(&self, request: RequestBuilder) -> RequestBuilder {
        if self.waits() { request.header(PREFER.0, PREFER.1) } else { request }
    }

    /// The import of which a part was sent.
    pub(super) fn resumed(&self) -> Option<&str> {
        self.resume.as_deref()
    }
}

pub(super) async fn run(import: &Import) -> Result<(), Failure> {
    if import.resume.is_some() && import.files.len() > 1 {
        return Err(Failure::usage(&"--resume goes on with one file: name that one"));
    }
    let service = Service::open(&import.access)?;
    let mut refused = None;
    let mut files = import.files.iter();
    while let Some(file) = files.next() {
        match one(&service, import, file).await {
            Ok(()) => {}
            // Nothing is written, so the next file does not build on it: all that is wrong is told at once.
            Err(failure) if import.dry_run && failure.is_findings() => refused = Some(failure),
            Err(failure) => {
                files.for_each(|left| tell(&format_args!("{} was not sent", left.display())));
                return Err(failure);
            }
        }
    }
    refused.map_or(Ok(()), Err)
}

async fn one(service: &Service, import: &Import, file: &Path) -> Result<(), Failure> {
    let given = Given::at(file)?;
    let name = given.name().map(|name| name.to_string_lossy());
    let query = import.query(name.as_deref());
    let answer = if import.resume.is_some() || given.bytes > WHOLE {
        parts::send(service, import, &query, given.path()).await?
    } else {
        send(service, import, &query, given.path()).await?
    };
    let answer = if import.waits() { finished(service, answer).await? } else { answer };
    conclude(service, &answer, name.as_deref()).await
}

/// Sends a file as one body. Where its answer is lost, the import is looked for before the file is sent again.
async fn send(
    service: &Service,
    import: &Import,
    query: &[(&str, String)],
    path: &Path,
) -> Result<Answer, Failure> {
    let before = Before::look(service).await?;
    let request = || {
        let request = service.request(Method::POST, "imports")?.query(query);
        with_file(import.patiently(request), path)
    };
    let look = async || {
        let sha256 = checksum(path)?;
        before.made(|told| told.sha256 == sha256 && told.dry_run == import.dry_run).await
    };
    service.ask_once(request, look).await
}

/// SHA-256 of a file, in hexadecimal digits.
pub(super) fn checksum(path: &Path) -> Result<String, Failure> {
    let mut hash = Hasher::default();
    let mut file = BufReader::new(opened(path)?);
    loop {
        let piece = file.fill_buf().map_err(|error| unreadable(path, &error))?;
        let count = piece.len();
        if count == 0 {
            return Ok(hash.done());
        }
        hash.update(piece);
        file.consume(count);
    }
}

/// A request with a file as its body, read while it is sent.
pub(super) fn with_file(request: RequestBuilder, path: &Path) -> Result<RequestBuilder, Failure> {
    let file = opened(path)?;
    let bytes = file.metadata().map_err(|error| unreadable(path, &error))?.len();
    let bar = progress::bar("sent", Some(bytes), Unit::Bytes);
    let pieces = ReaderStream::new(tokio::fs::File::from_std(file));
    let pieces = pieces.map_ok(move |piece| {
        bar.inc(u64::try_from(piece.len()).unwrap_or_default());
        if bar.position() >= bytes {
            bar.finish_and_clear();
        }
        Frame::data(piece)
    });
    Ok(request
        .header(CONTENT_TYPE, "application/octet-stream")
        .header(CONTENT_LENGTH, bytes)
        .body(Body::wrap(StreamBody::new(pieces))))
}
