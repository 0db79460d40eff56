//! A file on its way in: written beside the memory as it comes, hashed, bounded.

use std::{
    fs::File,
    io::{Read, Seek, Write},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    extract::{FromRequest, Request},
    http::{HeaderMap, header::CONTENT_ENCODING, request::Parts},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::StreamExt;
use kernel::{Code, Error, crypto::Hasher};
use tokio::time::timeout;

use super::{
    super::{idempotency, problem::Problem},
    wait,
};
use crate::{
    domain::exchange::imports::{MAX_BYTES, MAX_PART, Sent},
    limits::places::Place,
    state::AppState,
};

/// A file that was sent.
pub(super) struct Upload {
    pub(super) sent: Sent,
    /// How long its sender waits.
    pub(super) wait: Duration,
}

impl FromRequest<AppState> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let sent = checked(&parts, body, (state, MAX_BYTES)).await?;
        Ok(Self { sent, wait: wait(&parts.headers) })
    }
}

/// A part of a file that was sent.
pub(super) struct UploadPart(pub(super) Vec<u8>);

impl FromRequest<AppState> for UploadPart {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let most = u64::try_from(MAX_PART).unwrap_or(u64::MAX);
        let mut sent = checked(&parts, body, (state, most)).await?;
        let mut content = Vec::new();
        let read = sent.file.rewind().and_then(|()| sent.file.read_to_end(&mut content));
        read.map_err(|error| Error::Internal(format!("a part cannot be read: {error}")))?;
        Ok(Self(content))
    }
}

/// The SHA-256 that `Content-Digest` (RFC 9530) gives; those of other kinds are passed over.
fn digest(headers: &HeaderMap) -> Result<Option<Vec<u8>>, Problem> {
    let mut found = None;
    for line in headers.get_all("content-digest") {
        for part in line.to_str().map_err(|_| unreadable())?.split(',') {
            let (name, bytes) = member(part.trim()).ok_or_else(unreadable)?;
            if name == "sha-256" {
                found = Some(bytes).filter(|bytes| bytes.len() == 32);
                found.as_ref().ok_or_else(unreadable)?;
            }
        }
    }
    Ok(found)
}

/// Name and bytes of a member of `Content-Digest`.
fn member(part: &str) -> Option<(&str, Vec<u8>)> {
    let (name, given) = part.split_once('=')?;
    let given = given.strip_prefix(':')?.strip_suffix(':')?;
    Some((name, STANDARD.decode(given).ok()?))
}

fn unreadable() -> Problem {
    let text = "`Content-Digest` is of the form `sha-256=:BASE64:`";
    Error::bad_request("Content-Digest", Code::BadFormat, text).into()
}

/// The body of a request, in a file; one whose sender says another SHA-256 is refused.
async fn checked(parts: &Parts, body: Body, bounds: (&AppState, u64)) -> Result<Sent, Problem> {
    let expected = digest(&parts.headers)?;
    let sent = sent(parts, body, bounds).await?;
    if expected.is_some_and(|expected| hex::encode(expected) != sent.sha256) {
        let text =
            format!("`Content-Digest` is not that of the {} bytes that came: send them again", sent.bytes);
        return Err(Error::invalid("", Code::BadFormat, text).into());
    }
    Ok(sent)
}

/// The body of a request, in a file.
pub(in crate::rest) async fn sent(
    parts: &Parts,
    body: Body,
    (state, most): (&AppState, u64),
) -> Result<Sent, Problem> {
    if body.size_hint().lower() > most {
        return Err(too_large(most));
    }
    // While the client sends, the request gives up its place among those that run.
    let place = parts.extensions.get::<Place>();
    if let Some(place) = place {
        place.leave();
    }
    let sent = taken(body, state.limits.front.body_timeout, most).await;
    if let Some(place) = place {
        place.enter().await?;
    }
    // The file of a packed body is kept as it came, so it is also what a repeated call is compared by.
    if let Ok(sent) = &sent
        && parts.headers.contains_key(CONTENT_ENCODING)
    {
        idempotency::unpacked(parts, sent.sha256.as_bytes());
    }
    sent
}

fn too_large(most: u64) -> Problem {
    Problem::Http(Code::PayloadTooLarge, format!("what is sent here has at most {most} bytes"))
}

/// Writes a body into a file; `pause` is how long nothing may come.
async fn taken(body: Body, pause: Duration, most: u64) -> Result<Sent, Problem> {
    let io = |error: std::io::Error| Error::Internal(format!("a file cannot be kept: {error}"));
    let mut file: File = tempfile::tempfile().map_err(io)?;
    let (mut hash, mut bytes) = (Hasher::default(), 0_u64);
    let mut stream = body.into_data_stream();
    loop {
        let next = timeout(pause, stream.next()).await.map_err(|_| {
            let text = format!("nothing came for {} s", pause.as_secs());
            Problem::Http(Code::RequestTimeout, text)
        })?;
        let Some(piece) = next else { break };
        let piece =
            piece.map_err(|_| Error::bad_request("", Code::BadRequest, "the body could not be read"))?;
        bytes = bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if bytes > most {
            return Err(too_large(most));
        }
        hash.update(&piece);
        file.write_all(&piece).map_err(io)?;
    }
    Ok(Sent { file, bytes, sha256: hash.done() })
}
