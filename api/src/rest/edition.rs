//! Which edition of a plan a request is about: `edition` and `as_of`.

use axum::{
    extract::{FromRequestParts, OriginalUri},
    http::request::Parts,
};
use kernel::{Ctx, KindDef};

use super::{
    caller::{Reading, SignedIn, authenticate, signed_in},
    parameters::{pairs, refuse_parameters},
    problem::Problem,
};
use crate::{
    domain::{
        KINDS,
        plans::editions::{Edition, drafting, not_written},
    },
    signin::identity::Recalled,
    state::AppState,
};

/// Whether the records that a request is about have editions.
fn has_editions(parts: &Parts) -> bool {
    let path = parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |uri| uri.0.path());
    let collection = path.trim_start_matches("/api/v1/").split('/').next().unwrap_or_default();
    let def = KINDS.served().find(|def| def.collection == collection);
    def.is_some_and(KindDef::is_of_editions)
}

fn given(parts: &Parts, name: &str) -> Option<String> {
    pairs(parts.uri.query()).into_iter().find(|(given, _)| given == name).map(|(_, value)| value)
}

/// Any caller of a read, with the state of the plan that it asks for.
#[derive(Clone, Debug)]
pub struct Stated(pub Ctx, pub Edition);

impl FromRequestParts<AppState> for Stated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let (ctx, _) = authenticate(parts, state).await?;
        refuse_parameters(parts.uri.query(), &["lang", "edition", "as_of"])?;
        let edition = Edition::read(given(parts, "edition").as_deref(), given(parts, "as_of").as_deref())?;
        Ok(Self(ctx, edition))
    }
}

/// Any caller of a record: of what is in force as it was looked up last, else with the edition it asks for.
#[derive(Clone, Debug)]
pub enum OfRecord {
    /// What is in force.
    InForce(Box<Recalled>),
    /// Another state.
    Stated(Box<Stated>),
}

impl FromRequestParts<AppState> for OfRecord {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let is_said = ["edition", "as_of"].iter().any(|name| given(parts, name).is_some());
        if is_said && has_editions(parts) {
            return Ok(Self::Stated(Box::new(Stated::from_request_parts(parts, state).await?)));
        }
        Ok(Self::InForce(Box::new(Reading::from_request_parts(parts, state).await?.0)))
    }
}

/// A caller who writes, into the next edition of a plan where it says `edition=working`.
#[derive(Clone, Debug)]
pub struct Writing(pub Ctx);

impl FromRequestParts<AppState> for Writing {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        if given(parts, "edition").is_none() || !has_editions(parts) {
            return Ok(Self(SignedIn::from_request_parts(parts, state).await?.0));
        }
        let ctx = signed_in(parts, state, &["lang", "edition"]).await?;
        match Edition::read(given(parts, "edition").as_deref(), None)? {
            Edition::Working => Ok(Self(drafting(&ctx))),
            Edition::InForce => Ok(Self(ctx)),
            _ => Err(not_written().into()),
        }
    }
}
