//! Editions of plans: which there are, what each froze, what differs between two, and the next one.

use axum::{extract::Path, http::StatusCode};
use kernel::Error;
use serde::Deserialize;
use serde_json::Value as Json;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::Answer,
    caller::{Caller, SignedIn},
    if_match::IfMatch,
    listing::Asking,
    problem::{Problem, ReadProblems, WriteProblems},
};
use crate::{
    domain::plans::editions::{self, diff, frozen},
    state::AppState,
};

/// Routes of editions.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_plan_editions, open_plan_edition))
        .routes(routes!(get_plan_edition))
        .routes(routes!(verify_plan_edition))
        .routes(routes!(diff_plan))
}

fn number(text: &str) -> Result<i32, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

#[utoipa::path(get, path = "/plans/{id}/editions", tag = "Plans",
    summary = "List the editions of a plan",
    description = "Lists the editions of a plan: those adopted before, the one in force, the one that is worked on. Readers outside the owner see the one in force.",
    params(("id" = String, Path, description = "Id of the plan")),
    responses((status = 200, description = "The editions, oldest first", body = ref("#/components/schemas/PlanEditions")), ReadProblems))]
async fn list_plan_editions(Caller(ctx): Caller, Path(plan): Path<String>) -> Result<Answer, Problem> {
    Ok(Answer::of(&editions::list(&ctx, addresses::id(&plan)?).await?)?)
}

#[utoipa::path(post, path = "/plans/{id}/editions", tag = "Plans",
    summary = "Open the next edition of a plan",
    description = "Opens the next edition of a plan in force. It is read and written with `edition=working`; what is in force stays as it is until the adoption.",
    params(("id" = String, Path, description = "Id of the plan"), ("If-Match" = Option<String>, Header, description = "Version of the plan that was read")),
    responses((status = 201, description = "The edition that is worked on now", body = ref("#/components/schemas/PlanEditionItem")), WriteProblems))]
async fn open_plan_edition(
    SignedIn(ctx): SignedIn,
    Path(plan): Path<String>,
    IfMatch(version): IfMatch,
) -> Result<(StatusCode, axum::Json<Json>), Problem> {
    let opened = editions::open(&ctx, addresses::id(&plan)?, version).await?;
    Ok((StatusCode::CREATED, axum::Json(opened)))
}

#[utoipa::path(get, path = "/plans/{id}/editions/{number}", tag = "Plans",
    summary = "Read what an edition of a plan froze",
    description = "Reads the content of an adopted edition as it was frozen, as far as the caller may see it, with the hashes that prove it.",
    params(("id" = String, Path, description = "Id of the plan"), ("number" = String, Path, description = "Number of the edition")),
    responses((status = 200, description = "The frozen content", body = ref("#/components/schemas/FrozenEdition"), headers(("ETag" = String))), ReadProblems))]
async fn get_plan_edition(
    Caller(ctx): Caller,
    Path((plan, edition)): Path<(String, String)>,
) -> Result<Answer, Problem> {
    Ok(Answer::of(&frozen::get(&ctx, addresses::id(&plan)?, number(&edition)?).await?)?)
}

#[utoipa::path(get, path = "/plans/{id}/editions/{number}/verify", tag = "Plans",
    summary = "Verify what an edition of a plan froze",
    description = "Reckons the hashes of an adopted edition anew, and says whether its content is what was adopted.",
    params(("id" = String, Path, description = "Id of the plan"), ("number" = String, Path, description = "Number of the edition")),
    responses((status = 200, description = "What was found", body = ref("#/components/schemas/EditionProof")), ReadProblems))]
async fn verify_plan_edition(
    Caller(ctx): Caller,
    Path((plan, edition)): Path<(String, String)>,
) -> Result<Answer, Problem> {
    Ok(Answer::of(&frozen::verify(&ctx, addresses::id(&plan)?, number(&edition)?).await?)?)
}

/// Which editions are compared.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Sides {
    /// Edition to begin with: `in_force` (the default), `working`, or a number.
    pub from: Option<String>,
    /// Edition to compare it with: `working` (the default), `in_force`, or a number.
    pub to: Option<String>,
    /// Languages wanted, best first.
    pub lang: Option<String>,
}

#[utoipa::path(get, path = "/plans/{id}/diff", tag = "Plans",
    summary = "Compare two editions of a plan",
    description = "Tells what was added, removed, moved and changed in the content of a plan from one edition to another, field by field, as far as the caller may see it.",
    params(("id" = String, Path, description = "Id of the plan"), Sides),
    responses((status = 200, description = "What differs", body = ref("#/components/schemas/PlanDiff"), headers(("ETag" = String))), ReadProblems))]
async fn diff_plan(Asking(ctx, sides): Asking<Sides>, Path(plan): Path<String>) -> Result<Answer, Problem> {
    let sides = editions::sides(sides.from.as_deref(), sides.to.as_deref())?;
    Ok(Answer::of(&diff::diff(&ctx, addresses::id(&plan)?, sides).await?)?)
}
