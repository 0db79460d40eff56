//! What a caller learns of itself.

use async_graphql::SimpleObject;
use entity::vocab::Role;
use kernel::{
    Ctx, Record, Result,
    policy::{Class, Scope, Verb, authorize},
    store,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    KINDS,
    access::{signin::standing::owners_of, user::User},
};

/// One grant of the caller.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct MyGrant {
    /// The role.
    pub role: Role,
    /// Who it is held for.
    pub owner: String,
    /// Agency of an officer or agency lead.
    pub agency: Option<Uuid>,
}

/// The caller: account, grants, and what may be created.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct Me {
    /// The account.
    pub id: Uuid,
    /// E-mail address.
    pub email: String,
    /// Name to show.
    pub name: String,
    /// Language the person prefers.
    pub language: Option<String>,
    /// Owner the caller acts under.
    pub acting_as: Option<String>,
    /// Owners the caller holds grants of; name one in `X-Concord-Act-As` where there are several.
    pub owners: Vec<String>,
    /// The grants of the owner the caller acts under.
    pub grants: Vec<MyGrant>,
    /// Kinds of which the caller may create records under this owner.
    pub can_create: Vec<String>,
}

/// Describes the caller; none for anonymous callers.
///
/// # Errors
/// What the database says.
pub async fn me(ctx: &Ctx) -> Result<Option<Me>> {
    let Some(id) = ctx.actor.user else { return Ok(None) };
    let row = store::get(ctx, User::def(), id).await?;
    let owners = owners_of(ctx, id).await?;
    let own = |column: &str| row.text(column).map(str::to_owned);
    let grants = ctx.actor.grants.iter();
    let mut can_create = Vec::new();
    for def in KINDS.all().iter().filter(|def| def.class != Class::Shared) {
        let agency = ctx.actor.grants.iter().find_map(|grant| grant.agency);
        let owner = ctx.actor.acting.clone().unwrap_or_default();
        let scope = Scope { owner, agency, role: Some(Role::Officer), ..Scope::default() };
        if authorize(&ctx.actor, Verb::Create, def, &scope).is_ok() {
            can_create.push(def.name.to_owned());
        }
    }
    Ok(Some(Me {
        id,
        email: own("email").unwrap_or_default(),
        name: own("name").unwrap_or_default(),
        language: own("language"),
        acting_as: ctx.actor.acting.clone(),
        owners,
        grants: grants.map(|g| MyGrant { role: g.role, owner: g.owner.clone(), agency: g.agency }).collect(),
        can_create,
    }))
}
