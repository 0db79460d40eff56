//! Files that are sent in parts.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    super::{
        addresses,
        body::{Input, Optional},
        caller::{Caller, SignedIn},
        listing::Sending,
        problem::{Problem, ReadProblems, WriteProblems},
    },
    answer,
    upload::UploadPart,
    wait,
};
use crate::{
    domain::exchange::imports::{self, CompleteInput, Import, ImportOptions, ImportPart, ImportUpload},
    state::AppState,
};

#[utoipa::path(post, path = "/imports/uploads", tag = "Imports",
    summary = "Begin a file that is sent in parts",
    description = "Begins an upload for weak links: send each part by `PUT /imports/uploads/{id}/parts/{number}`, again where it was cut off, and then `complete` it. Settings are those of `POST /imports`. An upload that is not complete is kept for 7 days; of more than 20 of one user the oldest one is forgotten.",
    params(ImportOptions),
    responses((status = 201, description = "The upload", body = ImportUpload, headers(("Location" = String))), WriteProblems))]
pub(super) async fn open_import_upload(
    Sending(ctx, options): Sending<ImportOptions>,
) -> Result<Response, Problem> {
    let upload = imports::open(&ctx, &options).await?;
    let location = [(header::LOCATION, format!("/api/v1/imports/uploads/{}", upload.id))];
    Ok((StatusCode::CREATED, location, Json(upload)).into_response())
}

#[utoipa::path(get, path = "/imports/uploads/{id}", tag = "Imports",
    summary = "Read which parts have come",
    description = "Reads an upload of the caller: which parts have come, to go on behind them.",
    params(("id" = String, Path, description = "Id of the upload")),
    responses((status = 200, description = "The upload", body = ImportUpload), ReadProblems))]
pub(super) async fn get_import_upload(
    Caller(ctx): Caller,
    Path(id): Path<String>,
) -> Result<Json<ImportUpload>, Problem> {
    Ok(Json(imports::uploaded(&ctx, addresses::id(&id)?).await?))
}

#[utoipa::path(put, path = "/imports/uploads/{id}/parts/{number}", tag = "Imports",
    summary = "Send a part of a file",
    description = "Keeps a part of a file, 16 MiB at most, in the place of one with the same number. `Content-Digest: sha-256=:BASE64:` (RFC 9530) is held against what came: 422 where it is another one.",
    params(("id" = String, Path, description = "Id of the upload"), ("number" = String, Path, description = "Number of the part, from 1")),
    request_body(content = String, description = "The bytes of the part", content_type = "application/octet-stream"),
    responses((status = 200, description = "The part", body = ImportPart), WriteProblems))]
pub(super) async fn put_import_part(
    SignedIn(ctx): SignedIn,
    Path((id, number)): Path<(String, String)>,
    UploadPart(content): UploadPart,
) -> Result<Json<ImportPart>, Problem> {
    Ok(Json(imports::keep_part(&ctx, addresses::id(&id)?, &number, content).await?))
}

#[utoipa::path(post, path = "/imports/uploads/{id}/complete", tag = "Imports",
    summary = "Import a file that has come in parts",
    description = "Puts the parts together and imports the file, as `POST /imports` does, as the import with the same id. Sent again, it answers that import; while another call puts the parts together, 409 with `Retry-After`. Where the same file was imported before, that import is the answer, and the upload stays.",
    params(("id" = String, Path, description = "Id of the upload")),
    request_body = Option<CompleteInput>,
    responses((status = 200, description = "The import, which is done", body = Import),
        (status = 202, description = "The import, which is carried out", body = Import, headers(("Location" = String), ("Retry-After" = i64))), WriteProblems))]
pub(super) async fn complete_import_upload(
    State(state): State<AppState>,
    SignedIn(ctx): SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
    Optional(Input(input)): Optional<Input<CompleteInput>>,
) -> Result<Response, Problem> {
    let started = imports::complete(&ctx, addresses::id(&id)?, &input).await?;
    answer(&state, &ctx, started, wait(&headers)).await
}

#[utoipa::path(delete, path = "/imports/uploads/{id}", tag = "Imports",
    summary = "Forget an upload",
    description = "Forgets an upload that is not complete, with its parts.",
    params(("id" = String, Path, description = "Id of the upload")),
    responses((status = 204, description = "It is forgotten"), WriteProblems))]
pub(super) async fn discard_import_upload(
    SignedIn(ctx): SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    imports::discard(&ctx, addresses::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
