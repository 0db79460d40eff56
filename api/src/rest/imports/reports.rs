//! What became of the rows of an import: as pages of JSON, and whole as files.

mod whole;

use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use kernel::{Error, Violation};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Spoken, limit};
use crate::{
    domain::exchange::imports::{self, ImportRowPage},
    rest::{
        addresses,
        exports::{Exporting, LINES, SEPARATORS, SWITCHES, accepted, ending, one_of},
        forms::{CSV, Form, JSON},
        listing::Asking,
        problem::{Problem, ReadProblems},
    },
    state::AppState,
};
use whole::{Line, Whole};

/// Forms of what is wrong.
const ERRORS: [Form; 3] = [JSON, CSV, LINES];
/// Forms of what became of rows.
const ROWS: [Form; 2] = [JSON, LINES];
/// Which refused rows are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct ErrorPaging {
    /// How many, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Cursor: `next` of the page before.
    after: Option<String>,
    /// Languages wanted, best first: errors are told in English, Russian, Kyrgyz or French.
    lang: Option<String>,
}

/// Which rows of a report are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct RowPaging {
    /// Results, separated by commas: `created`, `updated`, `unchanged`, `deleted`, `rejected`.
    result: Option<String>,
    /// How many, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Cursor: `next` of the page before.
    after: Option<String>,
    /// Languages wanted, best first.
    lang: Option<String>,
}

/// How a file of errors is written.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct ErrorFileParams {
    /// Of CSV: `1` for a byte order mark at the beginning and lines that end with CRLF, as Excel reads it best.
    #[param(pattern = "^(0|1|true|false)$", example = "1")]
    excel: Option<String>,
    /// Of CSV: `comma` (the default), `semicolon` or `tab`.
    #[param(pattern = "^(comma|semicolon|tab)$", example = "semicolon")]
    separator: Option<String>,
    /// Languages wanted, best first: errors are told in English, Russian, Kyrgyz or French.
    lang: Option<String>,
}

/// Which rows of a report are wanted in a file.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct RowFileParams {
    /// Results, separated by commas: `created`, `updated`, `unchanged`, `deleted`, `rejected`.
    result: Option<String>,
    /// Languages wanted, best first.
    lang: Option<String>,
}

#[utoipa::path(get, path = "/imports/{id}/rows", tag = "Imports",
    summary = "Read the report of an import",
    description = "Reads what became of each row, in the order of the file. `Accept: application/x-ndjson` answers all of it, a row in a line, as `rows.ndjson` does.",
    params(("id" = String, Path, description = "Id of the import"), RowPaging),
    responses((status = 200, description = "Rows", body = ImportRowPage), ReadProblems))]
pub(super) async fn list_import_rows(
    State(state): State<AppState>,
    Path(id): Path<String>,
    mut parts: Parts,
) -> Result<Response, Problem> {
    let form = accepted(&ROWS, &parts.headers)?;
    if form != JSON {
        return all_rows(&parts, &state, (&id, form)).await;
    }
    let Asking(ctx, asked) = Asking::<RowPaging>::from_request_parts(&mut parts, &state).await?;
    let page = (asked.after.as_deref(), limit(asked.limit)?);
    let rows = imports::rows(&ctx, addresses::id(&id)?, asked.result.as_deref(), page).await?;
    Ok(Json(rows).into_response())
}

#[utoipa::path(get, path = "/imports/{id}/errors", tag = "Imports",
    summary = "Read what is wrong with an import",
    description = "Reads the rows that were refused, each with everything that is wrong with it. `Accept: text/csv` or `application/x-ndjson` answers all errors, each in a line, as `errors.csv` and `errors.ndjson` do.",
    params(("id" = String, Path, description = "Id of the import"), ErrorPaging),
    responses((status = 200, description = "Rows that were refused", body = ImportRowPage), ReadProblems))]
pub(super) async fn list_import_errors(
    State(state): State<AppState>,
    Path(id): Path<String>,
    mut parts: Parts,
) -> Result<Response, Problem> {
    let form = accepted(&ERRORS, &parts.headers)?;
    if form != JSON {
        return all_errors(&parts, &state, (&id, form)).await;
    }
    let Asking(ctx, asked) = Asking::<ErrorPaging>::from_request_parts(&mut parts, &state).await?;
    let page = (asked.after.as_deref(), limit(asked.limit)?);
    Ok(Json(imports::errors(&ctx, addresses::id(&id)?, page).await?).into_response())
}

#[utoipa::path(get, path = "/imports/{id}/rows.{format}", tag = "Imports",
    summary = "Read the whole report of an import",
    description = "Answers what became of every row, in the order of the file: an object in a line, as pages have it.",
    params(("id" = String, Path, description = "Id of the import"),
        ("format" = String, Path, description = "Form of the file: `ndjson`"), RowFileParams),
    responses((status = 200, description = "All rows", content((String = "application/x-ndjson")),
        headers(("Content-Disposition" = String))), ReadProblems))]
pub(super) async fn export_import_rows(
    State(state): State<AppState>,
    Path((id, format)): Path<(String, String)>,
    parts: Parts,
) -> Result<Response, Problem> {
    all_rows(&parts, &state, (&id, ending(&ROWS, &format, &parts)?)).await
}

#[utoipa::path(get, path = "/imports/{id}/errors.{format}", tag = "Imports",
    summary = "Read everything that is wrong with an import",
    description = "Answers every error of every refused row, in the order of the file, each in a line: `row`, `line`, `table`, `kind`, `column`, `pointer`, `code`, `severity`, `value`, `message`, `hint`.",
    params(("id" = String, Path, description = "Id of the import"),
        ("format" = String, Path, description = "Form of the file: `csv` or `ndjson`"), ErrorFileParams),
    responses((status = 200, description = "All errors", content((String = "text/csv"), (String = "application/x-ndjson")),
        headers(("Content-Disposition" = String))), ReadProblems))]
pub(super) async fn export_import_errors(
    State(state): State<AppState>,
    Path((id, format)): Path<(String, String)>,
    parts: Parts,
) -> Result<Response, Problem> {
    all_errors(&parts, &state, (&id, ending(&ERRORS, &format, &parts)?)).await
}

/// What became of every row, as a file.
async fn all_rows(parts: &Parts, state: &AppState, (id, form): (&str, Form)) -> Result<Response, Problem> {
    let exporting = Exporting::of(parts, state, form).await?;
    let mut faults = Vec::new();
    let asked: RowFileParams = exporting.parameters.read(&mut faults);
    send(exporting, (id, "import-rows"), asked.result, (Line::Row, faults)).await
}

/// Everything that is wrong, as a file.
async fn all_errors(parts: &Parts, state: &AppState, (id, form): (&str, Form)) -> Result<Response, Problem> {
    let exporting = Exporting::of(parts, state, form).await?;
    let mut faults = Vec::new();
    let line = if form == CSV {
        let asked: ErrorFileParams = exporting.parameters.read(&mut faults);
        let separator = one_of(&SEPARATORS, "separator", asked.separator.as_deref(), &mut faults);
        let is_for_excel = one_of(&SWITCHES, "excel", asked.excel.as_deref(), &mut faults);
        Line::Cells(separator.unwrap_or(b','), is_for_excel.unwrap_or_default())
    } else {
        let _: Spoken = exporting.parameters.read(&mut faults);
        Line::Error
    };
    send(exporting, (id, "import-errors"), Some("rejected".to_owned()), (line, faults)).await
}

/// Sends rows with these results as a file, where nothing is wrong with what is asked.
async fn send(
    exporting: Exporting,
    (id, name): (&str, &str),
    result: Option<String>,
    (line, faults): (Line, Vec<Violation>),
) -> Result<Response, Problem> {
    if !faults.is_empty() {
        exporting.recalled.confirmed().await?;
        return Err(Error::BadRequest(faults).into());
    }
    let whole = Whole { id: addresses::id(id)?, result, line };
    let headers = exporting.headers(name, None);
    exporting.send(headers, &whole).await
}
