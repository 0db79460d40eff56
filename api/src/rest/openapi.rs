//! The OpenAPI document of the REST face.

mod assembly;
mod headers;

use serde_json::{Value as Json, json};
use utoipa::{
    OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

use super::problem::ProblemDetails;

/// What the document says of the whole API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Concord",
        description = "CBRN National Action Plans, treaty obligations and interagency tasks. Each country alone decides what its plan contains and who sees it: what a caller may not see does not exist for it. The service records facts with sources and judges nothing.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/api/v1")),
    components(schemas(ProblemDetails, kernel::Violation)),
    security((), ("bearer" = [])),
    tags(
        (name = "Reference data", description = "Facts that belong to nobody: regions, countries, organisations, frameworks, obligations."),
        (name = "Treaties", description = "Participation of countries in frameworks, and what they say of themselves."),
        (name = "Plans", description = "National Action Plans with pillars, objectives and actions."),
        (name = "Cooperation", description = "Agencies, working groups and tasks."),
        (name = "Changes", description = "What became of the records a caller sees: pages, pages that wait, streams."),
        (name = "Access", description = "Users and grants."),
        (name = "Service", description = "About this installation."),
        (name = "Sign-in", description = "Signing in, and about oneself.")
    )
)]
pub struct Document;

/// The finished document.
#[must_use]
pub fn document() -> Json {
    let (_, mut api) = utoipa_axum::router::OpenApiRouter::with_openapi(Document::openapi())
        .merge(super::router())
        .split_for_parts();
    let components = api.components.get_or_insert_default();
    components
        .security_schemes
        .insert("bearer".into(), SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)).into());
    let mut document = serde_json::to_value(&api).unwrap_or_default();
    kernel::input::tidy(&mut document);
    assembly::fit_lists(&mut document);
    assembly::fit_bodies(&mut document);
    assembly::share_parameters(&mut document);
    headers::show_keys(&mut document);
    assembly::share_refusals(&mut document);
    headers::share_headers(&mut document);
    headers::show_conditions(&mut document);
    assembly::show_edits(&mut document);
    assembly::prune(&mut document);
    if let Some(object) = document.as_object_mut() {
        object.insert("openapi".into(), json!("3.1.0"));
    }
    document
}
