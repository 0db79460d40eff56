//! Pages and contracts, all from the binary: nothing is loaded from another host.

mod problems;

use axum::{
    Router,
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

macro_rules! asset {
    ($file:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $file)).as_slice()
    };
}

pub(super) fn router() -> Router<AppState> {
    let swagger = SwaggerUi::new("/docs").config(Config::from("/openapi.json").try_it_out_enabled(true));
    Router::new()
        .route("/", get(|| async { page("text/html; charset=utf-8", asset!("landing.html")) }))
        .route("/assets/landing.css", get(|| async { page("text/css", asset!("landing.css")) }))
        .route("/graphiql", get(|| async { page("text/html; charset=utf-8", asset!("graphiql/index.html")) }))
        .route("/graphiql/{file}", get(graphiql))
        .route("/problems", get(|| async { html(problems::all()) }))
        .route("/problems/{code}", get(problem))
        .route("/openapi.json", get(openapi))
        .route("/schema.graphql", get(|| async { text("text/plain; charset=utf-8", contracts::sdl()) }))
        .merge(Router::from(swagger))
        .layer(map_response(guard))
}

/// Tells browsers what pages may load; scripts of a page's own text are none of it.
async fn guard(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

async fn openapi() -> Response {
    static DOCUMENT: std::sync::LazyLock<String> = std::sync::LazyLock::new(contracts::openapi);
    text("application/json", DOCUMENT.clone())
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
    let code = Code::ALL.iter().find(|known| known.name() == code).ok_or(Error::NotFound)?;
    Ok(html(problems::one(*code)))
}

fn page(kind: &'static str, bytes: &'static [u8]) -> Response {
    typed(kind, bytes.into_response())
}

fn html(text: String) -> Response {
    typed("text/html; charset=utf-8", text.into_response())
}

fn typed(kind: &'static str, mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn text(kind: &'static str, body: String) -> Response {
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}
