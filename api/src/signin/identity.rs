//! Who a request says it is from, kept for as long as its answer goes on.

use std::{collections::BTreeSet, sync::Arc};

use aws_lc_rs::digest;
use chrono::{DateTime, Utc};
use entity::ApiKey;
use kernel::{
    actor::{Actor, Grant},
    ctx::Ctx,
    error::{Error, Result},
    standings::{self, Key, Remembered, Who},
};
use sea_orm::ActiveEnum;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    api_key::{self, Place},
    circles::groups,
    issuers::Vouched,
    standing::load,
    viewing::view_as,
};
use crate::domain::Registered;

/// Who a request says it is from: what was read from it, before anything is looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Session of the verified token, key, or whom an issuer vouches for; none for anonymous callers.
    pub who: Option<Who>,
    /// Whose quota and seats the request takes: the user, or the key; none for anonymous callers.
    pub payer: Option<Uuid>,
    /// What an issuer says, where the token is another's.
    pub vouched: Option<Arc<Vouched>>,
    /// Instant the token ends to be good.
    pub until: Option<DateTime<Utc>>,
    /// Owner the caller wants to act under.
    pub act_as: Option<String>,
    /// Where the request comes from, which keys may be bound to.
    pub place: Place,
    /// Audience the caller wants to view its country as.
    pub view_as: Option<String>,
}

impl Identity {
    /// The same request, of somebody whom an issuer vouches for.
    #[must_use]
    pub fn by(self, vouched: Vouched) -> Self {
        let (person, claims) = vouched.who();
        Self {
            who: Some(Who::Vouched { person, claims }),
            payer: Some(person),
            until: Some(vouched.until),
            vouched: Some(Arc::new(vouched)),
            ..self
        }
    }

    /// User and session, where a session says who calls.
    #[must_use]
    pub const fn session(&self) -> Option<(Uuid, Uuid)> {
        match self.who {
            Some(Who::Session { user, session }) => Some((user, session)),
            Some(Who::Key(_) | Who::Vouched { .. }) | None => None,
        }
    }

    /// The same caller, who wants to view its country as an audience.
    #[must_use]
    pub fn viewing(self, view_as: Option<String>) -> Self {
        Self { view_as, ..self }
    }

    /// Finds out what the caller may do now: from memory while the epoch of standings is the same.
    ///
    /// # Errors
    /// `Unauthenticated` once the token or the session is over, and as [`super::standing::load_actor`] says; for who
    /// views as others `Forbidden` to all but focal points, and `BadRequest` for an audience that does not exist.
    pub async fn look_up(&self, ctx: &Ctx) -> Result<Ctx> {
        let ctx = self.recall(ctx).await?;
        if self.holds(&ctx).await? { Ok(ctx) } else { self.load(&ctx).await }
    }

    /// What the caller could do when it was looked up last, for reads that [`Identity::holds`] checks after.
    ///
    /// # Errors
    /// As [`Identity::look_up`].
    pub async fn recall(&self, ctx: &Ctx) -> Result<Ctx> {
        let now = ctx.clock.now();
        if self.until.is_some_and(|until| until <= now) {
            return Err(Error::Unauthenticated("the access token has expired; refresh it".into()));
        }
        match ctx.standings.recall(&self.key(), now) {
            Some(caller) => self.placed(ctx.remembering(&caller)),
            None => self.load(ctx).await,
        }
    }

    /// The caller, unless it comes with a key that is not taken from where the request comes from.
    fn placed(&self, ctx: Ctx) -> Result<Ctx> {
        let suits = ctx.actor.key.as_ref().is_none_or(|key| self.place.suits(key));
        if suits { Ok(ctx) } else { Err(api_key::refused()) }
    }

    /// Notes the use of a key whose holder stands as it was looked up.
    fn note(ctx: &Ctx) {
        if let Some(key) = &ctx.actor.key {
            ctx.standings.note_use(ApiKey::def().name, key.key, ctx.clock.now());
        }
    }

    /// Whether a caller recalled for a read still stands as it did; asks the database unless every statement of
    /// the read has done so.
    ///
    /// # Errors
    /// What the database says.
    pub async fn holds(&self, ctx: &Ctx) -> Result<bool> {
        let Some(watch) = &ctx.watch else { return Ok(true) };
        if !watch.is_other() && !watch.is_complete(ctx.db.tally()) {
            watch.see(standings::epoch(ctx.db.reading()).await?);
        }
        let holds = !watch.is_other();
        if holds {
            Self::note(ctx);
        }
        Ok(holds)
    }

    /// Whether the caller stands at this epoch as it is remembered, and the token is good: nothing has to be asked.
    #[must_use]
    pub fn stands(&self, ctx: &Ctx, epoch: i64) -> bool {
        let now = ctx.clock.now();
        let is_same = |caller: Remembered| caller.epoch == epoch;
        self.until.is_none_or(|until| until > now)
            && ctx.standings.recall(&self.key(), now).is_some_and(is_same)
    }

    /// Whether the caller stands where the log ends as it is remembered; then it counts as looked up.
    #[must_use]
    pub fn stands_at(&self, ctx: &Ctx, epoch: i64) -> bool {
        let stands = self.stands(ctx, epoch);
        if stands {
            Self::note(ctx);
        }
        stands
    }

    /// Looks the caller up in the database, and remembers what it says.
    ///
    /// # Errors
    /// As [`Identity::look_up`].
    pub async fn load(&self, ctx: &Ctx) -> Result<Ctx> {
        // The epoch first: what changes after it is a difference to the next read.
        let epoch = standings::epoch(ctx.db.reading()).await?;
        let from = ctx.clock.now();
        let (mut actor, until) = load(ctx, self).await?;
        if let Some(audience) = &self.view_as {
            actor = view_as(ctx, actor, audience).await?;
        }
        let caller = Remembered::new(actor, epoch, from, until);
        let ctx = ctx.remembering(&caller);
        ctx.watch.iter().for_each(|watch| watch.see(epoch));
        ctx.standings.keep(self.key(), caller);
        let ctx = self.placed(ctx)?;
        Self::note(&ctx);
        Ok(ctx)
    }

    fn key(&self) -> Key {
        Key { who: self.who, act_as: self.act_as.clone(), view_as: self.view_as.clone() }
    }
}

/// Rounds of a read at most: after the last one the caller was looked up within the request, as always once.
const ROUNDS: u8 = 3;

/// A caller of a read, as it was looked up last.
///
/// The read's own statement says whether that is still so; where it is not, the read runs again:
///
/// ```ignore
/// loop {
///     let answer = read(&recalled.ctx).await;
///     if recalled.stood().await? {
///         return answer;
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Recalled {
    /// The context to read in.
    pub ctx: Ctx,
    /// Who the request says it is from.
    pub identity: Identity,
    rounds: u8,
}

impl Recalled {
    /// Takes a context whose caller [`Identity::recall`] put in.
    #[must_use]
    pub const fn new(ctx: Ctx, identity: Identity) -> Self {
        Self { ctx, identity, rounds: 0 }
    }

    /// The context for what is no read: of a caller who is looked up now.
    ///
    /// # Errors
    /// As [`Identity::look_up`].
    pub async fn confirmed(self) -> Result<Ctx> {
        if self.identity.holds(&self.ctx).await? { Ok(self.ctx) } else { self.identity.load(&self.ctx).await }
    }

    /// Whether the caller stood during the read as it was remembered; if not, it is looked up for the next one.
    ///
    /// # Errors
    /// As [`Identity::look_up`].
    pub async fn stood(&mut self) -> Result<bool> {
        self.rounds = self.rounds.saturating_add(1);
        if self.rounds >= ROUNDS || self.identity.holds(&self.ctx).await? {
            return Ok(true);
        }
        self.begin_again().await?;
        Ok(false)
    }

    /// The same of a read in one snapshot of the database: whether the caller stands in it as it was remembered.
    ///
    /// # Errors
    /// As [`Identity::look_up`].
    pub async fn stood_in(&mut self, snapshot: Ctx) -> Result<bool> {
        self.rounds = self.rounds.saturating_add(1);
        if self.rounds >= ROUNDS || self.identity.holds(&snapshot).await? {
            return Ok(true);
        }
        // Its connection may be the only one.
        drop(snapshot);
        self.begin_again().await?;
        Ok(false)
    }

    async fn begin_again(&mut self) -> Result<()> {
        if let Some(reads) = &self.ctx.reads {
            reads.forget();
        }
        self.ctx = self.identity.load(&self.ctx).await?;
        Ok(())
    }
}

/// A digest of what decides what the caller sees: grants, regions and groups; releases are not in it,
/// the log tells of them.
///
/// # Errors
/// What the database says.
pub async fn rights(ctx: &Ctx) -> Result<[u8; 16]> {
    let groups = groups(ctx, &ctx.actor).await?;
    let mut text = rights_text(&ctx.actor, &groups);
    if let Some(viewing) = &ctx.actor.viewing {
        text = json!([viewing.audience, text, rights_text(&viewing.own, &BTreeSet::new())]).to_string();
    }
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    Ok(std::array::from_fn(|at| hash.as_ref().get(at).copied().unwrap_or_default()))
}

/// What the digest is made of: ids and codes that are stored, so that a new name in the program changes nothing.
fn rights_text(actor: &Actor, groups: &BTreeSet<Uuid>) -> String {
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
    let mut all = vec![json!(grants), json!(actor.standing.regions), json!(groups)];
    // What is withheld now was told before: whoever follows reads it anew.
    let withheld: Vec<_> = actor
        .standing
        .withheld
        .iter()
        .filter(|rule| !actor.is_inside(&rule.owner) || rule.is_from_group)
        .map(|rule| json!([rule.owner, rule.kind, rule.field]))
        .collect();
    if !withheld.is_empty() {
        all.push(json!(withheld));
    }
    // What a key narrows never changes.
    all.extend(actor.key.iter().map(|key| json!(key.key)));
    Json::Array(all).to_string()
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
            rights_text(&actor, &[Uuid::max()].into()),
            r#"[[{"agency":null,"id":"00000000-0000-0000-0000-000000000000","owner":"KGZ","read_ceiling":"national","role":"focal_point","within_plan":null}],["region:CA"],["ffffffff-ffff-ffff-ffff-ffffffffffff"]]"#
        );
    }
}
