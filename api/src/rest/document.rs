//! A plan as a document: JSON, a page to read and print, or a file for a word processor.

mod docx;
pub(super) mod html;
mod years;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use kernel::{Ctx, Error};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::etag,
    caller::authenticate,
    forms::{Form, HTML, JSON, Printed, wanted},
    listing::parameters,
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::plans::{
        document::{Document, document},
        editions::Edition,
    },
    preference::Accept,
    state::AppState,
};

/// Routes of documents.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_plan_document))
}

const DOCX: Form =
    Form { name: "docx", media: "application/vnd.openxmlformats-officedocument.wordprocessingml.document" };

/// The forms of a document, what is answered to whoever takes anything first.
const FORMS: [Form; 3] = [JSON, HTML, DOCX];

/// Which document is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct DocumentParams {
    /// Form of the document, before `Accept`: `json`, `html` or `docx`.
    #[param(pattern = "^(json|html|docx)$", example = "json")]
    pub format: Option<String>,
    /// Edition: `in_force` (the default), `working`, or a number.
    pub edition: Option<String>,
    /// State: a day, which means its end in UTC, or an instant.
    pub as_of: Option<String>,
    /// Languages wanted, best first: of texts, and of the document's own words where it is English, Russian, Kyrgyz or French.
    pub lang: Option<String>,
}

/// Any caller, with the form it wants.
struct Asked(Ctx, Form, Edition);

impl FromRequestParts<AppState> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (ctx, _) = authenticate(parts, state).await?;
        let asked: DocumentParams = parameters(parts.uri.query())?;
        let form = wanted(&FORMS, asked.format.as_deref(), &Accept::of(&parts.headers))?;
        let edition = Edition::read(asked.edition.as_deref(), asked.as_of.as_deref())?;
        Ok(Self(ctx, form, edition))
    }
}

#[utoipa::path(get, path = "/plans/{id}/document", tag = "Plans",
    summary = "Read a plan as a document",
    description = "Answers a plan with its content, as far as the caller may see it, as a document: JSON with everything that it says, a page of HTML \
        to read and print, or a file for a word processor (`format`, else `Accept`). Headings, labels, days and amounts are in the first language \
        wanted that is English, Russian, Kyrgyz or French, else in an official language of the plan's owner. Progress is shown as reported, and nothing is judged.",
    params(("id" = String, Path, description = "Id of the plan"), DocumentParams),
    responses((status = 200, description = "The document",
        content((Document = "application/json"), (String = "text/html"), (String = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")),
        headers(("ETag" = String), ("Content-Language" = String), ("Content-Disposition" = String))), ReadProblems))]
async fn get_plan_document(
    Asked(ctx, form, edition): Asked,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = addresses::id(&id)?;
    answer(document(&ctx, id, edition).await?, form).await
}

async fn answer(document: Document, form: Form) -> Result<Response, Problem> {
    let json = serde_json::to_vec(&document).map_err(Error::from)?;
    // The same content prints the same: a tag of what it says, and of its form.
    let tag = etag(0, &[form.name.as_bytes(), &json].concat());
    let language = document.content_language().map(str::to_owned);
    let file = file_name(&document, form);
    let (media, body) = match form {
        HTML => ("text/html; charset=utf-8", html::print(&document).into_bytes()),
        DOCX => (form.media, printed(document).await?),
        _ => (form.media, json),
    };
    Ok(Printed { media, body, tag, language, file, is_attachment: form == DOCX }.into_response())
}

/// Prints a file in a thread of its own: a large plan takes a while, and nobody else shall wait for it.
async fn printed(document: Document) -> Result<Vec<u8>, Error> {
    let printed = tokio::task::spawn_blocking(move || docx::print(&document)).await;
    let failed = |error: &dyn std::fmt::Display| Error::Internal(format!("no file was made: {error}"));
    printed.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
}

/// `KGZ-cbrn-nap-edition-1.ru.docx`.
fn file_name(document: &Document, form: Form) -> String {
    let plain = |text: &str| -> String {
        text.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
    };
    let (owner, kind) = (plain(&document.owner.code), plain(&document.kind.code));
    format!("{owner}-{kind}-edition-{}.{}.{}", document.edition, document.language.tag(), form.name)
}

/// Shades of one hue, from the least likelihood and impact to the greatest.
const SHADES: [&str; 5] = ["#eef3f7", "#d5e3ef", "#aac6de", "#7ba3c8", "#4d7ba6"];

/// The shade of a cell, by likelihood times impact; it says where a cell lies, not how good it is.
fn shade(likelihood: i32, impact: i32) -> &'static str {
    let step = match likelihood.saturating_mul(impact) {
        ..=3 => 0,
        4..=6 => 1,
        7..=10 => 2,
        11..=15 => 3,
        _ => 4,
    };
    SHADES.get(step).copied().unwrap_or("#fff")
}
