//! What a caller learns of itself.

use async_graphql::SimpleObject;
use entity::vocab::Role;
use kernel::{
    Ctx, Record, Result,
    lens::{Detail, Lens},
    policy::{Class, Scope, Verb, authorize},
    row::Row,
    scalar::Ref,
    store,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    KINDS,
    access::{grant::Grant, signin::standing::owners_of, user::User},
};

/// One grant of the caller.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct MyGrant {
    /// The role.
    pub role: Role,
    /// Who it is held for.
    pub owner: String,
    /// Agency of an officer or agency lead.
    #[graphql(skip)]
    pub agency: Option<Ref>,
    /// Plan the grant is narrowed to; null where the caller may not see it.
    #[graphql(skip)]
    pub within_plan: Option<Ref>,
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
        grants: grants(ctx).await?,
        can_create,
    }))
}

/// The caller's grants, by id, with the records they name as the caller sees them.
async fn grants(ctx: &Ctx) -> Result<Vec<MyGrant>> {
    let mut all: Vec<_> = ctx.actor.grants.iter().collect();
    all.sort_by_key(|held| held.id);
    let rows = all.iter().map(|held| {
        let mut row = Row::empty(Grant::def());
        row.set("agency_id", held.agency);
        row.set("within_plan_id", held.within_plan);
        row
    });
    let lens = Lens::on(ctx, Grant::def(), &rows.collect::<Vec<_>>(), Detail::List).await?;
    let told = all.into_iter().map(|held| MyGrant {
        role: held.role,
        owner: held.owner.clone(),
        agency: lens.reference(held.agency),
        within_plan: lens.reference(held.within_plan),
    });
    Ok(told.collect())
}
