//! Who a request says it is from, kept for as long as its answer goes on.

use std::collections::BTreeSet;

use aws_lc_rs::digest;
use chrono::{DateTime, Utc};
use kernel::{
    actor::{Actor, Grant},
    ctx::Ctx,
    error::{Error, Result},
};
use sea_orm::ActiveEnum;
use serde_json::json;
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
    let groups = groups(ctx, &ctx.actor).await?;
    let hash = digest::digest(&digest::SHA256, told(&ctx.actor, &groups).as_bytes());
    Ok(std::array::from_fn(|at| hash.as_ref().get(at).copied().unwrap_or_default()))
}

/// What the digest is made of: ids and codes that are stored, so that a new name in the program changes nothing.
fn told(actor: &Actor, groups: &BTreeSet<Uuid>) -> String {
    let grant = |grant: &Grant| {
        json!({
            "id": grant.id,
            "role": grant.role.to_value(),
            "owner": grant.owner,
            "agency": grant.agency,
            "within_plan": grant.within_plan,
            "read_ceiling": grant.read_ceiling.as_ref().map(ActiveEnum::to_value),
        })
    };
    let grants: Vec<_> = actor.grants.iter().map(grant).collect();
    json!([grants, actor.standing.regions, groups]).to_string()
}

#[cfg(test)]
mod tests {
    use entity::vocab::{ReadCeiling, Role};

    use super::*;

    /// Whoever changes this text refuses every cursor that is out, once.
    #[test]
    fn rights_are_told_in_codes_that_are_stored() {
        let mut actor = Actor::anonymous();
        actor.grants.push(Grant {
            id: Uuid::nil(),
            role: Role::FocalPoint,
            owner: "KGZ".into(),
            agency: None,
            agency_code: None,
            within_plan: None,
            read_ceiling: Some(ReadCeiling::National),
            write_kinds: Vec::new(),
            source_systems: Vec::new(),
        });
        actor.standing.regions.push("region:CA".into());

        assert_eq!(
            told(&actor, &[Uuid::max()].into()),
            r#"[[{"agency":null,"id":"00000000-0000-0000-0000-000000000000","owner":"KGZ","read_ceiling":"national","role":"focal_point","within_plan":null}],["region:CA"],["ffffffff-ffff-ffff-ffff-ffffffffffff"]]"#
        );
    }
}
