//! What answers returns, and facts past their age limit.

mod page;

use axum::{extract::Path, http::HeaderMap};
use kernel::Error;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::{Answer, etag},
    forms::{HTML, JSON, Printed, wanted},
    listing::Asking,
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::treaties::{
        answers::{ReportAnswers, answers},
        stale::{StaleFacts, stale},
    },
    preference::Accept,
    state::AppState,
};

/// Routes of facts and what they answer.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_country_stale_facts))
}

/// Routes of what answers drafts, which has several forms.
pub fn answers_router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_report_draft_answers))
}

/// In which form and languages.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct AnswersParams {
    /// Form of the answer, before `Accept`: `json` or `html`.
    #[param(pattern = "^(json|html)$", example = "json")]
    pub format: Option<String>,
    /// Languages wanted, best first: of texts, and of the fixed words of a page where it is English, Russian, Kyrgyz or French.
    pub lang: Option<String>,
}

#[utoipa::path(get, path = "/report-drafts/{id}/answers", tag = "Treaties",
    summary = "Read what answers the questions of a draft",
    description = "Reads the questions of the return that a draft is of, in their order, with the facts of the country that answer them, as far as the caller may see them: each with its source, its age and limit, who sees it inside the country and whom it is released to, so that nothing goes unknowingly into a return that others read. It is told of the facts as they are now, of a finished draft too. These are facts, no verdict. JSON, or a page of HTML to print (`format`, else `Accept`).",
    params(("id" = String, Path, description = "Id of the draft"), AnswersParams),
    responses((status = 200, description = "The questions with their answers",
        content((ReportAnswers = "application/json"), (String = "text/html")),
        headers(("ETag" = String), ("Content-Disposition" = String))), ReadProblems))]
async fn get_report_draft_answers(
    Asking(ctx, asked): Asking<AnswersParams>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Printed, Problem> {
    let form = wanted(&[JSON, HTML], asked.format.as_deref(), &Accept::of(&headers))?;
    let id = addresses::id(&id)?;
    let made = answers(&ctx, id).await?;
    let json = serde_json::to_vec(&made.answers).map_err(Error::from)?;
    let language = made.speech.language().tag();
    let tag = etag(0, &[form.name.as_bytes(), language.as_bytes(), &json].concat());
    let file = format!("{}-report-draft.{language}.{}", made.owner, form.name);
    let (media, body) = match form {
        HTML => ("text/html; charset=utf-8", page::print(&made).into_bytes()),
        _ => (form.media, json),
    };
    Ok(Printed { media, body, tag, language: None, file, is_attachment: false })
}

/// Of which day it is asked.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct StaleParams {
    /// Day of which it is told, which may lie ahead; today without it.
    #[param(value_type = Option<chrono::NaiveDate>)]
    pub on: Option<String>,
    /// Languages wanted, best first.
    pub lang: Option<String>,
}

#[utoipa::path(get, path = "/countries/{id}/stale-facts", tag = "Treaties",
    summary = "Read which facts are past their age limit",
    description = "Reads the facts of a country that are past their age limit on a day, those longest past it first, each with the drafts being prepared that it answers questions of, as far as the caller may see them.",
    params(("id" = String, Path, description = "Id of the country, or its code"), StaleParams),
    responses((status = 200, description = "The facts with their drafts", body = StaleFacts, headers(("ETag" = String))), ReadProblems))]
async fn get_country_stale_facts(
    Asking(ctx, asked): Asking<StaleParams>,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    Ok(Answer::of(&stale(&ctx, &id, asked.on.as_deref()).await?)?)
}
