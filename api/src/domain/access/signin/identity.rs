//! Who a request says it is from, kept for as long as its answer goes on.

use aws_lc_rs::digest;
use chrono::{DateTime, Utc};
use kernel::{
    ctx::Ctx,
    error::{Error, Result},
};
use uuid::Uuid;

use super::{circles::groups, standing::load_actor};

/// Who a request says it is from: what was read from it, before anything is looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// User and session of the verified token; none for anonymous callers.
    pub who: Option<(Uuid, Uuid)>,
    /// Instant the token ends to be good.
    pub until: Option<DateTime<Utc>>,
    /// Owner the caller wants to act under.
    pub act_as: Option<String>,
}

impl Identity {
    /// Takes user, session and end of a verified token, and the owner the caller wants to act under.
    #[must_use]
    pub fn of(session: Option<(Uuid, Uuid, DateTime<Utc>)>, act_as: Option<&str>) -> Self {
        Self {
            who: session.map(|(user, id, _)| (user, id)),
            until: session.map(|(.., until)| until),
            act_as: act_as.map(str::to_owned),
        }
    }

    /// Looks up what the caller may do now; answers that ask again and again lose their right in time.
    ///
    /// # Errors
    /// `Unauthenticated` once the token or the session is over, and as [`load_actor`] says.
    pub async fn look_up(&self, ctx: &Ctx) -> Result<Ctx> {
        if self.until.is_some_and(|until| until <= ctx.clock.now()) {
            return Err(Error::Unauthenticated("the access token has expired; refresh it".into()));
        }
        Ok(ctx.acting(load_actor(ctx, self.who, self.act_as.as_deref()).await?))
    }
}

/// A digest of what decides what the caller sees: grants, regions and groups; releases are not in it,
/// the log tells of them.
///
/// # Errors
/// What the database says.
pub async fn rights(ctx: &Ctx) -> Result<[u8; 16]> {
    let actor = &ctx.actor;
    let groups = groups(ctx, actor).await?;
    let grants = actor.grants.iter().map(|grant| {
        (&grant.id, grant.role, &grant.owner, grant.agency, grant.within_plan, grant.read_ceiling)
    });
    let text = format!("{:?}{:?}{groups:?}", grants.collect::<Vec<_>>(), actor.standing.regions);
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    Ok(std::array::from_fn(|at| hash.as_ref().get(at).copied().unwrap_or_default()))
}
