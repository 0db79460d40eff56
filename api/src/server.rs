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

use std::sync::LazyLock;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

use crate::{
    rest::{self, layers},
    state::AppState,
};

pub use start::{ServeError, ServeOptions, serve};

/// Every address, built once for each process: nothing in it belongs to one service.
static ROUTES: LazyLock<Router<AppState>> = LazyLock::new(routes);

/// Every address of the service.
pub fn app(state: AppState) -> Router {
    guarded(ROUTES.clone(), state)
}

fn routes() -> Router<AppState> {
    let api = rest::router()
        .route_layer(from_fn(layers::conditional))
        .fallback(layers::no_such_address)
        .method_not_allowed_fallback(layers::no_such_method);
    Router::new()
        .nest("/api/v1", api)
        .route("/graphql", get(graphql::by_get).post(graphql::by_post))
        .route("/graphql/ws", get(socket::upgrade))
        .merge(pages::router())
        .merge(health::router())
        .fallback(layers::no_such_address)
        .method_not_allowed_fallback(layers::no_such_method)
}

/// Addresses behind everything a request passes, outermost first.
///
/// The guards stand around the router and not on its routes: axum copies what stands on a route for each request.
pub fn guarded(routes: Router<AppState>, state: AppState) -> Router {
    let origins = &state.limits.front.cors_origins;
    let cors = (!origins.is_empty()).then(|| gate::cors(origins));
    let guards = ServiceBuilder::new()
        .layer(from_fn(layers::weaken))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.clone(), layers::identify))
        .layer(CatchPanicLayer::custom(layers::caught))
        .option_layer(cors)
        .layer(from_fn(gate::drain))
        .layer(from_fn_with_state(state.clone(), gate::admit))
        .layer(from_fn_with_state(state.clone(), layers::time_out))
        .layer(from_fn_with_state(state.clone(), layers::outlive))
        .layer(CatchPanicLayer::custom(layers::caught))
        .layer(from_fn(rest::idempotency::remember))
        .layer(from_fn(layers::readable));
    Router::new().fallback_service(guards.service(routes.with_state(state)))
}
