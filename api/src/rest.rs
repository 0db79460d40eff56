//! The REST face: addresses under `/api/v1`.

pub(crate) mod access;
pub(crate) mod auth;

pub(crate) mod body;
pub(crate) mod caller;
pub(crate) mod changes;
pub(crate) mod cooperation;
pub(crate) mod device;
pub(crate) mod idempotency;
pub(crate) mod json;
pub(crate) mod kind;
pub(crate) mod layers;
pub(crate) mod limits;
pub(crate) mod listing;
pub mod openapi;
pub(crate) mod password_tokens;
pub(crate) mod plans;
pub(crate) mod problem;
pub(crate) mod reference;
pub(crate) mod saved;
pub(crate) mod second_factor;
pub(crate) mod sessions;
pub(crate) mod standard;
pub(crate) mod treaties;
pub(crate) mod tree;
pub(crate) mod vocabularies;

use axum::middleware::from_fn;
use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// Every operation of the REST face.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(reference::router())
        .merge(treaties::router())
        .merge(cooperation::router())
        .merge(plans::router())
        .merge(access::router())
        .merge(auth::router())
        .merge(sessions::router())
        .merge(second_factor::router())
        .merge(password_tokens::router())
        .merge(vocabularies::router())
        .merge(limits::router())
        .route_layer(from_fn(layers::json_only))
        .merge(changes::router())
}
