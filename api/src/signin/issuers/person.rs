//! Whom an issuer means: the account linked to a subject, or one that is made for it.
//!
//! Only issuer and subject say who somebody is. An e-mail address is never looked at: whoever writes it into a
//! token would take over the account that has it.

use std::{cmp::min, collections::BTreeSet};

use chrono::{DateTime, Utc};
use entity::{Agency, Grant, User, agency, grant, identity, user};
use futures_util::future::BoxFuture;
use kernel::{
    actor::{Actor, Grant as Held},
    ctx::Ctx,
    db::Conn,
    error::{Code, Error, Result},
    record::Op,
    store,
    unit::{Unit, members},
};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, OnConflict, Query};
use serde_json::json;
use uuid::Uuid;

use super::Vouched;
use crate::{
    config::{Given, Issuer},
    domain::Registered,
    signin::{notice, standing},
};

/// An account that a subject is linked to.
struct Known {
    user: Uuid,
    number: i64,
    closes: Option<DateTime<Utc>>,
    given: BTreeSet<String>,
}

/// A caller whom an issuer vouches for, until when: it acts for the issuer's owner and no other, with those grants of
/// its account that its claims name.
pub(in crate::signin) async fn held(
    ctx: &Ctx,
    vouched: &Vouched,
    act_as: Option<&str>,
) -> Result<(Actor, DateTime<Utc>)> {
    let owner = vouched.issuer.owner.as_str();
    let known = known(ctx, vouched).await?;
    let mut actor = Actor::anonymous();
    actor.user = Some(known.user);
    actor.number = Some(known.number);
    actor.bound = Some(owner.to_owned());
    actor.grants = standing::grants(ctx, known.user).await?;
    actor.grants.retain(|held| held.owner == owner && is_named(held, vouched));
    actor.acting = standing::choose(&actor.grants, act_as)?;
    let until = known.closes.map_or(vouched.until, |closes| min(closes, vouched.until));
    Ok((actor, until))
}

/// Whether the claims give what is granted.
fn is_named(held: &Held, vouched: &Vouched) -> bool {
    vouched.given.iter().any(|given| (given.role, &given.agency) == (held.role, &held.agency_code))
}

/// The open account that is meant; where the settings say so, it is granted what it was not before, and made for
/// that where there is none.
async fn known(ctx: &Ctx, vouched: &Vouched) -> Result<Known> {
    let mut found = find(ctx.db.reading(), vouched).await?;
    if vouched.issuer.provisions && found.as_ref().is_none_or(is_open(ctx)) {
        let lacking = lacking(ctx, vouched, found.as_ref()).await?;
        if !lacking.is_empty() {
            provision(ctx, vouched, lacking).await?;
            found = find(ctx.db.reading(), vouched).await?;
        }
    }
    found.filter(is_open(ctx)).ok_or_else(|| {
        let text = "the token is good, but no open account here is linked to its subject";
        Error::Unauthenticated(text.into())
    })
}

fn is_open(ctx: &Ctx) -> impl Fn(&Known) -> bool + use<> {
    let now = ctx.clock.now();
    move |known| known.closes.is_none_or(|closes| closes > now)
}

async fn find(conn: Conn<'_>, vouched: &Vouched) -> Result<Option<Known>> {
    let of = |column| Expr::col((identity::Entity, column));
    let select = Query::select()
        .columns([(user::Entity, user::Column::Id), (user::Entity, user::Column::Number)])
        .column((user::Entity, user::Column::ValidUntil))
        .column((identity::Entity, identity::Column::Given))
        .from(identity::Entity)
        .inner_join(user::Entity, of(identity::Column::UserId).equals((user::Entity, user::Column::Id)))
        .and_where(of(identity::Column::Issuer).eq(vouched.issuer.issuer.as_str()))
        .and_where(of(identity::Column::Subject).eq(vouched.subject.as_str()))
        .take();
    let Some(row) = conn.one(&select).await? else { return Ok(None) };
    Ok(Some(Known {
        user: row.try_get_by_index(0)?,
        number: row.try_get_by_index(1)?,
        closes: row.try_get_by_index(2)?,
        given: serde_json::from_value(row.try_get_by_index(3)?)?,
    }))
}

/// What the claims give that the account was never given by them, each with its agency.
async fn lacking(ctx: &Ctx, vouched: &Vouched, known: Option<&Known>) -> Result<Vec<(Given, Option<Uuid>)>> {
    let is_new = |given: &&Given| known.is_none_or(|known| !known.given.contains(&given.code()));
    let new: Vec<&Given> = vouched.given.iter().filter(is_new).collect();
    let codes: Vec<&str> = new.iter().filter_map(|given| given.agency.as_deref()).collect();
    let mut agencies = Vec::new();
    if !codes.is_empty() {
        let def = Agency::def();
        let named = Cond::all()
            .add(def.col("owner").eq(vouched.issuer.owner.as_str()))
            .add(def.col(agency::CODE.column).is_in(codes));
        agencies = store::all(ctx.db.reading(), def, named).await?;
    }
    let mut lacking = Vec::new();
    for given in new {
        let has_code = |row: &&kernel::row::Row| row.read(agency::CODE) == given.agency;
        match (&given.agency, agencies.iter().find(has_code)) {
            (None, _) => lacking.push((given.clone(), None)),
            (Some(_), Some(row)) => lacking.push((given.clone(), Some(row.id()))),
            (Some(code), None) => {
                let owner = &vouched.issuer.owner;
                tracing::warn!(
                    owner,
                    "an issuer's claims give a role of agency {code}, which {owner} has not"
                );
            }
        }
    }
    Ok(lacking)
}

/// Makes the account where there is none, and the grants it was never given, as the service; the log of the owner
/// names the issuer.
fn provision(
    ctx: &Ctx,
    vouched: &Vouched,
    lacking: Vec<(Given, Option<Uuid>)>,
) -> BoxFuture<'static, Result<()>> {
    let (vouched, issuer) = (vouched.clone(), vouched.issuer.clone());
    let mut service = notice::under(&ctx.acting(Actor::system()), &issuer.owner);
    service.request_id = Some(format!("issuer {}", issuer.issuer).into());
    Box::pin(async move {
        match service.run(async move |unit| settle(unit, &vouched, &lacking).await).await {
            // What the settings say does not fit what is stored, such as an owner that does not exist.
            Err(Error::Invalid(why)) => {
                tracing::error!(issuer = %issuer.issuer, "no account can be made as the settings say: {why:?}");
                Err(Error::Unauthenticated("the token is good, but no account can be made for it".into()))
            }
            other => other,
        }
    })
}

/// Does in a unit what [`provision`] says; another request of the person may have done it meanwhile.
async fn settle(unit: &mut Unit, vouched: &Vouched, lacking: &[(Given, Option<Uuid>)]) -> Result<()> {
    // One after the other, or each would make an account.
    unit.lock_owners(&[vouched.issuer.owner.clone()].into()).await?;
    let found = find(unit.conn(), vouched).await?;
    let mut given = found.as_ref().map(|known| known.given.clone()).unwrap_or_default();
    let user = match &found {
        Some(known) => known.user,
        None => make_account(unit, &vouched.name).await?,
    };
    for (one, agency) in lacking.iter().filter(|(one, _)| !given.contains(&one.code())) {
        grant_once(unit, user, one, *agency).await?;
    }
    given.extend(lacking.iter().map(|(one, _)| one.code()));
    let row = Link { issuer: &vouched.issuer.issuer, subject: &vouched.subject, user, given: &given };
    unit.conn().run(&insert(&unit.ctx, &row)).await?;
    Ok(())
}

/// Makes an account that has no password, and an address that nobody can have.
async fn make_account(unit: &mut Unit, name: &str) -> Result<Uuid> {
    let email = format!("{}@oidc.invalid", unit.ctx.clock.id());
    let new = members(&json!({ "email": email, "name": name }))?;
    let made = unit.apply_one(User::def(), Op::Create(new)).await?;
    made.id.ok_or_else(|| Error::Internal("a new user has no id".into()))
}

/// Grants a role for the unit's owner, unless the account holds, or held, the same.
async fn grant_once(unit: &mut Unit, user: Uuid, given: &Given, agency: Option<Uuid>) -> Result<()> {
    let (def, owner) = (Grant::def(), unit.actor().acting.clone().unwrap_or_default());
    let mut same = Cond::all()
        .add(def.col("owner").eq(owner.as_str()))
        .add(def.col(grant::USER.column).eq(user))
        .add(def.col(grant::ROLE.column).eq(given.role.code()));
    if let Some(agency) = agency {
        same = same.add(def.col(grant::AGENCY.column).eq(agency));
    }
    if store::exists(unit.conn(), def, same).await? {
        return Ok(());
    }
    let new = json!({ "owner": owner, "user": user, "role": given.role, "agency": agency });
    unit.apply_one(def, Op::Create(members(&new)?)).await.map(drop)
}

/// A row of `identity`.
struct Link<'a> {
    issuer: &'a str,
    subject: &'a str,
    user: Uuid,
    given: &'a BTreeSet<String>,
}

/// Links a subject; of one that is linked only what it was given changes.
fn insert(ctx: &Ctx, link: &Link<'_>) -> sea_orm::sea_query::InsertStatement {
    use identity::Column;
    let mut row = Query::insert();
    row.into_table(identity::Entity).columns([
        Column::Id,
        Column::Issuer,
        Column::Subject,
        Column::UserId,
        Column::Given,
        Column::CreatedAt,
    ]);
    row.values_panic([
        Expr::val(ctx.clock.id()),
        Expr::val(link.issuer),
        Expr::val(link.subject),
        Expr::val(link.user),
        Expr::val(json!(link.given)),
        Expr::val(ctx.clock.now()),
    ]);
    row.on_conflict(
        OnConflict::columns([Column::Issuer, Column::Subject]).update_column(Column::Given).to_owned(),
    );
    row
}

/// Links a subject of an issuer to an account, as the host of the service; the log of the issuer's owner tells.
///
/// # Errors
/// `Invalid` where the subject is linked to another account; what the database says.
pub async fn link(ctx: &Ctx, issuer: &Issuer, subject: &str, user: Uuid) -> Result<()> {
    logged(ctx, issuer, user, async |unit| {
        let (name, nothing) = (issuer.issuer.as_str(), BTreeSet::new());
        match linked(unit.conn(), name, subject).await? {
            Some(other) if other != user => {
                let text = "the subject is linked to another account; unlink it first";
                Err(Error::invalid("/subject", Code::NotUnique, text))
            }
            Some(_) => Ok(()),
            None => {
                let row = Link { issuer: name, subject, user, given: &nothing };
                unit.conn().run(&insert(&unit.ctx, &row)).await?;
                Ok(())
            }
        }
    })
    .await
}

/// Ends what links a subject to an account, whose id is answered; none where nothing does.
///
/// # Errors
/// What the database says.
pub async fn unlink(ctx: &Ctx, issuer: &Issuer, subject: &str) -> Result<Option<Uuid>> {
    let Some(user) = linked(ctx.db.reading(), &issuer.issuer, subject).await? else { return Ok(None) };
    logged(ctx, issuer, user, async |unit| {
        let this = of(&issuer.issuer, subject);
        let delete = Query::delete().from_table(identity::Entity).cond_where(this).take();
        unit.conn().run(&delete).await?;
        Ok(())
    })
    .await?;
    Ok(Some(user))
}

/// Does something about an account in a unit whose change set names it.
async fn logged<F>(ctx: &Ctx, issuer: &Issuer, user: Uuid, work: F) -> Result<()>
where
    F: AsyncFn(&mut Unit) -> Result<()>,
{
    let account = Cond::all().add(User::def().col("id").eq(user));
    notice::under(ctx, &issuer.owner)
        .run(async |unit| {
            unit.touch(User::def(), account.clone()).await?;
            work(unit).await
        })
        .await
}

async fn linked(conn: Conn<'_>, issuer: &str, subject: &str) -> Result<Option<Uuid>> {
    let select = Query::select()
        .column(identity::Column::UserId)
        .from(identity::Entity)
        .cond_where(of(issuer, subject))
        .take();
    conn.one(&select).await?.map(|row| Ok(row.try_get_by_index(0)?)).transpose()
}

fn of(issuer: &str, subject: &str) -> Cond {
    Cond::all()
        .add(Expr::col(identity::Column::Issuer).eq(issuer))
        .add(Expr::col(identity::Column::Subject).eq(subject))
}
