//! A file on its way in: written beside the memory as it comes, hashed, bounded.

use std::{fs::File, io::Write, time::Duration};

use aws_lc_rs::digest::{Context, SHA256};
use axum::{
    body::{Body, HttpBody},
    extract::{FromRequest, Request},
};
use futures_util::StreamExt;
use kernel::{Code, Error};
use tokio::time::timeout;

use super::{super::problem::Problem, wait};
use crate::{
    domain::exchange::imports::{MAX_BYTES, Sent},
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
        if body.size_hint().lower() > MAX_BYTES {
            return Err(too_large());
        }
        // While the client sends, the request gives up its place among those that run.
        let place = parts.extensions.get::<Place>();
        if let Some(place) = place {
            place.leave();
        }
        let sent = taken(body, state.limits.front.body_timeout).await;
        if let Some(place) = place {
            place.enter().await?;
        }
        Ok(Self { sent: sent?, wait: wait(&parts.headers) })
    }
}

fn too_large() -> Problem {
    Problem::Http(Code::PayloadTooLarge, format!("a file has at most {MAX_BYTES} bytes"))
}

/// Writes a body into a file; `pause` is how long nothing may come.
async fn taken(body: Body, pause: Duration) -> Result<Sent, Problem> {
    let io = |error: std::io::Error| Error::Internal(format!("a file cannot be kept: {error}"));
    let mut file: File = tempfile::tempfile().map_err(io)?;
    let (mut hash, mut bytes) = (Context::new(&SHA256), 0_u64);
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
        if bytes > MAX_BYTES {
            return Err(too_large());
        }
        hash.update(&piece);
        file.write_all(&piece).map_err(io)?;
    }
    Ok(Sent { file, bytes, sha256: hex::encode(hash.finish()) })
}
