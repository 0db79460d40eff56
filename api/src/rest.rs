//! The REST face: addresses under `/api/v1`.

pub(crate) mod access;
pub(crate) mod addresses;
mod analytics;
pub(crate) mod answer;
pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod bundles;
pub(crate) mod caching;
pub(crate) mod calendars;
pub(crate) mod caller;
pub(crate) mod changes;
pub(crate) mod coverage;
mod cubes;
pub(crate) mod device;
pub(crate) mod document;
mod duties;
mod edition;
mod editions;
mod exports;
pub(crate) mod figures;
mod file;
mod flat;
mod forms;
mod iati;
pub(crate) mod idempotency;
pub(crate) mod if_match;
pub(crate) mod imports;
pub(crate) mod kinds;
pub(crate) mod layers;
pub(crate) mod limits;
pub(crate) mod links;
pub(crate) mod listing;
pub(crate) mod needs;
pub(crate) mod odata;
pub(crate) mod offers;
pub mod openapi;
pub(crate) mod parameters;
pub(crate) mod password_tokens;
pub(crate) mod persons;
pub(crate) mod problem;
pub(crate) mod public;
pub(crate) mod records;
pub(crate) mod regional;
mod reports;
pub(crate) mod risks;
pub(crate) mod second_factor;
pub(crate) mod sessions;
pub(crate) mod sharing;
pub(crate) mod snapshots;
pub(crate) mod traced;
pub(crate) mod treaties;
pub(crate) mod tree;
pub(crate) mod unchanged;
pub(crate) mod vocabularies;
pub(crate) mod webhooks;

use axum::{Router, middleware::from_fn};
use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// Operations written by hand that answer JSON only.
const JSON_AREAS: &[fn() -> OpenApiRouter<AppState>] = &[
    calendars::router,
    bundles::router,
    imports::router,
    snapshots::router,
    webhooks::router,
    duties::router,
    tree::router,
    editions::router,
    figures::router,
    access::router,
    audit::router,
    auth::router,
    sessions::router,
    offers::router,
    persons::router,
    coverage::router,
    regional::router,
    reports::router,
    risks::router,
    second_factor::router,
    password_tokens::router,
    vocabularies::router,
    limits::router,
    sharing::router,
    needs::router,
    treaties::router,
];

fn json_areas() -> impl Iterator<Item = OpenApiRouter<AppState>> {
    JSON_AREAS.iter().map(|area| area())
}

/// Every operation written by hand.
fn areas() -> impl Iterator<Item = OpenApiRouter<AppState>> {
    json_areas().chain([
        document::router(),
        iati::router(),
        imports::file_router(),
        coverage::matrix_router(),
        analytics::router(),
        cubes::router(),
        reports::answers_router(),
        calendars::feed_router(),
        snapshots::files_router(),
        changes::router(),
        imports::events_router(),
    ])
}

/// Every operation of the REST face.
pub(crate) fn router() -> Router<AppState> {
    let written = json_areas().fold(Router::new(), |all, area| all.merge(Router::from(area)));
    written
        .merge(kinds::router())
        .route_layer(from_fn(layers::json_only))
        .merge(kinds::forms_router())
        .merge(Router::from(document::router()))
        .merge(Router::from(iati::router()))
        .merge(Router::from(imports::file_router()))
        .merge(Router::from(coverage::matrix_router()))
        .merge(Router::from(analytics::router()))
        .merge(Router::from(cubes::router()))
        .merge(Router::from(reports::answers_router()))
        .merge(Router::from(calendars::feed_router()))
        .route_layer(from_fn(traced::settled))
        .route_layer(from_fn(caching::tagged))
        .merge(Router::from(snapshots::files_router()))
        .merge(Router::from(changes::router()))
        .merge(Router::from(imports::events_router()))
}
