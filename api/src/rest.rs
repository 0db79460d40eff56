//! The REST face: addresses under `/api/v1`.

pub mod access;
pub mod auth;

pub mod body;
pub mod caller;
pub mod cooperation;
pub mod json;
pub mod kind;
pub mod layers;
pub mod listing;
pub mod openapi;
pub mod plans;
pub mod problem;
pub mod reference;
pub mod saved;
pub mod standard;
pub mod treaties;
pub mod tree;
pub mod vocabularies;

use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// Every operation of the REST face.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(reference::router())
        .merge(treaties::router())
        .merge(cooperation::router())
        .merge(plans::router())
        .merge(access::router())
        .merge(auth::router())
        .merge(vocabularies::router())
}
