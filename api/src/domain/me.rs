//! What a caller learns of itself.

use std::cmp::Reverse;

use chrono::NaiveDate;
use entity::{
    Grant, User, grant, user,
    vocab::{Consent, Role},
};
use kernel::{
    Ctx, Result,
    policy::{Scope, Verb, authorize},
    render::{Detail, Renderer},
    row::Row,
    scalar::Ref,
    store,
};
use model::Write;
use sea_orm::sea_query::{Cond, ExprTrait};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{KINDS, Registered, access::consent::open};
use crate::signin::standing::owners_of;

/// One grant of the caller.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MyGrant {
    /// The role.
    #[schema(schema_with = role)]
    pub role: Role,
    /// Who it is held for.
    pub owner: String,
    /// Agency of an officer or agency lead.
    pub agency: Option<Ref>,
    /// Plan the grant is narrowed to; null where the caller may not see it.
    pub within_plan: Option<Ref>,
}

/// A grant that is offered to the caller, and counts for nothing until it is accepted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Offer {
    /// Id of the grant.
    pub id: Uuid,
    /// The role.
    #[schema(schema_with = role)]
    pub role: Role,
    /// Who it would be held for.
    pub owner: String,
    /// Agency of an officer or agency lead; null where the caller may not see it.
    pub agency: Option<Ref>,
    /// Plan the grant is narrowed to; null where the caller may not see it.
    pub within_plan: Option<Ref>,
    /// First day of the grant.
    pub valid_from: Option<NaiveDate>,
    /// Last day of the grant.
    pub valid_until: Option<NaiveDate>,
}

/// The schema of roles, which stands among those of the kinds.
fn role() -> utoipa::openapi::Ref {
    let role = utoipa::openapi::schema::RefBuilder::new().ref_location_from_schema_name("Role");
    role.description(Some("The role.")).build()
}

/// The caller: account, grants, and what may be created.
#[derive(Clone, Debug, Serialize, ToSchema)]
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
    /// What is offered to the caller, of whatever owner, newest first: 200 at most.
    pub offers: Vec<Offer>,
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
    let mut owners = match &ctx.actor.key {
        Some(_) => ctx.actor.acting.iter().cloned().collect(),
        None => owners_of(ctx, id).await?,
    };
    owners.retain(|owner| ctx.actor.reaches(owner));
    let mut can_create = Vec::new();
    for def in KINDS.served().filter(|def| def.declared.takes(Write::Create)) {
        let agency = ctx.actor.grants.iter().find_map(|grant| grant.agency);
        let owner = ctx.actor.acting.clone().unwrap_or_default();
        let scope = Scope { owner, agency, role: Some(Role::Officer), ..Scope::default() };
        if authorize(&ctx.actor, Verb::Create, def, &scope).is_ok() {
            can_create.push(def.name.to_owned());
        }
    }
    Ok(Some(Me {
        id,
        email: row.read(user::EMAIL).unwrap_or_default(),
        name: row.read(user::NAME).unwrap_or_default(),
        language: row.read(user::LANGUAGE),
        acting_as: ctx.actor.acting.clone(),
        owners,
        grants: grants(ctx).await?,
        offers: offers(ctx, id).await?,
        can_create,
    }))
}

/// The caller's grants, by id, with the records they name as the caller sees them.
async fn grants(ctx: &Ctx) -> Result<Vec<MyGrant>> {
    let mut all: Vec<_> = ctx.actor.grants.iter().collect();
    all.sort_by_key(|held| held.id);
    let rows = all.iter().map(|held| {
        let mut row = Row::empty(Grant::def());
        held.agency.into_iter().for_each(|id| row.write(grant::AGENCY, id));
        held.within_plan.into_iter().for_each(|id| row.write(grant::WITHIN_PLAN, id));
        row
    });
    let renderer = Renderer::on(ctx, Grant::def(), &rows.collect::<Vec<_>>(), Detail::List).await?;
    let answers = all.into_iter().map(|held| MyGrant {
        role: held.role,
        owner: held.owner.clone(),
        agency: renderer.reference(held.agency),
        within_plan: renderer.reference(held.within_plan),
    });
    Ok(answers.collect())
}

/// Offers that are shown at most.
const MOST_OFFERS: usize = 200;

/// What is offered to the caller and has not ended.
async fn offers(ctx: &Ctx, user: Uuid) -> Result<Vec<Offer>> {
    let to_me = Cond::all()
        .add(Grant::def().col(grant::USER.column).eq(user))
        .add(open(Consent::Offered, ctx.clock.today()));
    let mut rows = store::all(ctx.db.reading(), Grant::def(), to_me).await?;
    rows.retain(|row| ctx.actor.reaches(row.owner()));
    rows.sort_by_key(|row| Reverse(row.id()));
    rows.truncate(MOST_OFFERS);
    let renderer = Renderer::on(ctx, Grant::def(), &rows, Detail::List).await?;
    let offer = |row: &Row| {
        Some(Offer {
            id: row.id(),
            role: row.read(grant::ROLE)?,
            owner: row.owner().to_owned(),
            agency: renderer.reference(row.read(grant::AGENCY)),
            within_plan: renderer.reference(row.read(grant::WITHIN_PLAN)),
            valid_from: row.read(grant::VALID_FROM),
            valid_until: row.read(grant::VALID_UNTIL),
        })
    };
    Ok(rows.iter().filter_map(offer).collect())
}
