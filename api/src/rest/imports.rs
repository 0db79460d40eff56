//! Imports: files of records sent, judged, committed, taken back.

mod parts;
mod progress;
mod reports;
mod templates;
pub(super) mod upload;

use std::time::Duration;

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Ctx, Error};
use serde::Deserialize;
use tokio::time::timeout;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::etag,
    body::Input,
    caller::{Caller, SignedIn},
    file,
    listing::{Asking, Sending},
    problem::{Problem, ReadProblems, WriteProblems},
};
use crate::{
    domain::exchange::imports::{
        self, CommitInput, Import, ImportOptions, ImportPage, ImportPreview, RejectedFile, Started, start,
    },
    state::AppState,
};
use upload::Upload;

/// The route of imports that are followed.
pub fn events_router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(progress::follow_import))
}

/// Seconds that a caller may wait for a long import.
const MOST_WAIT: u64 = 25;

/// Routes of imports.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_imports, create_import))
        .routes(routes!(get_import))
        .routes(routes!(commit_import))
        .routes(routes!(cancel_import))
        .routes(routes!(revert_import))
        .routes(routes!(review_import))
        .routes(routes!(preview_import))
        .routes(routes!(parts::open_import_upload))
        .routes(routes!(parts::get_import_upload, parts::discard_import_upload))
        .routes(routes!(parts::put_import_part))
        .routes(routes!(parts::complete_import_upload))
}

/// Routes that answer files, or in several forms.
pub fn file_router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(reports::list_import_rows))
        .routes(routes!(reports::export_import_rows))
        .routes(routes!(reports::list_import_errors))
        .routes(routes!(reports::export_import_errors))
        .routes(routes!(get_import_rejected))
        .routes(routes!(templates::get_import_template))
}

#[utoipa::path(post, path = "/imports", tag = "Imports",
    summary = "Send a file of records",
    description = "Reads a file and writes its rows as single writes would, with a report of every row. CSV, NDJSON, a JSON array, a workbook (XLSX), or a zip of them, also packed by gzip or zstd; the form is found out. Up to 1,000 rows the report is the answer, whatever becomes of the rows; larger files are carried out behind the answer 202, at whose `Location` the import is read; `Prefer: wait=20` waits for it. The same file with settings that mean the same answers the earlier import while it is at work, and for 24 hours if it was written with no row refused and not taken back; `force=true` imports it again. Rows that say what is there already write nothing, of whatever kind. A file writes what single writes may: it makes no API keys or calendars, and edits no releases. Texts that a row shows in translation (`languages`, `shown_in`) are left alone. `Content-Digest: sha-256=:BASE64:` (RFC 9530) is held against what came: 422 where it is another one.",
    params(ImportOptions),
    request_body(content = String, description = "The file, in whatever form", content_type = "application/octet-stream"),
    responses((status = 200, description = "The import, which is done", body = Import),
        (status = 202, description = "The import, which is carried out", body = Import, headers(("Location" = String), ("Retry-After" = i64))), WriteProblems))]
async fn create_import(
    State(state): State<AppState>,
    Sending(ctx, options): Sending<ImportOptions>,
    Upload { sent, wait }: Upload,
) -> Result<Response, Problem> {
    let started = start(&ctx, sent, options).await?;
    answer(&state, &ctx, started, wait).await
}

/// Answers what became of sending or committing a file; what is not done goes on behind the answer.
async fn answer(state: &AppState, ctx: &Ctx, started: Started, wait: Duration) -> Result<Response, Problem> {
    let (import, work) = match started {
        Started::Done(import) => return Ok(Json(*import).into_response()),
        Started::Earlier(import) if import.finished_at.is_some() => return Ok(Json(*import).into_response()),
        Started::Earlier(import) => (import, None),
        Started::Later(import, work) => (import, Some(work)),
    };
    let mut import = *import;
    if let Some(work) = work {
        let running = state.tasks.spawn(async move {
            if let Err(error) = work.await {
                tracing::warn!("an import ended early: {error}");
            }
        });
        let is_done = timeout(wait, running).await.is_ok();
        import = match imports::find(ctx, import.id).await {
            // It is taken in, whether it can be looked at now or not.
            Err(Error::Unavailable(_)) => import,
            found => found?,
        };
        if is_done && import.finished_at.is_some() {
            return Ok(Json(import).into_response());
        }
    }
    let location = format!("/api/v1/imports/{}", import.id);
    let headers = [(header::LOCATION, location), (header::RETRY_AFTER, "2".to_owned())];
    Ok((StatusCode::ACCEPTED, headers, Json(import)).into_response())
}

/// How long the caller waits for what takes long, as `Prefer: wait=` says.
pub(super) fn wait(headers: &HeaderMap) -> Duration {
    let given = headers.get_all("prefer").iter().filter_map(|line| line.to_str().ok());
    let seconds = given
        .flat_map(|line| line.split(','))
        .find_map(|part| part.trim().strip_prefix("wait=")?.trim().parse::<u64>().ok());
    Duration::from_secs(seconds.unwrap_or_default().min(MOST_WAIT))
}

/// Which page of imports is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct ImportPaging {
    /// How many, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Cursor: `next` of the page before.
    after: Option<String>,
    /// Lists those of everybody of the owner, for its focal points and secretariats.
    #[param(default = false)]
    of_owner: Option<bool>,
    /// Languages wanted, best first.
    lang: Option<String>,
}

/// Whether something is only tried.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Trying {
    /// Only tells what would become of each record.
    #[param(default = false)]
    dry_run: Option<bool>,
    /// Languages wanted, best first.
    lang: Option<String>,
}

fn limit(given: Option<i64>) -> Result<usize, Problem> {
    Ok(kernel::page::Page::check_limit("limit", given.unwrap_or(50))?)
}

#[utoipa::path(get, path = "/imports", tag = "Imports",
    summary = "List your imports",
    description = "Lists the imports that the caller has sent for the owner it acts under, the last one first; an API key lists those that it sent. Focal points and secretariats list those of everybody of the owner by `of_owner=true`, with their counts. They are kept for 180 days.",
    params(ImportPaging),
    responses((status = 200, description = "Imports", body = ImportPage), ReadProblems))]
async fn list_imports(Asking(ctx, asked): Asking<ImportPaging>) -> Result<Json<ImportPage>, Problem> {
    let page = (asked.after.as_deref(), limit(asked.limit)?);
    Ok(Json(imports::list(&ctx, asked.of_owner.unwrap_or_default(), page).await?))
}

#[utoipa::path(get, path = "/imports/{id}", tag = "Imports",
    summary = "Read an import",
    description = "Reads how far an import is, and what became of it: state and counts. Focal points and secretariats read those of others of the owner too.",
    params(("id" = String, Path, description = "Id of the import")),
    responses((status = 200, description = "The import", body = Import), ReadProblems))]
async fn get_import(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Json<Import>, Problem> {
    Ok(Json(imports::find(&ctx, addresses::id(&id)?).await?))
}

#[utoipa::path(post, path = "/imports/{id}/commit", tag = "Imports",
    summary = "Do what a dry run showed",
    description = "Does exactly what the dry run of a file showed, or nothing: where something else would become of a row by now, the answer is 409 `plan_moved` and names the rows.",
    params(("id" = String, Path, description = "Id of the import")),
    request_body = CommitInput,
    responses((status = 200, description = "The import, which is done", body = Import),
        (status = 202, description = "The import, which is carried out", body = Import, headers(("Location" = String), ("Retry-After" = i64))), WriteProblems))]
async fn commit_import(
    State(state): State<AppState>,
    SignedIn(ctx): SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
    Input(input): Input<CommitInput>,
) -> Result<Response, Problem> {
    let started = imports::commit(&ctx, addresses::id(&id)?, &input).await?;
    answer(&state, &ctx, started, wait(&headers)).await
}

#[utoipa::path(post, path = "/imports/{id}/cancel", tag = "Imports",
    summary = "Cancel an import",
    description = "Ends an import that is not done, or a dry run that waits to be committed. Groups and rows that are written stay; of `all` nothing is.",
    params(("id" = String, Path, description = "Id of the import")),
    responses((status = 200, description = "The import", body = Import), WriteProblems))]
async fn cancel_import(SignedIn(ctx): SignedIn, Path(id): Path<String>) -> Result<Json<Import>, Problem> {
    Ok(Json(imports::cancel(&ctx, addresses::id(&id)?).await?))
}

#[utoipa::path(post, path = "/imports/{id}/revert", tag = "Imports",
    summary = "Take an import back",
    description = "Takes back what an import wrote, as an import of its own: records it made are deleted, records it changed are as they were, and records it deleted are there again, with what was deleted along with them. What has changed since, or cannot come back, is listed as refused and stays. Each unit of the import is taken back as one.",
    params(("id" = String, Path, description = "Id of the import"), Trying),
    responses((status = 200, description = "The import that takes it back, which is done", body = Import),
        (status = 202, description = "The import that takes it back, which is carried out", body = Import, headers(("Location" = String), ("Retry-After" = i64))), WriteProblems))]
async fn revert_import(
    State(state): State<AppState>,
    Sending(ctx, asked): Sending<Trying>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let started = imports::revert(&ctx, addresses::id(&id)?, asked.dry_run.unwrap_or_default()).await?;
    answer(&state, &ctx, started, wait(&headers)).await
}

#[utoipa::path(post, path = "/imports/{id}/review", tag = "Imports",
    summary = "Review what somebody else sends",
    description = "Where an owner wants a second person (`/import-rules`), an import of one person waits for another one of the owner, focal point or secretariat. This judges the file again as the caller sees and may write it; the answer is an import of the caller's own, with `import_plan`, which the caller then commits.",
    params(("id" = String, Path, description = "Id of the import")),
    responses((status = 200, description = "The review, which is done", body = Import),
        (status = 202, description = "The review, which is carried out", body = Import, headers(("Location" = String), ("Retry-After" = i64))), WriteProblems))]
async fn review_import(
    State(state): State<AppState>,
    SignedIn(ctx): SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let started = imports::review(&ctx, addresses::id(&id)?).await?;
    answer(&state, &ctx, started, wait(&headers)).await
}

/// In which language errors are told.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Spoken {
    /// Languages wanted, best first: errors are told in English, Russian, Kyrgyz or French.
    lang: Option<String>,
}

#[utoipa::path(get, path = "/imports/{id}/rejected", tag = "Imports",
    summary = "Read the refused rows as a file",
    description = "Answers the refused rows as they were sent, in the form in which the file came, with its separator, line ends and characters: correct the file and send it back with the same settings. `x_error_line`, `x_error_codes` and `x_error_messages` stand before the columns of the file, or in its objects, and the next import leaves them alone; a row that is no object stands as a text in the member `x_error_row` of one, and is refused until an object of its own stands in its place. Where the characters of the file lack letters of the messages it is UTF-8 with a byte order mark, and `Content-Type` says so. 404 where no row was refused.",
    params(("id" = String, Path, description = "Id of the import"), Spoken),
    responses((status = 200, description = "The file", content(
            (String = "text/csv"), (Vec<serde_json::Value> = "application/json"), (String = "application/x-ndjson"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/zip")),
        headers(("ETag" = String), ("Content-Disposition" = String))), ReadProblems))]
async fn get_import_rejected(
    Asking(ctx, _): Asking<Spoken>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = addresses::id(&id)?;
    let RejectedFile { file, form, charset, as_of } = imports::rejected(&ctx, id).await?;
    let (media, ending) = match form.as_str() {
        "json" => ("application/json", "json"),
        "ndjson" => ("application/x-ndjson", "ndjson"),
        "xlsx" => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        "package" => ("application/zip", "zip"),
        _ => ("text/csv", "csv"),
    };
    // JSON is UTF-8 where nothing is said.
    let charset = charset.filter(|charset| ending == "csv" || *charset != "utf-8");
    let media = charset.map_or_else(|| media.to_owned(), |charset| format!("{media}; charset={charset}"));
    let headers = [
        (header::CONTENT_TYPE, media),
        (header::ETAG, etag(0, format!("{id} {as_of:?} {:?}", ctx.locale.chain).as_bytes())),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"rejected-{id}.{ending}\"")),
    ];
    Ok((headers, file::body(file)).into_response())
}

#[utoipa::path(post, path = "/imports/preview", tag = "Imports",
    summary = "See how a file is understood",
    description = "Reads the beginning of a file as an import with these settings would, and writes nothing: the tables with the fields that their columns hold, and the first 20 rows as understood. For a file whose names stand elsewhere or are not those of the API, `suggested` is a mapping to look at and to send to `POST /import-mappings`; columns are known by what they are called in English, Russian, Kyrgyz and French.",
    params(ImportOptions),
    request_body(content = String, description = "The file, in whatever form", content_type = "application/octet-stream"),
    responses((status = 200, description = "The file, as it is understood", body = ImportPreview), WriteProblems))]
async fn preview_import(
    Sending(ctx, options): Sending<ImportOptions>,
    Upload { sent, .. }: Upload,
) -> Result<Json<ImportPreview>, Problem> {
    Ok(Json(imports::preview(&ctx, sent, options).await?))
}
