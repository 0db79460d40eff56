//! Serving: the router of all addresses, the accept loop, start, and stop.

mod accept;
mod connection;
mod graphql;
mod health;
mod pages;
mod pulse;
mod socket;
mod start;
mod stop;
mod tls;

use axum::{Router, extract::DefaultBodyLimit, middleware, routing::get};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

use crate::{
    rest::{self, layers},
    state::AppState,
};

pub use start::{ServeError, ServeOptions, serve};

/// Every address of the service.
pub fn app(state: AppState) -> Router {
    let api = Router::from(rest::router())
        .route_layer(middleware::from_fn(layers::negotiate))
        .fallback(layers::no_such_address)
        .method_not_allowed_fallback(layers::no_such_method);
    let limit = state.body_limit;
    Router::new()
        .nest("/api/v1", api)
        .route("/graphql", get(graphql::by_get).post(graphql::by_post))
        .route("/graphql/ws", get(socket::upgrade))
        .merge(pages::router())
        .merge(health::router())
        .fallback(layers::no_such_address)
        .method_not_allowed_fallback(layers::no_such_method)
        .layer(middleware::from_fn(rest::idempotency::remember))
        .layer(middleware::from_fn_with_state(state.clone(), layers::outlive))
        .layer(CatchPanicLayer::custom(layers::caught))
        .layer(middleware::from_fn_with_state(state.clone(), layers::time_out))
        .layer(DefaultBodyLimit::max(limit))
        .layer(middleware::from_fn_with_state(state.clone(), layers::identify))
        .layer(CompressionLayer::new())
        .with_state(state)
}
