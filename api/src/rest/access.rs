//! What the caller may do, and why.

use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    listing::Asking,
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::access::explanation::{Explanation, Question, explain},
    state::AppState,
};

/// Routes of explanations.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(explain_access))
}

/// What is asked about.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ExplainParams {
    /// Kind of the record (`task`, `plans`).
    #[param(required = true)]
    pub kind: Option<String>,
    /// Id of the record, or its code where codes address the kind.
    #[param(required = true)]
    pub id: Option<String>,
    /// What somebody may want to do to it: `read`, `update`, `start`.
    #[param(required = true)]
    pub verb: Option<String>,
    /// Languages wanted, best first; `*` for base texts and all translations.
    pub lang: Option<String>,
}

#[utoipa::path(get, path = "/access/explain", tag = "Access",
    summary = "Explain a right",
    description = "Tells whether the caller may do something to a record it sees, by which rule, and which of its grants or which live release decides. \
        A record the caller does not see is answered 404. Of a move it tells the right, whatever the state of the record; `create` asks about a record like this one. \
        Who views as others (`X-Concord-View-As`) is told what those may do.",
    params(ExplainParams),
    responses((status = 200, description = "The explanation", body = Explanation), ReadProblems))]
async fn explain_access(
    Asking(ctx, asked): Asking<ExplainParams>,
) -> Result<axum::Json<Explanation>, Problem> {
    let ExplainParams { kind, id, verb, .. } = &asked;
    let question = Question { kind: kind.as_deref(), id: id.as_deref(), verb: verb.as_deref() };
    Ok(axum::Json(explain(&ctx, question).await?))
}
