//! What countries have recorded about obligations, and the 1540 matrix in its forms.

mod page;
mod sheet;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use kernel::{Ctx, Error};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answer::{Answer, etag},
    caller::authenticate,
    forms::{CSV, Form, HTML, JSON, Printed, XLSX, wanted},
    listing::{Asking, parameters},
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::treaties::{
        coverage::{CountryCoverage, Wanted, coverage},
        matrix::{Matrix1540, Printable, matrix},
    },
    preference::Accept,
    state::AppState,
};

/// Routes of what is recorded about obligations.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_country_coverage))
}

/// Routes of the matrix, which has several forms.
pub fn matrix_router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_country_matrix_1540))
}

/// Which obligations are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct CoverageParams {
    /// Only those of this framework, by id or code.
    #[param(example = "UNSCR1540")]
    pub framework: Option<String>,
    /// Only those about this hazard domain: `C`, `B`, `R` or `N`.
    #[param(pattern = "^[CBRN]$", example = "B")]
    pub domain: Option<String>,
}

#[utoipa::path(get, path = "/countries/{id}/coverage", tag = "Treaties",
    summary = "Read what a country has recorded about obligations",
    description = "Reads, as far as the caller may see it, the marks of a country by framework and hazard domain, with their sources, and how many of its actions and legal instruments serve each obligation. \
        Obligations that bind legally, politically, and those that are encouraged are kept apart. Callers inside the country besides read which obligations have no recorded measure, no action, no legal instrument; to others that says nothing, and is null. These are facts, no verdict.",
    params(("id" = String, Path, description = "Id of the country, or its code"), CoverageParams),
    responses((status = 200, description = "What is recorded", body = CountryCoverage, headers(("ETag" = String))), ReadProblems))]
async fn get_country_coverage(
    Asking(ctx, asked): Asking<CoverageParams>,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    let wanted = Wanted { framework: asked.framework, domain: asked.domain };
    Ok(Answer::of(&coverage(&ctx, &id, &wanted).await?)?)
}

/// The forms of the matrix, what is answered to whoever takes anything first.
const FORMS: [Form; 4] = [JSON, HTML, CSV, XLSX];

/// Which form of the matrix is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct MatrixParams {
    /// Form of the matrix, before `Accept`: `json`, `html`, `csv` or `xlsx`.
    #[param(pattern = "^(json|html|csv|xlsx)$", example = "json")]
    pub format: Option<String>,
    /// Languages wanted, best first: of texts, and of the fixed words where it is English, Russian, Kyrgyz or French.
    pub lang: Option<String>,
}

/// Any caller, with the form it wants.
struct Asked(Ctx, Form);

impl FromRequestParts<AppState> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (ctx, _) = authenticate(parts, state).await?;
        let asked: MatrixParams = parameters(parts.uri.query())?;
        let form = wanted(&FORMS, asked.format.as_deref(), &Accept::of(&parts.headers))?;
        Ok(Self(ctx, form))
    }
}

#[utoipa::path(get, path = "/countries/{id}/matrix-1540", tag = "Treaties",
    summary = "Read the 1540 matrix of a country",
    description = "Reads the operative paragraphs of Security Council resolution 1540 (2004) with what the country has recorded about them in the columns nuclear, chemical and biological, as far as the caller may see it: marks with their sources, no verdict. \
        JSON, a page of HTML to print, CSV, or a workbook (`format`, else `Accept`). Cells of CSV and of workbooks that begin with `=`, `+`, `-` or `@` get an apostrophe before, so that no program takes them for formulas.",
    params(("id" = String, Path, description = "Id of the country, or its code"), MatrixParams),
    responses((status = 200, description = "The matrix",
        content((Matrix1540 = "application/json"), (String = "text/html"), (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
        headers(("ETag" = String), ("Content-Disposition" = String))), ReadProblems))]
async fn get_country_matrix_1540(
    Asked(ctx, form): Asked,
    Path(id): Path<String>,
) -> Result<Printed, Problem> {
    answer(&matrix(&ctx, &id).await?, form)
}

fn answer(made: &Printable, form: Form) -> Result<Printed, Problem> {
    let json = serde_json::to_vec(&made.matrix).map_err(Error::from)?;
    let language = made.speech.language().tag();
    // The same content prints the same: a tag of what it says, and of its form and language.
    let tag = etag(0, &[form.name.as_bytes(), language.as_bytes(), &json].concat());
    let code = made.matrix.country.code.clone().unwrap_or_default();
    let file = format!("{code}-matrix-1540.{language}.{}", form.name);
    let (media, body) = match form {
        HTML => ("text/html; charset=utf-8", page::print(made).into_bytes()),
        CSV => ("text/csv; charset=utf-8; header=present", sheet::csv(made)?),
        XLSX => (form.media, sheet::xlsx(made)?),
        _ => (form.media, json),
    };
    let is_attachment = [CSV, XLSX].contains(&form);
    Ok(Printed { media, body, tag, language: None, file, is_attachment })
}
