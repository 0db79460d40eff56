//! OData 4.0, for programs for tables: every list and every flat view as an entity set that is only read. Filters are said in the
//! statements of lists; what is not supported is refused by its name.

mod answer;
mod apply;
mod filter;
mod metadata;
mod options;
mod refusal;
mod sets;
mod words;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::get,
};
use kernel::{Code, Ctx, Error, input::hint};
use serde_json::{Value as Json, json};

use super::{
    answer::etag, caching, caller::recall, parameters::pairs, problem::Problem, traced,
    unchanged::conditional,
};
use crate::{domain::flat, preference::Accept, state::AppState};
use answer::Frame;
use options::Given;
use sets::Set;

/// Where the service lies.
pub(crate) const ROOT: &str = "/odata/v4";
/// The version of the protocol.
const VERSION: HeaderValue = HeaderValue::from_static("4.0");

/// Routes of OData.
pub(crate) fn router() -> Router<AppState> {
    let paths = [ROOT.to_owned(), format!("{ROOT}/"), format!("{ROOT}/{{*rest}}")];
    paths
        .iter()
        .fold(Router::new(), |all, path| all.route(path, get(answered)))
        .route_layer(from_fn(traced::settled))
        .route_layer(from_fn(caching::tagged))
        .route_layer(from_fn(conditional))
}

/// Answers a request; below the root every refusal of what runs is written as OData has it.
pub(crate) async fn told<R: Future<Output = Response>>(
    request: Request,
    run: impl FnOnce(Request) -> R,
) -> Response {
    let path = request.uri().path();
    let is_below = path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let response = run(request).await;
    if is_below { refusal::told(response).await } else { response }
}

/// What an address asks for.
enum Asked {
    Service,
    Metadata,
    Entities(String),
    Count(String),
    Entity(String, String),
}

/// The form of an answer.
enum Made {
    Json(Json),
    Xml(String),
    Text(String),
}

async fn answered(
    State(state): State<AppState>,
    below: Option<Path<String>>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let mut recalled = recall(&parts, &state).await?;
    let scheme = parts.uri.scheme_str().unwrap_or("http");
    loop {
        let below = below.as_ref().map_or("", |Path(below)| below.as_str());
        let made = made(&recalled.ctx, &state, (below, parts.uri.query(), scheme), &parts.headers).await;
        if recalled.stood().await? {
            return made.map(respond);
        }
    }
}

fn respond(made: Made) -> Response {
    let (media, body) = match made {
        Made::Json(json) => (
            "application/json;odata.metadata=minimal;charset=utf-8",
            serde_json::to_vec(&json).unwrap_or_default(),
        ),
        Made::Xml(text) => ("application/xml", text.into_bytes()),
        Made::Text(text) => ("text/plain;charset=utf-8", text.into_bytes()),
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if let Ok(tag) = HeaderValue::from_str(&etag(0, &body)) {
        headers.insert(header::ETAG, tag);
    }
    (headers, body).into_response()
}

async fn made(
    ctx: &Ctx,
    state: &AppState,
    (below, query, scheme): (&str, Option<&str>, &str),
    headers: &HeaderMap,
) -> Result<Made, Problem> {
    let given = Given::of(pairs(query))?;
    let accept = Accept::of(headers);
    let wants_json = match given.get("$format") {
        None => accept.weight("application/json") > 0.0,
        Some(form) => form == "json" || form.starts_with("application/json"),
    };
    let below = below.trim_matches('/');
    let asked = read(below).ok_or_else(|| no_such(below))?;
    if let Asked::Metadata = asked {
        let wants_xml = match given.get("$format") {
            None => accept.weight("application/xml") >= accept.weight("application/json"),
            Some(form) => form == "xml" || form.starts_with("application/xml"),
        };
        return Ok(match (wants_xml, wants_json) {
            (true, _) => Made::Xml(metadata::xml(ctx)),
            (false, true) => Made::Json(metadata::json(ctx)),
            (false, false) => return Err(unacceptable("XML or JSON")),
        });
    }
    if !wants_json && !matches!(asked, Asked::Count(_)) {
        return Err(unacceptable("JSON"));
    }
    let is_bare = |text: &str| text.contains("odata.metadata=none");
    let has_context = !given.get("$format").is_some_and(is_bare)
        && !headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(is_bare);
    let frame = Frame { root: root(state, headers, scheme), has_context };
    match asked {
        Asked::Service => {
            let set = |name: String| json!({ "name": name, "kind": "EntitySet", "url": name });
            let sets: Vec<Json> = sets::names().into_iter().map(set).collect();
            Ok(Made::Json(json!({ "@odata.context": format!("{}/$metadata", frame.root), "value": sets })))
        }
        Asked::Entities(name) => {
            let set = set(ctx, &name).await?;
            answer::entities(ctx, &set, &given, &frame).await.map(Made::Json)
        }
        Asked::Count(name) => {
            let set = set(ctx, &name).await?;
            Ok(Made::Text(answer::counted(ctx, &set, &given).await?.to_string()))
        }
        Asked::Entity(name, key) => {
            let set = set(ctx, &name).await?;
            let first = set.table.columns.first();
            let cell = first.and_then(|column| flat::cell(column.ty, &key)).ok_or(Error::NotFound)?;
            answer::entity(ctx, &set, cell, (&given, &frame)).await.map(Made::Json)
        }
        Asked::Metadata => Err(no_such(below)),
    }
}

/// The address of the service, with the host: many clients take no other.
fn root(state: &AppState, headers: &HeaderMap, scheme: &str) -> String {
    let public = &state.limits.front.public_url;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match host.filter(|_| public.is_unset()) {
        Some(host) => format!("{scheme}://{host}{ROOT}"),
        None => public.link(ROOT),
    }
}

/// What an address below the root asks for.
fn read(below: &str) -> Option<Asked> {
    Some(match below {
        "" => Asked::Service,
        "$metadata" => Asked::Metadata,
        _ => match below.split_once('/') {
            Some((name, "$count")) => Asked::Count(name.to_owned()),
            _ => match below.strip_suffix(')').and_then(|keyed| keyed.split_once('(')) {
                Some((name, key)) => {
                    let key = key.split_once('=').map_or(key, |(_, key)| key);
                    let text = key.strip_prefix('\'').and_then(|key| key.strip_suffix('\''));
                    Asked::Entity(
                        name.to_owned(),
                        text.map_or_else(|| key.to_owned(), |text| text.replace("''", "'")),
                    )
                }
                None if !below.contains('/') => Asked::Entities(below.to_owned()),
                None => return None,
            },
        },
    })
}

async fn set(ctx: &Ctx, name: &str) -> Result<Set, Problem> {
    match sets::find(ctx, name).await? {
        Some(set) => Ok(set),
        None => Err(no_such(name)),
    }
}

fn no_such(name: &str) -> Problem {
    let names = sets::names();
    let near = hint(name, names.iter().map(String::as_str));
    Problem::Http(Code::NotFound, format!("there is no entity set at this address{near}"))
}

fn unacceptable(forms: &str) -> Problem {
    Problem::Http(Code::NotAcceptable, format!("this is answered as {forms}"))
}
