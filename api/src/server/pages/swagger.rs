//! The page that shows the REST contract.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{OriginalUri, Path},
    http::HeaderMap,
    response::{Redirect, Response},
    routing::get,
};
use utoipa_swagger_ui::{Config, serve};

use crate::{
    rest::{addresses::no_such_address, problem::Problem},
    server::asset::Asset,
    state::AppState,
};

/// What the page loads.
const PARTS: [&str; 5] = [
    "index.css",
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "swagger-initializer.js",
];

/// The files that were asked for, by name.
static FILES: LazyLock<Mutex<HashMap<String, Arc<Asset>>>> = LazyLock::new(Mutex::default);

pub(super) fn router() -> Router<AppState> {
    let index = async |uri: OriginalUri, headers: HeaderMap| answer(uri, headers, "index.html").await;
    let file = async |uri: OriginalUri, Path(name): Path<String>, headers: HeaderMap| {
        answer(uri, headers, &name).await
    };
    Router::new()
        .route("/docs", get(async || Redirect::permanent("/docs/")))
        .route("/docs/", get(index))
        .route("/docs/{file}", get(file))
}

async fn answer(OriginalUri(uri): OriginalUri, headers: HeaderMap, name: &str) -> Result<Response, Problem> {
    let found = file(name).ok_or_else(|| no_such_address(uri.path()))?;
    Ok(found.answer(&uri, &headers).await)
}

/// A file of the page, made once.
fn file(name: &str) -> Option<Arc<Asset>> {
    let known = FILES.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
    if known.is_some() {
        return known;
    }
    // Closed at first: with every operation drawn, a browser is busy for long before it answers a click.
    let config = Config::from("../openapi.json")
        .try_it_out_enabled(true)
        .doc_expansion("none")
        .default_models_expand_depth(0)
        .filter(true);
    let file = serve(name, Arc::new(config)).ok()??;
    let made = match name {
        "index.html" => {
            Asset::new("text/html; charset=utf-8", versioned(&String::from_utf8_lossy(&file.bytes)))
        }
        _ => Asset::new(file.content_type, file.bytes.into_owned()),
    };
    let made = Arc::new(made);
    FILES.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), made.clone());
    Some(made)
}

/// The page, of which the addresses of parts say which content they have.
fn versioned(page: &str) -> String {
    PARTS.iter().fold(page.to_owned(), |page, name| {
        let version = file(name).map(|part| part.version()).unwrap_or_default();
        page.replace(&format!("./{name}\""), &format!("./{name}{version}\""))
    })
}
