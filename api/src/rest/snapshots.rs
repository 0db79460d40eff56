//! Snapshots: many lists as at one instant, asked for, looked at, read file by file from any byte on.

mod range;

use std::io;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::TryStreamExt;
use kernel::Code;
use tokio::time::timeout;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    body::{Input, Optional},
    caller::{Caller, SignedIn},
    imports::wait,
    listing::{Asking, Following},
    problem::{FileProblems, Problem, ReadProblems, WriteProblems},
};
use crate::{
    domain::exchange::snapshots::{self, NewSnapshot, Snapshot, SnapshotPage},
    state::AppState,
};
use range::Wanted;

/// Routes of snapshots that answer JSON.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_snapshots, create_snapshot))
        .routes(routes!(get_snapshot, delete_snapshot))
}

/// The route of their files.
pub fn files_router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_snapshot_file))
}

#[utoipa::path(post, path = "/exports", tag = "Snapshots",
    summary = "Ask for a snapshot of many lists",
    description = "Writes the lists of many kinds as they are at one instant, each into a file of its own: what the lists have for the caller, in the form of their exports. It is made behind the answer 202, at whose `Location` it is read; `Prefer: wait=20` waits for it. Its manifest has rows, bytes and SHA-256 of each file, and the cursor of `/changes` that tells what happened after that instant: the files and the feed together lose and double nothing. It is kept for 24 hours.",
    request_body = Option<NewSnapshot>,
    responses((status = 200, description = "The snapshot, which is done", body = Snapshot),
        (status = 202, description = "The snapshot, which is made", body = Snapshot, headers(("Location" = String), ("Retry-After" = i64))), WriteProblems))]
async fn create_snapshot(
    State(state): State<AppState>,
    SignedIn(ctx): SignedIn,
    headers: HeaderMap,
    Optional(Input(new)): Optional<Input<NewSnapshot>>,
) -> Result<Response, Problem> {
    let (mut snapshot, work) = snapshots::create(&ctx, &new).await?;
    let running = state.tasks.spawn(async move {
        if let Err(error) = work.await {
            tracing::warn!("a snapshot ended early: {error}");
        }
    });
    if timeout(wait(&headers), running).await.is_ok() {
        snapshot = snapshots::find(&ctx, snapshot.id).await?;
        if snapshot.is_done() {
            return Ok(Json(snapshot).into_response());
        }
    }
    let location = format!("/api/v1/exports/{}", snapshot.id);
    let headers = [(header::LOCATION, location), (header::RETRY_AFTER, "2".to_owned())];
    Ok((StatusCode::ACCEPTED, headers, Json(snapshot)).into_response())
}

#[utoipa::path(get, path = "/exports", tag = "Snapshots",
    summary = "List your snapshots",
    description = "Lists the snapshots that the caller has asked for, for the owner it acts under, the last one first; an API key lists those that it asked for.",
    params(Following),
    responses((status = 200, description = "Snapshots", body = SnapshotPage), ReadProblems))]
async fn list_snapshots(Asking(ctx, asked): Asking<Following>) -> Result<Json<SnapshotPage>, Problem> {
    Ok(Json(snapshots::list(&ctx, asked.after.as_deref(), asked.limit()?).await?))
}

#[utoipa::path(get, path = "/exports/{id}", tag = "Snapshots",
    summary = "Read the manifest of a snapshot",
    description = "Reads how far a snapshot is, and the manifest of its files. They can be read by who asked, for as long as it may see all that it might see then: `is_readable`.",
    params(("id" = String, Path, description = "Id of the snapshot")),
    responses((status = 200, description = "The snapshot", body = Snapshot), ReadProblems))]
async fn get_snapshot(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Json<Snapshot>, Problem> {
    Ok(Json(snapshots::find(&ctx, addresses::id(&id)?).await?))
}

#[utoipa::path(delete, path = "/exports/{id}", tag = "Snapshots",
    summary = "Delete a snapshot",
    description = "Deletes a snapshot with its files; one that is being made ends.",
    params(("id" = String, Path, description = "Id of the snapshot")),
    responses((status = 204, description = "It is deleted"), WriteProblems))]
async fn delete_snapshot(SignedIn(ctx): SignedIn, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    snapshots::delete(&ctx, addresses::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/exports/{id}/files/{name}", tag = "Snapshots",
    summary = "Read a file of a snapshot",
    description = "Reads a file, or the bytes that one `Range` names: a transfer that broke goes on where it was. The `ETag` is that of the bytes, so `If-Range` with it goes on in the same file or begins anew. Several ranges at a time are answered by all of it.",
    params(("id" = String, Path, description = "Id of the snapshot"), ("name" = String, Path, description = "Name of the file, as the manifest has it"),
        ("Range" = Option<String>, Header, description = "`bytes=1048576-`, `bytes=0-99` or `bytes=-100`"),
        ("If-Range" = Option<String>, Header, description = "`ETag` of the part that is there already")),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream", body = String, headers(("ETag" = String), ("Accept-Ranges" = String))),
        (status = 206, description = "A part of it", content_type = "application/octet-stream", body = String, headers(("ETag" = String), ("Content-Range" = String))),
        FileProblems))]
async fn get_snapshot_file(
    Caller(ctx): Caller,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let opened = snapshots::open(&ctx, addresses::id(&id)?, &name).await?;
    let size = u64::try_from(opened.file.bytes).unwrap_or_default();
    let tag = format!("\"{}\"", opened.file.sha256);
    let wanted = Wanted::of(&headers, size, &tag);
    let mut answered = HeaderMap::new();
    let mut say = |name: HeaderName, text: String| {
        if let Ok(value) = HeaderValue::from_str(&text) {
            answered.insert(name, value);
        }
    };
    say(header::ACCEPT_RANGES, "bytes".into());
    let (status, range) = match wanted {
        Wanted::All => (StatusCode::OK, 0..size),
        Wanted::Part(range) => {
            let last = range.end.saturating_sub(1);
            say(header::CONTENT_RANGE, format!("bytes {}-{last}/{size}", range.start));
            (StatusCode::PARTIAL_CONTENT, range)
        }
        Wanted::Nothing => {
            say(header::CONTENT_RANGE, format!("bytes */{size}"));
            let text = format!("the file has {size} bytes: the range begins behind them");
            let refusal = Problem::Http(Code::RangeNotSatisfiable, text);
            return Ok((answered, refusal).into_response());
        }
    };
    say(header::ETAG, tag);
    say(header::CONTENT_TYPE, "application/octet-stream".into());
    say(header::CONTENT_LENGTH, (range.end - range.start).to_string());
    say(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", opened.file.name));
    let body = Body::from_stream(opened.bytes(range).map_err(io::Error::other));
    Ok((status, answered, body).into_response())
}
