//! Serving: the router of all addresses, the accept loop, start, and stop.

mod accept;
mod asset;
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
    extract::{Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
    routing::get,
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
};

use crate::{
    rest::{self, caching, layers, unchanged::conditional},
    state::AppState,
};

pub use start::{ServeError, ServeOptions, serve};

/// What is sent as it is kept: files of which any part may be asked for.
const AS_IT_IS: NotForContentType = NotForContentType::const_new("application/octet-stream");

/// Every address, built once for each process: nothing in it belongs to one service.
static ROUTES: LazyLock<Router<AppState>> = LazyLock::new(routes);

/// Every address of the service.
pub fn app(state: AppState) -> Router {
    guarded(ROUTES.clone(), state)
}

fn routes() -> Router<AppState> {
    let api = rest::router()
        .route_layer(from_fn(conditional))
        .fallback(layers::no_such_address)
        .method_not_allowed_fallback(layers::no_such_method);
    let by_graphql = get(graphql::by_get).post(graphql::by_post);
    let by_graphql = by_graphql.layer(from_fn(caching::tagged)).layer(from_fn(conditional));
    Router::new()
        .nest("/api/v1", api)
        .merge(rest::odata::router())
        .route("/graphql", by_graphql)
        .route("/graphql/ws", get(socket::upgrade))
        .merge(pages::router())
        .merge(health::router())
        .fallback(layers::no_such_address)
        .method_not_allowed_fallback(layers::no_such_method)
}

/// Addresses behind everything a request passes, outermost first.
///
/// Layers stand around the router and not on its routes, and are few: axum copies each for every request, with all
/// that is behind it.
pub fn guarded(routes: Router<AppState>, state: AppState) -> Router {
    let origins = &state.limits.front.cors_origins;
    let cors = (!origins.is_empty()).then(|| gate::cors(origins));
    let layers = ServiceBuilder::new()
        .layer(from_fn(layers::weaken))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(AS_IT_IS)))
        .layer(from_fn_with_state(state.clone(), layers::identify))
        .layer(CatchPanicLayer::custom(layers::caught))
        .option_layer(cors)
        .layer(from_fn_with_state(state.clone(), pass));
    Router::new().fallback_service(layers.service(routes.with_state(state)))
}

/// What a request passes on its way to its address: it pays and is let in, has its time, outlives its caller where it
/// writes, and is done once where it has a key.
async fn pass(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let inside = state.clone();
    let run = async move |request| {
        let answer = move |request| layers::contained(request, next);
        let once = move |request| rest::idempotency::remember(request, answer);
        layers::time_out(&inside, layers::outlive(&inside, request, once)).await
    };
    rest::odata::told(request, |request| gate::admit(&state, gate::drained(request), run)).await
}
