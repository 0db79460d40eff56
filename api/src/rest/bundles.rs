//! Bundles: those that were made here and those that were received; receiving, and putting away.

use axum::{
    Json,
    extract::{FromRequest, Path, Request},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    caller::{Caller, SignedIn},
    imports::upload,
    listing::{Asking, Following},
    problem::{Problem, ReadProblems, WriteProblems},
};
use crate::{
    domain::exchange::{
        bundles::{self, Bundle, BundlePage, MAX_BYTES},
        imports::Sent,
    },
    state::AppState,
};

/// Routes of bundles.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_bundles, receive_bundle))
        .routes(routes!(get_bundle))
        .routes(routes!(withdraw_bundle))
}

/// The file of a bundle.
struct BundleFile(Sent);

impl FromRequest<AppState> for BundleFile {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        Ok(Self(upload::sent(&parts, body, (state, MAX_BYTES)).await?))
    }
}

#[utoipa::path(get, path = "/bundles", tag = "Bundles",
    summary = "List bundles",
    description = "Lists the bundles that were made of what the caller's country releases, for its focal point and secretariat; for operators those that were received. The last one comes first. Of the records in them it tells how many there are.",
    params(Following),
    responses((status = 200, description = "Bundles", body = BundlePage), ReadProblems))]
async fn list_bundles(Asking(ctx, asked): Asking<Following>) -> Result<Json<BundlePage>, Problem> {
    Ok(Json(bundles::list(&ctx, asked.after.as_deref(), asked.limit()?).await?))
}

#[utoipa::path(post, path = "/bundles", tag = "Bundles",
    summary = "Receive a bundle",
    description = "Takes in what a country with an installation of its own releases: the file that it made by `POST /exports` with `bundle`, sent as it is. It is taken only where it is signed with a key that is pinned for that country (`concord bundle pin`), and nobody has grants of the country here. Its records are then that country's: nobody edits them here, its releases show them to the same audiences until they or the bundle end, and the next bundle takes their place. The same bundle again changes nothing.",
    request_body(content = String, description = "The file of the bundle", content_type = "application/octet-stream"),
    responses((status = 200, description = "The bundle, whose records are shown", body = Bundle), WriteProblems))]
async fn receive_bundle(
    SignedIn(ctx): SignedIn,
    BundleFile(sent): BundleFile,
) -> Result<Json<Bundle>, Problem> {
    Ok(Json(bundles::receive(&ctx, sent).await?))
}

#[utoipa::path(get, path = "/bundles/{id}", tag = "Bundles",
    summary = "Read a bundle",
    description = "Reads what is noted of a bundle: whose it is, for whom, until when, and what became of it.",
    params(("id" = String, Path, description = "Id of the bundle")),
    responses((status = 200, description = "The bundle", body = Bundle), ReadProblems))]
async fn get_bundle(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Json<Bundle>, Problem> {
    Ok(Json(bundles::find(&ctx, addresses::id(&id)?).await?))
}

#[utoipa::path(post, path = "/bundles/{id}/withdraw", tag = "Bundles",
    summary = "Withdraw a bundle that was received",
    description = "Ends a bundle that was received: its records are destroyed here, with what the log holds of them. Operators do this, where a country asks for it or a key is in the wrong hands.",
    params(("id" = String, Path, description = "Id of the bundle")),
    responses((status = 200, description = "The bundle, which shows nothing any more", body = Bundle), WriteProblems))]
async fn withdraw_bundle(SignedIn(ctx): SignedIn, Path(id): Path<String>) -> Result<Json<Bundle>, Problem> {
    Ok(Json(bundles::withdraw(&ctx, addresses::id(&id)?).await?))
}
