//! Who calls: extractors that put the caller into the context.

use std::{borrow::Cow, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::DateTime;
use kernel::{
    Code, Ctx, Error,
    spelling::{self, LONGEST_TAG, lookup},
    standings::Who,
    view::Locale,
};
use uuid::Uuid;

use super::{
    idempotency,
    parameters::{pairs, refuse_parameters},
    problem::Problem,
    public,
    traced::Tracing,
    unchanged,
};
use crate::{
    limits::meter::Meter,
    origin::Origin,
    preference::weighted,
    signin::{
        api_key::{self, Place},
        identity::{Identity, Recalled},
        no_key, sign_in_first,
        standing::{ACT_AS, load_actor, load_person},
        throttle, token,
        viewing::VIEW_AS,
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
}

/// Any caller, anonymous ones too; refuses unknown query parameters.
#[derive(Clone, Debug)]
pub struct Caller(pub Ctx);

/// Any caller of a read, as it was looked up last; refuses unknown query parameters.
#[derive(Clone, Debug)]
pub struct Reading(pub Recalled);

/// A caller who is signed in, to write; everybody else is answered 401, and who views as others 403.
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
        Ok(Self(signed_in(parts, state, &["lang"]).await?))
    }
}

/// A caller who is signed in, to write, at an address that takes these parameters.
///
/// # Errors
/// As [`authenticate`]; 401 for everybody else, 403 for who views as others, 400 for other parameters.
pub async fn signed_in(parts: &Parts, state: &AppState, accepted: &[&str]) -> Result<Ctx, Problem> {
    let ctx = writer(parts, state).await?;
    refuse_parameters(parts.uri.query(), accepted)?;
    Ok(ctx)
}

/// A caller who is signed in, to write.
///
/// # Errors
/// As [`authenticate`]; 401 for everybody else, 403 for who views as others.
pub async fn writer(parts: &Parts, state: &AppState) -> Result<Ctx, Problem> {
    let (ctx, _) = authenticate(parts, state).await?;
    ctx.actor.must_be_itself()?;
    if ctx.actor.is_known() { Ok(ctx) } else { Err(sign_in_first().into()) }
}

/// A person who is signed in, under whatever owner: for what concerns the account itself. Keys and issuers'
/// tokens are refused.
#[derive(Clone, Debug)]
pub struct Person(pub Ctx, pub Session);

impl FromRequestParts<AppState> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (ctx, identity) = identity(parts, state).await?;
        if identity.view_as.is_some() {
            return Err(nobody(parts, state).await);
        }
        let Some(person) = identity.session() else {
            let is_known = authenticate(parts, state).await?.0.actor.is_known();
            return Err(if is_known { no_key() } else { sign_in_first() }.into());
        };
        refuse_parameters(parts.uri.query(), &["lang"])?;
        // Who holds grants of several owners may ask about itself without choosing one.
        let actor = match act_as(parts) {
            Some(owner) => load_actor(&ctx, Some(person), Some(owner)).await?,
            None => match load_actor(&ctx, Some(person), None).await {
                Err(Error::BadRequest(_)) => load_person(&ctx, person.0, person.1).await?,
                other => other?,
            },
        };
        let mut ctx = ctx.acting(actor);
        ctx.idempotency = idempotency::call(parts)?;
        Ok(Self(ctx, Session { user: person.0, id: person.1 }))
    }
}

/// Whoever is signed in and asks about itself: a person under whatever owner, a key, or an issuer's word.
#[derive(Clone, Debug)]
pub struct Oneself(pub Ctx);

impl FromRequestParts<AppState> for Oneself {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (_, identity) = identity(parts, state).await?;
        if identity.view_as.is_some() {
            return Err(nobody(parts, state).await);
        }
        if !matches!(identity.who, Some(Who::Key(_) | Who::Vouched { .. })) {
            return Ok(Self(Person::from_request_parts(parts, state).await?.0));
        }
        Ok(Self(SignedIn::from_request_parts(parts, state).await?.0))
    }
}

/// What an audience, which is no person, is answered about itself.
async fn nobody(parts: &Parts, state: &AppState) -> Problem {
    match authenticate(parts, state).await {
        Ok(_) if parts.method.is_safe() => Error::NotFound.into(),
        Ok(_) => Error::Viewing.into(),
        Err(refusal) => refusal,
    }
}

/// The audience a request wants to view as: a header that cannot be read names none there is.
fn view_as(headers: &HeaderMap) -> Option<String> {
    let lines: Vec<_> =
        headers.get_all(VIEW_AS).iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

fn act_as(parts: &Parts) -> Option<&str> {
    parts.headers.get(ACT_AS).and_then(|value| value.to_str().ok())
}

/// Who a request says it is from, before a person is looked up; it pays for the request.
///
/// # Errors
/// 401 for a bad token or key, 503 where the issuer of a token does not answer.
pub async fn identity(parts: &Parts, state: &AppState) -> Result<(Ctx, Identity), Problem> {
    let mut ctx = unidentified(parts, state);
    ctx.language = written(&parts.headers)?;
    let address = parts.extensions.get::<Origin>().map(|origin| origin.address);
    let claimed = Identity {
        act_as: act_as(parts).map(str::to_owned),
        view_as: view_as(&parts.headers),
        place: Place::of(address, parts.headers.get(header::ORIGIN).and_then(|value| value.to_str().ok())),
        ..Identity::default()
    };
    let Some(given) = parts.headers.get(header::AUTHORIZATION) else { return Ok((ctx, claimed)) };
    let given = given.to_str().ok().ok_or_else(unreadable)?;
    let identity = prove(state, claimed, given).await?;
    if let (Some(payer), Some(meter)) = (identity.payer, parts.extensions.get::<Meter>()) {
        meter.identify(payer)?;
    }
    Ok((ctx, identity))
}

/// The context of a request of which nothing is known yet but what it asks for.
pub fn unidentified(parts: &Parts, state: &AppState) -> Ctx {
    let mut ctx = state.ctx(parts.extensions.get::<RequestId>().map(|id| &*id.0));
    ctx.locale = Arc::new(locale(&parts.headers, parts.uri.query()));
    parts.extensions.get::<Tracing>().into_iter().for_each(|tracing| tracing.begin(&mut ctx));
    ctx
}

/// Who is behind what stands in `Authorization`: a token is verified; a key is looked up with its person.
///
/// # Errors
/// 401 for a bad token, and for what has not the form of a key; 503 where the issuer of a token does not answer.
pub async fn prove(state: &AppState, claimed: Identity, given: &str) -> Result<Identity, Problem> {
    let secret = secret(given)?;
    if let Some(hash) = api_key::presented(&secret)? {
        let (who, payer) = (Some(Who::Key(hash)), Some(api_key::payer(&hash)));
        return Ok(Identity { who, payer, ..claimed });
    }
    if let Some(vouched) = state.issuers.vouched(&state.clock, &secret).await? {
        return Ok(claimed.by(vouched));
    }
    let claims = token::verify(&state.keys, &state.clock, &secret).await?;
    Ok(Identity {
        who: Some(Who::Session { user: claims.sub, session: claims.sid }),
        payer: Some(claims.sub),
        until: Some(DateTime::from_timestamp(claims.exp, 0).unwrap_or_default()),
        ..claimed
    })
}

/// What a caller who could not be looked up is answered: whoever tries many keys that are none has to wait.
async fn refuse(state: &AppState, (ctx, identity): (&Ctx, &Identity), error: Error) -> Problem {
    let is_key = matches!(identity.who, Some(Who::Key(_))) && matches!(error, Error::Unauthenticated(_));
    if !is_key {
        return error.into();
    }
    let refused = throttle::refuse_key(ctx, &state.keys, identity.place.address()).await;
    refused.unwrap_or_else(|error| error).into()
}

/// The token or key that stands in `Authorization`: of `Basic` it is the password, whoever the user is said to be.
fn secret(given: &str) -> Result<Cow<'_, str>, Error> {
    let (scheme, rest) = given.split_once(' ').ok_or_else(unreadable)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Cow::Borrowed(rest.trim()));
    }
    let pair = STANDARD.decode(rest.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"));
    let pair = pair.and_then(|bytes| String::from_utf8(bytes).ok());
    let (_, password) = pair.as_deref().and_then(|pair| pair.split_once(':')).ok_or_else(unreadable)?;
    // A token has its place in `Bearer`: passwords are what programs store.
    if api_key::presented(password)?.is_none() {
        return Err(unreadable());
    }
    Ok(Cow::Owned(password.to_owned()))
}

fn unreadable() -> Error {
    let why = "Authorization takes `Bearer` with an access token or API key, or `Basic` with an API key as password";
    Error::Unauthenticated(why.into())
}

/// Finds out who calls; a bad token is always refused, never taken for anonymous.
///
/// # Errors
/// 400 for an idempotency key that is none, 401 for a bad token, 403 for an owner the caller has no grant of,
/// 400 where it must say which.
pub async fn authenticate(parts: &Parts, state: &AppState) -> Result<(Ctx, Identity), Problem> {
    let (ctx, identity) = identity(parts, state).await?;
    let mut ctx = match identity.look_up(&ctx).await {
        Err(error) => return Err(refuse(state, (&ctx, &identity), error).await),
        found => found?,
    };
    if ctx.actor.is_known() {
        ctx.idempotency = idempotency::call(parts)?;
    }
    public::note(parts, &ctx);
    Ok((ctx, identity))
}

/// Finds out who called when it was looked up last, for reads that check it after.
///
/// # Errors
/// As [`authenticate`]; `Unchanged` where the caller has the answer already.
pub async fn recall(parts: &Parts, state: &AppState) -> Result<Recalled, Problem> {
    let (ctx, identity) = identity(parts, state).await?;
    let mut ctx = match identity.recall(&ctx).await {
        Err(error) => return Err(refuse(state, (&ctx, &identity), error).await),
        found => found?,
    };
    if ctx.actor.is_known() {
        ctx.idempotency = idempotency::call(parts)?;
    }
    public::note(parts, &ctx);
    unchanged::hold(parts, state, (&ctx, &identity)).await?;
    Ok(Recalled::new(ctx, identity))
}

/// The caller's languages: `lang=` before `Accept-Language`.
pub fn locale(headers: &HeaderMap, query: Option<&str>) -> Locale {
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
