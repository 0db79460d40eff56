//! The board and the dashboard of the demonstration: small portals over the public API, served with it only.

use std::sync::LazyLock;

use axum::{
    Router,
    extract::{OriginalUri, State},
    http::HeaderMap,
    response::Response,
    routing::{MethodRouter, get},
};

use super::{PARTS, escaped, html};
use crate::{
    rest::{addresses::no_such_address, problem::Problem},
    seed::{self, PASSWORD, SignIn},
    server::asset::Asset,
    state::AppState,
};

type Page = LazyLock<kernel::Result<Asset>>;

/// The countries of the demonstration.
const COUNTRIES: &str = "KGZ XAA XAB";

static BOARD: Page =
    LazyLock::new(|| framed(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/board.html"))));
static DASHBOARD: Page =
    LazyLock::new(|| framed(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/dashboard.html"))));

fn framed(frame: &str) -> kernel::Result<Asset> {
    let readers: Vec<String> = seed::sign_ins()?.iter().map(reader).collect();
    let page = frame.replace("{readers}", &readers.join("\n"));
    Ok(html(&page.replace("{password}", PASSWORD).replace("{countries}", COUNTRIES)))
}

fn reader(who: &SignIn) -> String {
    let [email, role, owner] = [&who.email, &who.role, &who.owner].map(|text| escaped(text));
    format!("        <option value=\"{email}\">{email} ({}, {owner})</option>", role.replace('_', " "))
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/demo", shown(&BOARD))
        .route("/demo/dashboard", shown(&DASHBOARD))
        .route("/demo/{file}", get(part))
}

fn shown(page: &'static Page) -> MethodRouter<AppState> {
    get(async move |State(state): State<AppState>, OriginalUri(uri): OriginalUri, headers: HeaderMap| {
        match &**page {
            _ if !state.is_demo => Err(no_such_address(uri.path())),
            Ok(page) => Ok(page.answer(&uri, &headers).await),
            Err(error) => Err(kernel::Error::Internal(error.to_string()).into()),
        }
    })
}

async fn part(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let address = uri.path().strip_prefix('/').filter(|_| state.is_demo);
    let found = address.and_then(|address| PARTS.get(address));
    let found = found.ok_or_else(|| no_such_address(uri.path()))?;
    Ok(found.answer(&uri, &headers).await)
}
