//! Links under the address at which callers reach the service.

use axum::{
    extract::{OriginalUri, Request},
    http::{HeaderMap, HeaderValue, Uri, header, uri::PathAndQuery},
    response::{IntoResponse, Redirect, Response},
};

use crate::config::PublicUrl;

/// Takes the path prefix off a request, where a proxy has left it there; answers the prefix alone, under which no link of
/// a page leads where it should, by its address with a slash.
pub fn enter(public: &PublicUrl, request: &mut Request) -> Option<Response> {
    let path = public.within(request.uri().path())?;
    if request.uri().path() == public.prefix() {
        return Some(Redirect::permanent("/").into_response());
    }
    let query = request.uri().query().map_or_else(String::new, |query| format!("?{query}"));
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(format!("{path}{query}")).ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        // The address as it came, which links are made of, is noted outside of all layers.
        request.extensions_mut().insert(OriginalUri(uri.clone()));
        *request.uri_mut() = uri;
    }
    None
}

/// Lets the links in the headers of an answer begin with the public address.
pub fn leave(public: &PublicUrl, headers: &mut HeaderMap) {
    if public.is_unset() {
        return;
    }
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let location = text(header::LOCATION).filter(|to| to.starts_with('/')).map(|to| public.link(to));
    let link = text(header::LINK).and_then(|link| Some(format!("<{}", public.link(link.strip_prefix('<')?))));
    for (name, link) in [(header::LOCATION, location), (header::LINK, link)] {
        if let Some(value) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
            headers.insert(name, value);
        }
    }
}
