//! Pages and contracts, all from the binary: nothing is loaded from another host.

mod board;
mod problems;
mod swagger;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{OriginalUri, Path, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::{from_fn, map_response},
    response::Response,
    routing::get,
};
use kernel::{Code, input::nearest};

use super::asset::Asset;
use crate::{
    contracts,
    rest::{addresses::no_such_address, problem::Problem, unchanged::conditional},
    state::AppState,
};

/// What pages may load: only what this binary serves.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

macro_rules! asset {
    ($file:literal) => {
        &include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $file))[..]
    };
}

/// What the pages load, by the address that they name it by.
static PARTS: LazyLock<BTreeMap<&str, Asset>> = LazyLock::new(|| {
    let all = [
        ("assets/landing.css", STYLE, asset!("landing.css")),
        ("demo/board.css", STYLE, asset!("board.css")),
        ("demo/board.js", SCRIPT, asset!("board.js")),
        ("demo/dashboard.css", STYLE, asset!("dashboard.css")),
        ("demo/dashboard.js", SCRIPT, asset!("dashboard.js")),
        ("graphiql/graphiql.min.js", SCRIPT, asset!("graphiql/graphiql.min.js")),
        ("graphiql/react.production.min.js", SCRIPT, asset!("graphiql/react.production.min.js")),
        ("graphiql/react-dom.production.min.js", SCRIPT, asset!("graphiql/react-dom.production.min.js")),
        ("graphiql/init.js", SCRIPT, asset!("graphiql/init.js")),
        ("graphiql/graphiql.min.css", STYLE, asset!("graphiql/graphiql.min.css")),
        ("graphiql/style.css", STYLE, asset!("graphiql/style.css")),
    ];
    all.map(|(address, kind, bytes)| (address, Asset::new(kind, bytes))).into()
});

/// The pages, each made once; answers share them.
static LANDING: LazyLock<Asset> = LazyLock::new(|| {
    let all = text(asset!("landing.html"));
    html(&all.lines().filter(|line| !line.contains("href=\"demo")).collect::<Vec<_>>().join("\n"))
});
static LANDING_OF_DEMO: LazyLock<Asset> = LazyLock::new(|| html(&text(asset!("landing.html"))));
static GRAPHIQL: LazyLock<Asset> = LazyLock::new(|| html(&text(asset!("graphiql/index.html"))));
static PROBLEMS: LazyLock<Asset> = LazyLock::new(|| html(&problems::all()));
static PROBLEM: LazyLock<BTreeMap<&str, Asset>> =
    LazyLock::new(|| Code::ALL.iter().map(|code| (code.name(), html(&problems::one(*code)))).collect());
static SDL: LazyLock<Asset> = LazyLock::new(|| Asset::new("text/plain; charset=utf-8", contracts::sdl()));

/// The OpenAPI document by the address of the service it names.
static OPENAPI: LazyLock<Mutex<HashMap<String, Arc<Asset>>>> = LazyLock::new(Mutex::default);

pub(super) fn router() -> Router<AppState> {
    let fixed = |page: &'static LazyLock<Asset>| {
        get(async move |request: Request| page.answer(request.uri(), request.headers()).await)
    };
    Router::new()
        .route("/", get(landing))
        .route("/assets/{file}", get(part))
        .route("/graphiql", fixed(&GRAPHIQL))
        .route("/graphiql/{file}", get(part))
        .route("/problems", fixed(&PROBLEMS))
        .route("/problems/{code}", get(problem))
        .route("/openapi.json", get(openapi))
        .route("/schema.graphql", fixed(&SDL))
        .merge(board::router())
        .merge(swagger::router())
        .layer(map_response(guard))
        .layer(from_fn(conditional))
}

/// Tells browsers what pages may load; scripts of a page's own text are none of it.
async fn guard(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// The demonstration's landing page leads to its pages too, which no other installation has.
async fn landing(State(state): State<AppState>, request: Request) -> Response {
    let page = if state.is_demo { &LANDING_OF_DEMO } else { &LANDING };
    page.answer(request.uri(), request.headers()).await
}

async fn part(OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Result<Response, Problem> {
    let found = uri.path().strip_prefix('/').and_then(|address| PARTS.get(address));
    let found = found.ok_or_else(|| no_such_address(uri.path()))?;
    Ok(found.answer(&uri, &headers).await)
}

async fn problem(
    OriginalUri(uri): OriginalUri,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let unknown = || {
        let near = nearest(&code.to_lowercase(), PROBLEM.keys().copied());
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `/problems/{near}`?"));
        Problem::Http(Code::NotFound, format!("there is no such code of errors{hint}"))
    };
    let found = PROBLEM.get(code.as_str()).ok_or_else(unknown)?;
    Ok(found.answer(&uri, &headers).await)
}

async fn openapi(State(state): State<AppState>, request: Request) -> Response {
    let server = state.limits.front.public_url.link("/api/v1");
    let known = |all: &mut HashMap<String, Arc<Asset>>| {
        let made = || Arc::new(Asset::new("application/json", contracts::openapi_at(&server)));
        all.entry(server.clone()).or_insert_with(made).clone()
    };
    let document = known(&mut OPENAPI.lock().unwrap_or_else(PoisonError::into_inner));
    document.answer(request.uri(), request.headers()).await
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page, of which the addresses of parts say which content they have.
fn html(page: &str) -> Asset {
    let versioned = PARTS.iter().fold(page.to_owned(), |page, (address, part)| {
        page.replace(&format!("{address}\""), &format!("{address}{}\"", part.version()))
    });
    Asset::new(HTML, versioned)
}
