//! Pages and contracts, all from the binary: nothing is loaded from another host.

mod problems;

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::{HeaderValue, header},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::get,
};
use kernel::{Code, Error};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{contracts, rest::problem::Problem, state::AppState};

/// What pages may load: only what this binary serves.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The contracts and the pages of problems, each made once; answers share them.
static OPENAPI: LazyLock<Bytes> = LazyLock::new(|| contracts::openapi().into());
static SDL: LazyLock<Bytes> = LazyLock::new(|| contracts::sdl().into());
static PROBLEMS: LazyLock<Bytes> = LazyLock::new(|| problems::all().into());
static PROBLEM: LazyLock<BTreeMap<&str, Bytes>> = LazyLock::new(|| {
    let page = |code: &Code| (code.name(), problems::one(*code).into());
    Code::ALL.iter().map(page).collect()
});

const HTML: &str = "text/html; charset=utf-8";

macro_rules! asset {
    ($file:literal) => {
        Bytes::from_static(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $file)))
    };
}

pub(super) fn router() -> Router<AppState> {
    let swagger = SwaggerUi::new("/docs").config(Config::from("/openapi.json").try_it_out_enabled(true));
    Router::new()
        .route("/", get(|| async { page(HTML, asset!("landing.html")) }))
        .route("/assets/landing.css", get(|| async { page("text/css", asset!("landing.css")) }))
        .route("/graphiql", get(|| async { page(HTML, asset!("graphiql/index.html")) }))
        .route("/graphiql/{file}", get(graphiql))
        .route("/problems", get(|| async { page(HTML, PROBLEMS.clone()) }))
        .route("/problems/{code}", get(problem))
        .route("/openapi.json", get(|| async { page("application/json", OPENAPI.clone()) }))
        .route("/schema.graphql", get(|| async { page("text/plain; charset=utf-8", SDL.clone()) }))
        .merge(Router::from(swagger))
        .layer(map_response(guard))
}

/// Tells browsers what pages may load; scripts of a page's own text are none of it.
async fn guard(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

async fn graphiql(Path(file): Path<String>) -> Result<Response, Problem> {
    let (kind, bytes) = match file.as_str() {
        "graphiql.min.js" => ("text/javascript", asset!("graphiql/graphiql.min.js")),
        "react.production.min.js" => ("text/javascript", asset!("graphiql/react.production.min.js")),
        "react-dom.production.min.js" => ("text/javascript", asset!("graphiql/react-dom.production.min.js")),
        "init.js" => ("text/javascript", asset!("graphiql/init.js")),
        "graphiql.min.css" => ("text/css", asset!("graphiql/graphiql.min.css")),
        "style.css" => ("text/css", asset!("graphiql/style.css")),
        _ => return Err(Error::NotFound.into()),
    };
    Ok(page(kind, bytes))
}

async fn problem(Path(code): Path<String>) -> Result<Response, Problem> {
    let found = PROBLEM.get(code.as_str()).ok_or(Error::NotFound)?;
    Ok(page(HTML, found.clone()))
}

fn page(kind: &'static str, bytes: Bytes) -> Response {
    ([(header::CONTENT_TYPE, kind)], bytes).into_response()
}
