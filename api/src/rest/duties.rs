//! Duties under treaties: working them out, trying what would follow, what is due and what was sent.

use axum::{Json, extract::Path};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::Answer,
    body::{Input, Optional},
    caller::{Caller, SignedIn},
    if_match::Creating,
    listing::Asking,
    problem::{Problem, ReadProblems, WriteProblems},
};
use crate::{
    domain::treaties::{
        compile::{CompileInput, Compiled, compile},
        due::{CountryDue, due},
        register::{self, CommitmentRegister, CommitmentWithout, register},
        series::{CommitmentSeries, series},
        simulation::{Simulated, SimulationInput, simulate},
    },
    state::AppState,
};

/// Routes of duties.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(compile_commitments))
        .routes(routes!(simulate_duties))
        .routes(routes!(get_country_due))
        .routes(routes!(get_country_commitments))
        .routes(routes!(get_commitment_series))
}

#[utoipa::path(post, path = "/commitments/compile", tag = "Treaties",
    summary = "Work out commitments and deadlines",
    description = "Works out the commitments and deadlines that follow from a country's participation and the rules of the obligations. The first call, by its focal point, begins it for the country; from then on it is done again whenever participation, rules or events change, and every day. A repeated call changes nothing. Nothing follows for a State that is no party, before entry into force, or from a treaty that is not in force.",
    request_body = Option<CompileInput>,
    responses((status = 200, description = "What was worked out", body = Compiled), WriteProblems))]
async fn compile_commitments(
    SignedIn(ctx): SignedIn,
    _: Creating,
    Optional(Input(input)): Optional<Input<CompileInput>>,
) -> Result<Json<Compiled>, Problem> {
    Ok(Json(compile(&ctx, &input).await?))
}

#[utoipa::path(post, path = "/simulations", tag = "Treaties",
    summary = "Try what would fall due",
    description = "Works out what would fall due in a country if it joined a framework, if the rule of an obligation changed, or if something happened. Nothing is written. Of a changed rule it tells which of the country's deadlines would move, as far as the caller sees them; those that somebody works on would be flagged.",
    request_body = SimulationInput,
    responses((status = 200, description = "What would follow", body = Simulated), WriteProblems))]
async fn simulate_duties(
    SignedIn(ctx): SignedIn,
    Input(input): Input<SimulationInput>,
) -> Result<Json<Simulated>, Problem> {
    Ok(Json(simulate(&ctx, &input).await?))
}

/// How far ahead.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Ahead {
    /// Days ahead, 0 to 3650; 90 where nothing is said.
    #[param(minimum = 0, maximum = 3650)]
    pub days: Option<i64>,
    /// Languages wanted, best first.
    pub lang: Option<String>,
}

#[utoipa::path(get, path = "/countries/{id}/due", tag = "Treaties",
    summary = "Read what is due in a country",
    description = "Reads the deadlines of a country that are due within some days, and those that are past without a submission on record, by the agency that holds them, as far as the caller may see them.",
    params(("id" = String, Path, description = "Id or code of the country"), Ahead),
    responses((status = 200, description = "What is due", body = CountryDue, headers(("ETag" = String))), ReadProblems))]
async fn get_country_due(
    Asking(ctx, ahead): Asking<Ahead>,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    Ok(Answer::of(&due(&ctx, &id, ahead.days).await?)?)
}

/// Which commitments are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct RegisterParams {
    /// Only those under this framework, by id or code.
    #[param(example = "BTWC")]
    pub framework: Option<String>,
    /// Only those about this hazard domain: `C`, `B`, `R` or `N`.
    #[param(pattern = "^[CBRN]$", example = "B")]
    pub domain: Option<String>,
    /// Only those that are so binding.
    #[param(pattern = "^(legally_binding|politically_binding|encouraged)$", example = "legally_binding")]
    pub binding: Option<String>,
    /// Only those without any of these, as far as the caller sees; for callers inside the country, others are refused (403).
    #[param(inline)]
    pub without: Vec<CommitmentWithout>,
    /// Languages wanted, best first.
    pub lang: Option<String>,
}

#[utoipa::path(get, path = "/countries/{id}/commitments", tag = "Treaties",
    summary = "Read the register of a country's commitments",
    description = "Reads the commitments of a country by framework and provision, as far as the caller may see them: legal source, binding force, hazard domains, the agency responsible, the actions and legal instruments that serve each, and the next day on which something is due. With `without` only those without an agency, an action or a legal instrument: to callers outside the country, to whom what is not released is absent, that would say nothing, and it is refused.",
    params(("id" = String, Path, description = "Id or code of the country"), RegisterParams),
    responses((status = 200, description = "The register", body = CommitmentRegister, headers(("ETag" = String))), ReadProblems))]
async fn get_country_commitments(
    Asking(ctx, asked): Asking<RegisterParams>,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    let RegisterParams { framework, domain, binding, without, .. } = asked;
    let wanted = register::Wanted { framework, domain, binding, without };
    Ok(Answer::of(&register(&ctx, &id, &wanted).await?)?)
}

#[utoipa::path(get, path = "/commitments/{id}/series", tag = "Treaties",
    summary = "Read the series of a commitment",
    description = "Reads for which periods something was due under a commitment, what was sent for each, and past periods without a submission on record, as far as the caller may see it.",
    params(("id" = String, Path, description = "Id of the commitment")),
    responses((status = 200, description = "The series", body = CommitmentSeries, headers(("ETag" = String))), ReadProblems))]
async fn get_commitment_series(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Answer, Problem> {
    let id = addresses::id(&id)?;
    Ok(Answer::of(&series(&ctx, id).await?)?)
}
