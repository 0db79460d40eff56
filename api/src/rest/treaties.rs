//! How countries stand towards frameworks.

use axum::extract::Path;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::Answer,
    listing::ListReader,
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::treaties::{
        participation_matrix::{Asked, ParticipationMatrix, matrix},
        standing::{StandingOn, standing},
    },
    state::AppState,
};

/// Routes of standings.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_participation_matrix)).routes(routes!(get_participation_standing))
}

/// Of which day it is asked, and as of which.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct StandingParams {
    /// Day of which it is told how the country stands; today without it.
    #[param(value_type = Option<chrono::NaiveDate>)]
    pub valid_on: Option<String>,
    /// Day as of which it is told: what was known at its end, in UTC; today without it.
    #[param(value_type = Option<chrono::NaiveDate>)]
    pub known_on: Option<String>,
    /// Languages wanted, best first.
    pub lang: Option<String>,
}

/// Which countries and frameworks are wanted, of which day.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct MatrixParams {
    /// Members of these regions now.
    pub region: Vec<String>,
    /// These countries; without them and regions the partners of the initiative.
    pub country: Vec<String>,
    /// These frameworks; without them, `party_to` and `not_party_to` all of them.
    pub framework: Vec<String>,
    /// Only countries that are party to all of these frameworks.
    pub party_to: Vec<String>,
    /// Only countries that are party to none of these frameworks.
    pub not_party_to: Vec<String>,
    /// Day of which it is told how the countries stand; today without it.
    #[param(value_type = Option<chrono::NaiveDate>)]
    pub valid_on: Option<String>,
    /// Day as of which it is told: what was known at its end, in UTC; today without it.
    #[param(value_type = Option<chrono::NaiveDate>)]
    pub known_on: Option<String>,
    /// Languages wanted, best first.
    pub lang: Option<String>,
}

#[utoipa::path(get, path = "/participation-matrix", tag = "Treaties",
    summary = "Read how countries stand towards frameworks",
    description = "Reads countries by frameworks: how each stood on the day `valid_on`, as it was known on the day `known_on`. A country is party from the entry into force for it until its withdrawal. Reference facts decide; what a country states itself stands beside them, as far as the caller may see it. With `party_to` and `not_party_to` only the countries that are party to all of the former and to none of the latter; those of which nobody can tell are listed in `undetermined`.",
    params(MatrixParams),
    responses((status = 200, description = "The matrix", body = ParticipationMatrix, headers(("ETag" = String))), ReadProblems))]
async fn get_participation_matrix(ListReader(recalled, parameters): ListReader) -> Result<Answer, Problem> {
    let ctx = recalled.confirmed().await?;
    let mut faults = Vec::new();
    let given: MatrixParams = parameters.read(&mut faults);
    let MatrixParams { region, country, framework, party_to, not_party_to, valid_on, known_on, .. } = given;
    let asked = Asked { region, country, framework, party_to, not_party_to, valid_on, known_on };
    Ok(Answer::of(&matrix(&ctx, &asked, faults).await?)?)
}

#[utoipa::path(get, path = "/participations/{id}/standing", tag = "Treaties",
    summary = "Read how a country stands by a participation",
    description = "Reads how the country of a participation stood on the day `valid_on`, as it was known on the day `known_on`: by the events of the participation that were known then and the caller may see, and by what the record said then where they say nothing.",
    params(("id" = String, Path, description = "Id of the participation"), StandingParams),
    responses((status = 200, description = "How it stood", body = StandingOn, headers(("ETag" = String))), ReadProblems))]
async fn get_participation_standing(
    ListReader(recalled, parameters): ListReader,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    let ctx = recalled.confirmed().await?;
    let id = addresses::id(&id)?;
    let mut faults = Vec::new();
    let given: StandingParams = parameters.read(&mut faults);
    let days = [given.valid_on.as_deref(), given.known_on.as_deref()];
    Ok(Answer::of(&standing(&ctx, id, days, faults).await?)?)
}
