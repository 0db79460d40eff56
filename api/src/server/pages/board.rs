//! The board of the demonstration: a small portal over the public API, served with the demonstration only.

use std::sync::LazyLock;

use axum::{
    Router,
    extract::{OriginalUri, State},
    http::HeaderMap,
    response::Response,
    routing::get,
};

use super::{PARTS, escaped, html};
use crate::{
    rest::{addresses::no_such_address, problem::Problem},
    seed::{self, PASSWORD, SignIn},
    server::asset::Asset,
    state::AppState,
};

const FRAME: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/board.html"));

/// The countries of the demonstration.
const COUNTRIES: &str = "KGZ XAA XAB";

static PAGE: LazyLock<kernel::Result<Asset>> = LazyLock::new(|| {
    let readers: Vec<String> = seed::sign_ins()?.iter().map(reader).collect();
    let page = FRAME.replace("{readers}", &readers.join("\n"));
    Ok(html(&page.replace("{password}", PASSWORD).replace("{countries}", COUNTRIES)))
});

fn reader(who: &SignIn) -> String {
    let [email, role, owner] = [&who.email, &who.role, &who.owner].map(|text| escaped(text));
    format!("        <option value=\"{email}\">{email} ({}, {owner})</option>", role.replace('_', " "))
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/demo", get(page)).route("/demo/{file}", get(part))
}

async fn page(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !state.is_demo {
        return Err(no_such_address(uri.path()));
    }
    match &*PAGE {
        Ok(page) => Ok(page.answer(&uri, &headers).await),
        Err(error) => Err(kernel::Error::Internal(error.to_string()).into()),
    }
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
