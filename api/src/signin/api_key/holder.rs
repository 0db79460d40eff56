//! Who stands behind a key, and what of its rights the key leaves.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{
    api_key, api_key_secret, user,
    vocab::{ApiKeyStatus, ReadCeiling, Role},
};
use kernel::{
    actor::{Actor, Grant},
    ctx::Ctx,
    error::{Error, Result},
    narrowing::Narrowing,
};
use sea_orm::{
    ActiveEnum, QueryResult,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::{super::standing::is_open, refused};

/// A key that is in force, with its person, whose account is open.
pub(in crate::signin) struct Held {
    /// The person.
    pub(in crate::signin) user: Uuid,
    /// Instant at which time alone ends the key or the account.
    pub(in crate::signin) until: Option<DateTime<Utc>>,
    number: i64,
    owner: String,
    roles: Vec<Role>,
    ceiling: Option<ReadCeiling>,
    narrowing: Narrowing,
}

/// Finds a key by the hash of its secret, in one statement.
///
/// # Errors
/// `Unauthenticated` unless it is in force and the account of its person open; what the database says.
pub(in crate::signin) async fn held(ctx: &Ctx, hash: &[u8; 32]) -> Result<Held> {
    let row = ctx.db.reading().one(&select(ctx.clock.now(), hash)).await?;
    read(&row.ok_or_else(refused)?)
}

/// Finds a key by its id; none unless it is in force and the account of its person open.
///
/// # Errors
/// What the database says.
pub(in crate::signin) async fn held_by_id(ctx: &Ctx, key: Uuid) -> Result<Option<Held>> {
    let mut select = keys(ctx.clock.now());
    select.and_where(Expr::col((api_key::Entity, api_key::Column::Id)).eq(key));
    ctx.db.reading().one(&select).await?.as_ref().map(read).transpose()
}

fn select(now: DateTime<Utc>, hash: &[u8; 32]) -> SelectStatement {
    let secret = Expr::col((api_key_secret::Entity, api_key_secret::Column::Hash));
    keys(now).and_where(secret.eq(hex::encode(hash))).take()
}

/// Keys that are in force, of open accounts.
fn keys(now: DateTime<Utc>) -> SelectStatement {
    use api_key::Column;
    let of = |column| Expr::col((api_key::Entity, column));
    let columns = [
        Column::Id,
        Column::UserId,
        Column::Owner,
        Column::Roles,
        Column::ReadCeiling,
        Column::IsReadOnly,
        Column::WriteKinds,
        Column::SourceSystems,
        Column::ReadKinds,
        Column::Countries,
        Column::Networks,
        Column::Origins,
        Column::ExpiresAt,
    ];
    Query::select()
        .exprs(columns.map(of))
        .columns([user::Column::Number, user::Column::ValidUntil].map(|column| (user::Entity, column)))
        .from(api_key_secret::Entity)
        .inner_join(
            api_key::Entity,
            of(Column::Id).equals((api_key_secret::Entity, api_key_secret::Column::ApiKeyId)),
        )
        .inner_join(user::Entity, of(Column::UserId).equals((user::Entity, user::Column::Id)))
        .and_where(of(Column::Status).eq(ApiKeyStatus::Active.to_value()))
        .and_where(of(Column::ExpiresAt).is_null().or(of(Column::ExpiresAt).gt(now)))
        .and_where(is_open(now))
        .take()
}

fn read(row: &QueryResult) -> Result<Held> {
    let list = |at| -> Result<Vec<String>> { Ok(serde_json::from_value(row.try_get_by_index(at)?)?) };
    let roles = list(3)?.iter().map(Role::try_from_value).collect::<Result<_, _>>()?;
    let ceiling: Option<ReadCeiling> = row.try_get_by_index(4)?;
    let ends: [Option<DateTime<Utc>>; 2] = [row.try_get_by_index(12)?, row.try_get_by_index(14)?];
    Ok(Held {
        user: row.try_get_by_index(1)?,
        until: ends.into_iter().flatten().min(),
        number: row.try_get_by_index(13)?,
        owner: row.try_get_by_index(2)?,
        roles,
        ceiling,
        narrowing: Narrowing {
            key: row.try_get_by_index(0)?,
            is_read_only: row.try_get_by_index(5)?,
            write_kinds: list(6)?,
            source_systems: list(7)?,
            read_kinds: list(8)?,
            countries: list(9)?,
            networks: list(10)?,
            origins: list(11)?,
            has_ceiling: ceiling.is_some(),
        },
    })
}

impl Held {
    /// The caller: the grants its person holds now, as far as the key leaves them.
    ///
    /// # Errors
    /// `Forbidden` for another owner than the key's, and where no grant is left.
    pub(in crate::signin) fn actor(self, held: Vec<Grant>, act_as: Option<&str>) -> Result<Actor> {
        if act_as.is_some_and(|wanted| !wanted.eq_ignore_ascii_case(&self.owner)) {
            return Err(Error::Forbidden("an API key acts for its own owner only".into()));
        }
        let of_key = held.into_iter().filter(|grant| grant.owner == self.owner);
        let grants = met(of_key, &self.roles, self.ceiling);
        if grants.is_empty() {
            let why = "the person of this API key holds no grant any more that the key could use";
            return Err(Error::Forbidden(why.into()));
        }
        let mut actor = Actor::anonymous();
        actor.user = Some(self.user);
        actor.number = Some(self.number);
        actor.bound = Some(self.owner.clone());
        actor.acting = Some(self.owner);
        actor.grants = grants;
        actor.key = Some(Arc::new(self.narrowing));
        Ok(actor)
    }
}

/// Of these grants what roles and ceiling of a key leave; the ceiling of a portal's grant may be lower still.
pub(crate) fn met(
    held: impl Iterator<Item = Grant>,
    roles: &[Role],
    ceiling: Option<ReadCeiling>,
) -> Vec<Grant> {
    let kept = held.filter(|grant| roles.is_empty() || roles.contains(&grant.role));
    let lowered = kept.map(|mut grant| {
        let is_lower = ceiling == Some(ReadCeiling::Public) || grant.role != Role::Portal;
        if let Some(ceiling) = ceiling.filter(|_| is_lower) {
            grant.read_ceiling = Some(ceiling);
        }
        grant
    });
    lowered.collect()
}
