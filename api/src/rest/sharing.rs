//! What a release would show.

use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    body::Members,
    caller::Caller,
    problem::{Problem, WriteProblems},
};
use crate::{
    domain::sharing::preview::{ReleasePreview, preview},
    signin::sign_in_first,
    state::AppState,
};

/// Routes of previews.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(preview_release))
}

#[utoipa::path(post, path = "/releases/preview", tag = "Sharing",
    summary = "Preview a release",
    description = "Says what each audience would see by a release that it does not see now, and writes nothing. Takes the body of a creation, and refuses what a creation refuses.",
    request_body = ref("#/components/schemas/NewRelease"),
    responses((status = 200, description = "What the release would show", body = ReleasePreview), WriteProblems))]
async fn preview_release(
    Caller(ctx): Caller,
    Members(fields): Members,
) -> Result<axum::Json<ReleasePreview>, Problem> {
    if !ctx.own().actor.is_known() {
        return Err(sign_in_first().into());
    }
    Ok(axum::Json(preview(&ctx, fields).await?))
}
