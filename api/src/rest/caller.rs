//! Who calls: extractors that put the caller into the context.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use chrono::{DateTime, Utc};
use kernel::{
    Code, Ctx, Error, Violation,
    input::{did_you_mean, nearest},
    spelling,
    view::Locale,
};
use uuid::Uuid;

use super::{idempotency, problem::Problem};
use crate::{
    limits::meter::Meter,
    preference::weighted,
    signin::{
        identity::{Identity, Recalled},
        sign_in_first,
        standing::{ACT_AS, load_actor, load_person},
        token,
    },
    state::AppState,
};

/// The id of the request, put there by the outermost layer.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// The session of the caller.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// The user.
    pub user: Uuid,
    /// The session.
    pub id: Uuid,
    /// Instant the access token ends to be good.
    pub until: DateTime<Utc>,
}

/// Any caller, anonymous ones too; refuses unknown query parameters.
#[derive(Clone, Debug)]
pub struct Caller(pub Ctx);

/// Any caller of a read, as it was looked up last; refuses unknown query parameters.
#[derive(Clone, Debug)]
pub struct Reading(pub Recalled);

/// A caller who is signed in; everybody else is answered 401.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Ctx);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (ctx, _) = authenticate(parts, state).await?;
        refuse_parameters(parts.uri.query(), &["lang"])?;
        Ok(Self(ctx))
    }
}

impl FromRequestParts<AppState> for Reading {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let recalled = recall(parts, state).await?;
        if let Err(refusal) = refuse_parameters(parts.uri.query(), &["lang"]) {
            recalled.confirmed().await?;
            return Err(refusal);
        }
        Ok(Self(recalled))
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (ctx, _) = authenticate(parts, state).await?;
        if !ctx.actor.is_known() {
            return Err(sign_in_first().into());
        }
        refuse_parameters(parts.uri.query(), &["lang"])?;
        Ok(Self(ctx))
    }
}

/// A person who is signed in, under whatever owner: for what concerns the account itself.
#[derive(Clone, Debug)]
pub struct Person(pub Ctx, pub Session);

impl FromRequestParts<AppState> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (ctx, session) = begin(parts, state).await?;
        let session = session.ok_or_else(sign_in_first)?;
        refuse_parameters(parts.uri.query(), &["lang"])?;
        // Who holds grants of several owners may ask about itself without choosing one.
        let actor = match act_as(parts) {
            Some(owner) => load_actor(&ctx, Some((session.user, session.id)), Some(owner)).await?,
            None => match load_actor(&ctx, Some((session.user, session.id)), None).await {
                Err(Error::BadRequest(_)) => load_person(&ctx, session.user, session.id).await?,
                other => other?,
            },
        };
        Ok(Self(ctx.acting(actor), session))
    }
}

fn act_as(parts: &Parts) -> Option<&str> {
    parts.headers.get(ACT_AS).and_then(|value| value.to_str().ok())
}

/// The context of the request and the session its token names, before anything is looked up.
async fn begin(parts: &Parts, state: &AppState) -> Result<(Ctx, Option<Session>), Problem> {
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
    let mut ctx = state.ctx(request_id.as_deref());
    ctx.locale = Arc::new(locale(&parts.headers, parts.uri.query()));
    ctx.language = written(&parts.headers)?;
    let session = match bearer(&parts.headers)? {
        Some(text) => Some(session(state, text).await?),
        None => None,
    };
    if let (Some(session), Some(meter)) = (session, parts.extensions.get::<Meter>()) {
        meter.identify(session.user)?;
    }
    Ok((ctx, session))
}

/// The session a token names, once it is verified.
///
/// # Errors
/// 401 for a bad token.
pub async fn session(state: &AppState, token: &str) -> Result<Session, Problem> {
    let claims = token::verify(&state.keys, &state.clock, token).await?;
    let until = DateTime::from_timestamp(claims.exp, 0).unwrap_or_default();
    Ok(Session { user: claims.sub, id: claims.sid, until })
}

/// Who a request says it is from, for answers that go on and look the caller up again and again.
///
/// # Errors
/// 401 for a bad token.
pub async fn identity(parts: &Parts, state: &AppState) -> Result<(Ctx, Identity), Problem> {
    let (ctx, session) = begin(parts, state).await?;
    Ok((ctx, Identity::of(session.map(|s| (s.user, s.id, s.until)), act_as(parts))))
}

/// Finds out who calls; a bad token is always refused, never taken for anonymous.
///
/// # Errors
/// 400 for an idempotency key that is none, 401 for a bad token, 403 for an owner the caller has no grant of,
/// 400 where it must say which.
pub async fn authenticate(parts: &Parts, state: &AppState) -> Result<(Ctx, Identity), Problem> {
    let (ctx, identity) = identity(parts, state).await?;
    let mut ctx = identity.look_up(&ctx).await?;
    if ctx.actor.is_known() {
        ctx.idempotency = idempotency::call(parts)?;
    }
    Ok((ctx, identity))
}

/// Finds out who called when it was looked up last, for reads that check it after.
///
/// # Errors
/// As [`authenticate`].
pub async fn recall(parts: &Parts, state: &AppState) -> Result<Recalled, Problem> {
    let (ctx, identity) = identity(parts, state).await?;
    let mut ctx = identity.recall(&ctx).await?;
    if ctx.actor.is_known() {
        ctx.idempotency = idempotency::call(parts)?;
    }
    Ok(Recalled::new(ctx, identity))
}

fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let token = value.to_str().ok().and_then(|text| text.split_once(' '));
    match token {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(Error::Unauthenticated("Authorization takes `Bearer <access token>`".into()).into()),
    }
}

/// The caller's languages: `lang=` before `Accept-Language`.
fn locale(headers: &HeaderMap, query: Option<&str>) -> Locale {
    let asked = pairs(query).into_iter().find(|(name, _)| name == "lang").map(|(_, value)| value);
    if asked.as_deref() == Some("*") {
        return Locale { chain: Vec::new(), all: true };
    }
    if let Some(tags) = asked {
        return Locale { chain: tags.split(',').flat_map(|tag| lookup(tag.trim())).collect(), all: false };
    }
    let mut wanted: Vec<(&str, f32)> = weighted(headers, header::ACCEPT_LANGUAGE)
        .into_iter()
        .filter(|(tag, weight)| *weight > 0.0 && *tag != "*" && tag.len() <= LONGEST_TAG)
        .take(10)
        .collect();
    wanted.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    Locale { chain: wanted.into_iter().flat_map(|(tag, _)| lookup(tag)).collect(), all: false }
}

/// The language that what is sent is written in: `Content-Language`, where it names one.
fn written(headers: &HeaderMap) -> Result<Option<Arc<str>>, Error> {
    let lines = headers.get_all(header::CONTENT_LANGUAGE).iter();
    let texts = lines.map(|line| line.to_str().unwrap_or("?"));
    let tags: Vec<&str> =
        texts.flat_map(|text| text.split(',')).map(str::trim).filter(|tag| !tag.is_empty()).collect();
    let read: Option<Vec<String>> = tags.iter().map(|tag| spelling::tag(tag)).collect();
    match read.as_deref() {
        Some([one]) => Ok(Some(Arc::from(one.as_str()))),
        Some(_) => Ok(None),
        None => {
            let given: String = tags.join(", ").chars().take(LONGEST_TAG).collect();
            let detail =
                format!("`Content-Language`: {given:?} is no language tag (BCP 47), such as `ru` or `fr`");
            Err(Error::bad_request("", Code::BadFormat, detail))
        }
    }
}

/// A tag, and what it is looked for as where nothing is written in it: its subtags are cut from the right (RFC 4647).
fn lookup(tag: &str) -> impl Iterator<Item = String> {
    std::iter::successors(Some(tag), |tag| shorter(tag)).map(str::to_owned)
}

/// Characters of a tag that may name a language (RFC 5646, 4.4.1); a longer one is looked for as it is.
const LONGEST_TAG: usize = 35;

/// A tag without its last subtag, nor the single letter before it, which means nothing by itself.
fn shorter(tag: &str) -> Option<&str> {
    let (head, _) = tag.rsplit_once('-').filter(|_| tag.len() <= LONGEST_TAG)?;
    Some(head.rsplit_once('-').filter(|(_, last)| last.len() == 1).map_or(head, |(head, _)| head))
}

/// The parameters of a query string, decoded.
#[must_use]
pub fn pairs(query: Option<&str>) -> Vec<(String, String)> {
    serde_html_form::from_str(query.unwrap_or_default()).unwrap_or_default()
}

/// Refuses parameters that an address does not take, each with the nearest name that it takes.
///
/// # Errors
/// 400 naming every unknown parameter.
pub fn refuse_parameters(query: Option<&str>, accepted: &[&str]) -> Result<(), Problem> {
    let unknown = parameter_faults(&pairs(query), accepted);
    if unknown.is_empty() { Ok(()) } else { Err(Error::BadRequest(unknown).into()) }
}

/// What is wrong with parameters before they are read: unknown names, U+0000.
#[must_use]
pub fn parameter_faults(given: &[(String, String)], accepted: &[&str]) -> Vec<Violation> {
    let mut faults = Vec::new();
    for (name, value) in given {
        if !accepted.contains(&name.as_str()) {
            faults.push(unknown_parameter(name, accepted));
        } else if value.contains('\0') {
            let detail = "the text holds the character U+0000";
            faults.push(Violation::new(format!("?{name}"), Code::NullCharacter, detail));
        }
    }
    faults
}

/// The violation of an unknown parameter.
fn unknown_parameter(name: &str, accepted: &[&str]) -> Violation {
    let near = nearest(name, accepted.iter().copied());
    let hint = did_you_mean(near);
    Violation::new(
        format!("?{name}"),
        Code::UnknownParameter,
        format!("`{name}` is not a parameter here{hint}"),
    )
}

#[cfg(test)]
mod tests {
    use super::lookup;

    #[test]
    fn a_tag_is_looked_up_by_its_longest_part() {
        let of = |tag| lookup(tag).collect::<Vec<_>>();

        assert_eq!(of("ru"), ["ru"]);
        assert_eq!(of("zh-Hant-TW"), ["zh-Hant-TW", "zh-Hant", "zh"]);
        assert_eq!(of("de-CH-x-plain"), ["de-CH-x-plain", "de-CH", "de"]);
        assert_eq!(of(&"a-".repeat(30_000)).len(), 1);
    }
}
