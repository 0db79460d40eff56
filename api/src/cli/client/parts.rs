//! Large files, sent in parts with checksums, so that a lost connection costs one part.

use std::{
    collections::BTreeMap,
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
    super::{failure::Failure, tell},
    progress::{self, Unit},
    report::Told,
    sending::{Import, opened, unreadable},
    service::{Answer, Service},
    trouble::Repeat,
};

/// Bytes of a part.
const PART: u64 = 2 << 20;
/// Header with the checksum of a part (RFC 9530).
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// The parts that are there.
#[derive(Deserialize)]
struct Parts {
    items: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    number: u64,
    sha256: String,
}

/// Sends a file in parts; of one that was begun only what is not there.
///
/// # Errors
/// Why it did not get there; the parts that did are kept, and `--resume` goes on from them.
pub(super) async fn send(
    service: &Service,
    import: &Import,
    query: &[(&str, String)],
    path: &Path,
) -> Result<Answer, Failure> {
    let told = begun(service, import, query).await?;
    if !told.is_open() {
        return Err(Failure::usage(&format!(
            "import {} is {}: nothing more is sent to it",
            told.id, told.state
        )));
    }
    let done = to_its_end(service, import, &told, path).await;
    done.inspect_err(|_| {
        tell(&format_args!(
            "what was sent is kept: the same command with `--resume {}` goes on with it",
            told.id
        ));
    })
}

/// The import that takes the parts.
async fn begun(service: &Service, import: &Import, query: &[(&str, String)]) -> Result<Told, Failure> {
    if let Some(id) = import.resumed() {
        return service.get(&format!("imports/{id}"), &[]).await?.read();
    }
    let request = || Ok(service.request(Method::POST, "imports/uploads")?.query(query));
    // One that nobody fills is left behind where the answer is lost, and ends by itself.
    service.ask(Repeat::Always, request).await?.read()
}

async fn to_its_end(service: &Service, import: &Import, told: &Told, path: &Path) -> Result<Answer, Failure> {
    let there = service.get(&format!("{}/parts", told.path()), &[]).await?.read::<Parts>()?;
    let there: BTreeMap<u64, String> =
        there.items.into_iter().map(|part| (part.number, part.sha256)).collect();
    let sha256 = send_missing(service, told, path, &there).await?;

    let request = || {
        let request = service.request(Method::POST, &format!("{}/complete", told.path()))?;
        let body = json!({ "sha256": sha256 }).to_string();
        Ok(import.patiently(request).header(CONTENT_TYPE, "application/json").body(body))
    };
    let look = async || {
        let now = service.get(&told.path(), &[]).await?;
        Ok(Some(now).filter(|now| now.read::<Told>().is_ok_and(|now| !now.is_open())))
    };
    service.ask_once(request, look).await
}

/// Sends the parts that are not there, and tells the checksum of the whole file.
async fn send_missing(
    service: &Service,
    told: &Told,
    path: &Path,
    there: &BTreeMap<u64, String>,
) -> Result<String, Failure> {
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
        put(service, told, (number, bytes), there, &bar).await?;
    }
    bar.finish_and_clear();
    Ok(whole.done())
}

/// Sends a part, unless it is there.
async fn put(
    service: &Service,
    told: &Told,
    (number, bytes): (u64, Vec<u8>),
    there: &BTreeMap<u64, String>,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    let sha256 = digest(&SHA256, &bytes);
    let count = u64::try_from(bytes.len()).unwrap_or_default();
    if there.get(&number) != Some(&hex::encode(sha256)) {
        let checksum = format!("sha-256=:{}:", STANDARD.encode(sha256));
        let bytes = hyper::body::Bytes::from(bytes);
        let request = || {
            let request = service.request(Method::PUT, &format!("{}/parts/{number}", told.path()))?;
            let request = request.header(CONTENT_TYPE, "application/octet-stream");
            Ok(request.header(CONTENT_DIGEST, &checksum).body(bytes.clone()))
        };
        service.ask(Repeat::Always, request).await?;
    }
    bar.inc(count);
    Ok(())
}
