//! Serving: the router of all addresses, the accept loop, start, and stop.

mod accept;
mod connection;
mod gate;
mod graphql;
mod health;
mod pages;
mod pulse;
mod socket;
mod start;
mod stop;
mod tls;

use axum::{Router, middleware, routing::get};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

use crate::{
    rest::{self, layers},
    state::AppState,
};

pub use start::{ServeError, ServeOptions, serve};

/// Every address of the service.
pub fn app(state: AppState) -> Router {
    let api = rest::router()
        .route_layer(middleware::from_fn(layers::conditional))
        .fallback(layers::no_such_address)
        .method_not_allowed_fallback(layers::no_such_method);
    let routes = Router::new()
        .nest("/api/v1", api)
        .route("/graphql", get(graphql::by_get).post(graphql::by_post))
        .route("/graphql/ws", get(socket::upgrade))
        .merge(pages::router())
        .merge(health::router())
        .fallback(layers::no_such_address)
        .method_not_allowed_fallback(layers::no_such_method);
    guarded(routes, state)
}

/// Addresses behind everything a request passes, outermost last.
pub fn guarded(routes: Router<AppState>, state: AppState) -> Router {
    let origins = &state.limits.front.cors_origins;
    let guarded = routes
        .layer(middleware::from_fn(layers::readable))
        .layer(middleware::from_fn(rest::idempotency::remember))
        .layer(CatchPanicLayer::custom(layers::caught))
        .layer(middleware::from_fn_with_state(state.clone(), layers::outlive))
        .layer(middleware::from_fn_with_state(state.clone(), layers::time_out))
        .layer(middleware::from_fn_with_state(state.clone(), gate::admit))
        .layer(middleware::from_fn(gate::drain));
    let guarded = if origins.is_empty() { guarded } else { guarded.layer(gate::cors(origins)) };
    guarded
        .layer(CatchPanicLayer::custom(layers::caught))
        .layer(middleware::from_fn_with_state(state.clone(), layers::identify))
        .layer(CompressionLayer::new())
        .with_state(state)
}
