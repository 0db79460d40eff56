//! Large files, sent in parts with checksums, so that a lost connection costs one part.

use std::{
    io::{self, Read},
    path::Path,
};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use indicatif::ProgressBar;
use kernel::crypto::Hasher;
use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderName},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    super::{
        failure::Failure,
        given::{opened, unreadable},
        tell,
    },
    progress::{self, Unit},
    report::Told,
    sending::{Import, checksum},
    sent,
    service::{Answer, Service},
    trouble::Repeat,
};

/// Bytes of a part.
const PART: u64 = 2 << 20;
/// Header with the checksum of a part (RFC 9530).
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// An upload with the parts that are there.
#[derive(Deserialize)]
struct Upload {
    /// Id of the upload, and of the import that it becomes.
    id: String,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    number: u64,
    sha256: String,
}

impl Upload {
    /// Address of the upload.
    fn path(&self) -> String {
        format!("imports/uploads/{}", self.id)
    }
}

/// Sends a file in parts; of one that was begun only what is not there. One that has come whole is told of.
///
/// # Errors
/// Why it did not get there; the parts that did are kept, and `--resume` goes on from them.
pub(super) async fn send(
    service: &Service,
    import: &Import,
    query: &[(&str, String)],
    path: &Path,
) -> Result<Answer, Failure> {
    let upload: Upload = match import.resumed() {
        Some(id) => {
            let imported = sent::path(id)?;
            match service.find(&format!("imports/uploads/{id}")).await? {
                Some(there) => there.read()?,
                None => return of_the_file(service.get(&imported, &[]).await?, path),
            }
        }
        None => begun(service, query).await?,
    };
    let done = to_its_end(service, import, &upload, path).await;
    done.inspect_err(|_| {
        tell(&format_args!(
            "what was sent is kept: the same command with `--resume {}` goes on with it",
            upload.id
        ));
    })
}

/// The import that an upload became.
///
/// # Errors
/// Exit code 2 where that was of another file.
fn of_the_file(answer: Answer, path: &Path) -> Result<Answer, Failure> {
    let told: Told = answer.read()?;
    if told.sha256 == checksum(path)? {
        return Ok(answer);
    }
    Err(Failure::usage(&format!("import {} is of another file than {}", told.id, path.display())))
}

/// A new upload.
async fn begun(service: &Service, query: &[(&str, String)]) -> Result<Upload, Failure> {
    let request = || Ok(service.request(Method::POST, "imports/uploads")?.query(query));
    // One that nobody fills is left behind where the answer is lost, and ends by itself.
    service.ask(Repeat::Always, request).await?.read()
}

async fn to_its_end(
    service: &Service,
    import: &Import,
    upload: &Upload,
    path: &Path,
) -> Result<Answer, Failure> {
    let sha256 = send_missing(service, upload, path).await?;
    let request = || {
        let request = service.request(Method::POST, &format!("{}/complete", upload.path()))?;
        let body = json!({ "sha256": sha256 }).to_string();
        Ok(import.patiently(request).header(CONTENT_TYPE, "application/json").body(body))
    };
    let look = async || service.find(&format!("imports/{}", upload.id)).await;
    service.ask_once(request, look).await
}

/// Sends the parts that are not there, and tells the checksum of the whole file.
async fn send_missing(service: &Service, upload: &Upload, path: &Path) -> Result<String, Failure> {
    let cannot = |error: io::Error| unreadable(path, &error);
    let mut file = opened(path)?;
    let bar = progress::bar("sent", Some(file.metadata().map_err(cannot)?.len()), Unit::Bytes);
    let mut whole = Hasher::default();
    for number in 1.. {
        let mut bytes = Vec::new();
        file.by_ref().take(PART).read_to_end(&mut bytes).map_err(cannot)?;
        if bytes.is_empty() {
            break;
        }
        whole.update(&bytes);
        put(service, upload, (number, bytes), &bar).await?;
    }
    bar.finish_and_clear();
    Ok(whole.done())
}

/// Sends a part, unless it is there.
async fn put(
    service: &Service,
    upload: &Upload,
    (number, bytes): (u64, Vec<u8>),
    bar: &ProgressBar,
) -> Result<(), Failure> {
    let sha256 = digest(&SHA256, &bytes);
    let count = u64::try_from(bytes.len()).unwrap_or_default();
    let is_there = |part: &Part| part.number == number && part.sha256 == hex::encode(sha256);
    if !upload.parts.iter().any(is_there) {
        let checksum = format!("sha-256=:{}:", STANDARD.encode(sha256));
        let bytes = hyper::body::Bytes::from(bytes);
        let request = || {
            let request = service.request(Method::PUT, &format!("{}/parts/{number}", upload.path()))?;
            let request = request.header(CONTENT_TYPE, "application/octet-stream");
            Ok(request.header(CONTENT_DIGEST, &checksum).body(bytes.clone()))
        };
        service.ask(Repeat::Always, request).await?;
    }
    bar.inc(count);
    Ok(())
}
