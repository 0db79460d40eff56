//! Calendars: making one, what it shows, and its feed at the address that holds its token.

mod ics;

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, OriginalUri, Path, Request, State},
    http::{HeaderMap, HeaderValue, Uri, header, request::Parts, uri::PathAndQuery},
    response::{IntoResponse, Response},
    routing::{MethodFilter, get},
};
use kernel::{Ctx, Error};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::{Answer, etag},
    body::Members,
    caller::{Caller, SignedIn, locale, unidentified},
    if_match::Creating,
    kinds::Operation,
    openapi::kinds as contract,
    parameters::refuse_parameters,
    problem::{Problem, ReadProblems},
    records::Records,
};
use crate::{
    domain::calendars::{
        calendar,
        entries::{CalendarEntries, entries_of},
    },
    limits::meter::Meter,
    origin::Origin,
    signin::calendar::{Token, read},
    state::AppState,
};

/// Where calendars lie.
const ROOT: &str = "/api/v1/calendars/";
/// What stands in the place of a token once it is taken off an address.
const TAKEN: &str = "feed";

/// `POST /calendars`: a calendar of the caller, with its address this once.
pub fn issue() -> Operation {
    let def = calendar::def();
    let issue = async move |State(state): State<AppState>,
                            SignedIn(ctx): SignedIn,
                            _: Creating,
                            Members(fields): Members| {
        let (row, token) = calendar::issue(&ctx, fields).await?;
        let address = state.limits.front.public_url.link(&format!("{ROOT}{token}.ics"));
        Records { def, ctx }.issued(&row, ("feed_url", &address)).await
    };
    Operation::new(MethodFilter::POST, format!("/{}", def.collection), contract::issue_calendar(def), issue)
}

/// Routes for whoever is signed in.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_calendar_entries))
}

/// What the document says of feeds.
#[derive(OpenApi)]
#[openapi(paths(get_calendar_feed, get_calendar_feed_json))]
struct Feeds;

/// Routes of feeds: tokens are taken off their addresses before any of them is looked for.
pub fn feed_router() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Feeds::openapi())
        .route(&format!("/calendars/{TAKEN}.ics"), get(get_calendar_feed))
        .route(&format!("/calendars/{TAKEN}.json"), get(get_calendar_feed_json))
}

/// Takes the token off the address of a feed, so that neither the log nor an answer can tell it.
pub fn take(request: &mut Request) {
    let Some(below) = request.uri().path().strip_prefix(ROOT) else { return };
    let below = below.trim_start_matches('/');
    let (segment, rest) = below.split_at(below.find('/').unwrap_or(below.len()));
    let Some((token, ending)) = Token::take(segment) else { return };
    let query = request.uri().query().map_or_else(String::new, |query| format!("?{query}"));
    let path = format!("{ROOT}{TAKEN}{ending}{rest}{query}");
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(path).ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        request.extensions_mut().insert(OriginalUri(uri.clone()));
        request.extensions_mut().insert(token);
        *request.uri_mut() = uri;
    }
}

/// What a feed shows to the person of its token.
struct Feed(CalendarEntries);

impl FromRequestParts<AppState> for Feed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let token = parts.extensions.get::<Token>().ok_or(Error::NotFound)?;
        let mut ctx: Ctx = unidentified(parts, state);
        // Programs ask in the language of their machine; the person may have said which one it reads.
        ctx.locale = Arc::new(locale(&HeaderMap::new(), parts.uri.query()));
        if let Some(meter) = parts.extensions.get::<Meter>() {
            meter.identify(token.payer())?;
        }
        let from = parts.extensions.get::<Origin>().map(|origin| origin.address);
        let (ctx, calendar) = read(&ctx, &state.keys, token, from).await?;
        refuse_parameters(parts.uri.query(), &["lang"])?;
        Ok(Self(entries_of(&ctx, calendar).await?))
    }
}

#[utoipa::path(get, path = "/calendars/{token}.ics", tag = "Calendars",
    summary = "Read the feed of a calendar",
    description = "Answers what a calendar shows as iCalendar (RFC 5545), to whoever holds its address: the token in it is the only credential. It is read as the \
        person who made it, with that person's grants of now. An address that was revoked, has ended, or whose person has no grant any more leads nowhere. Days are \
        whole days, instants are in UTC; what does not take place any more is told as cancelled for 30 days.",
    params(("token" = String, Path, description = "Token of the calendar"),
        ("lang" = Option<String>, Query, description = "Languages wanted, best first; without it the person's own.")),
    responses((status = 200, description = "The feed", content_type = "text/calendar", body = String, headers(("ETag" = String))), ReadProblems),
    security(()))]
async fn get_calendar_feed(State(state): State<AppState>, Feed(entries): Feed) -> Response {
    let body = ics::print(&entries, &state.limits.front.public_url);
    let tag = etag(0, body.as_bytes());
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    headers.extend(HeaderValue::from_str(&tag).ok().map(|tag| (header::ETAG, tag)));
    (headers, body).into_response()
}

#[utoipa::path(get, path = "/calendars/{token}.json", tag = "Calendars",
    summary = "Read the feed of a calendar as JSON",
    description = "Answers the same entries as the feed at the address that ends in `.ics`, as JSON.",
    params(("token" = String, Path, description = "Token of the calendar"),
        ("lang" = Option<String>, Query, description = "Languages wanted, best first; without it the person's own.")),
    responses((status = 200, description = "The entries", body = CalendarEntries, headers(("ETag" = String))), ReadProblems),
    security(()))]
async fn get_calendar_feed_json(Feed(entries): Feed) -> Result<Answer, Problem> {
    Ok(Answer::of(&entries)?)
}

#[utoipa::path(get, path = "/calendars/{id}/entries", tag = "Calendars",
    summary = "Read what a calendar shows",
    description = "Answers the entries of a calendar that the caller sees, as far as the caller itself may see what they lead to: to its person what the feed shows.",
    params(("id" = String, Path, description = "Id of the calendar")),
    responses((status = 200, description = "The entries", body = CalendarEntries, headers(("ETag" = String))), ReadProblems))]
async fn get_calendar_entries(
    Caller(ctx): Caller,
    Path(id): Path<String>,
) -> Result<Json<CalendarEntries>, Problem> {
    let id = addresses::id(&id)?;
    Ok(Json(entries_of(&ctx, id).await?))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn taken(path: &str) -> String {
        let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
        take(&mut request);
        request.uri().to_string()
    }

    #[test]
    fn no_token_stays_in_an_address() {
        let secret = format!("cal_{}", "A".repeat(43));

        assert_eq!(
            taken(&format!("/api/v1/calendars/{secret}.ics?lang=ru")),
            "/api/v1/calendars/feed.ics?lang=ru"
        );
        assert_eq!(taken(&format!("/api/v1/calendars/{secret}.json")), "/api/v1/calendars/feed.json");
        assert_eq!(taken(&format!("/api/v1/calendars/{secret}")), "/api/v1/calendars/feed");
        assert_eq!(taken(&format!("/api/v1/calendars/{secret}.pdf/x")), "/api/v1/calendars/feed/x");
        let id = "/api/v1/calendars/0198c0de-0000-7000-8000-000000000001/entries";
        assert_eq!(taken(id), id);
    }
}
