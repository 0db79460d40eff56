//! Viewing as others: how a country looks to an audience, shown to its focal point.
//!
//! The caller becomes a member of the audience for the request, as far as its own country goes; of others it
//! sees what is public. The policy shows nothing beyond what the focal point may see itself.

use std::{collections::BTreeSet, sync::Arc};

use entity::{Agency, Country, Organisation, Region, agency, country, organisation, region};
use kernel::{
    Code, Error, KindDef, Result, Violation,
    actor::{Actor, Grant, PUBLIC, Viewing},
    ctx::Ctx,
    input::{cut, did_you_mean, hint, like},
    policy::visible,
    spelling, store,
};
use model::access::Role;
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    circles::{release_sets, shared_sets},
    sign_in_first,
};
use crate::domain::Registered;

/// Name of the header that says as which audience a focal point views its country.
pub const VIEW_AS: &str = "X-Concord-View-As";

/// How audiences are written.
const FORMS: &str =
    "`public`, `partners`, `network`, `region:<code>`, `country:<code>`, `org:<code>`, `agency:<code>`";
/// The same, as they begin.
const HEADS: [&str; 7] = ["public", "partners", "network", "region:", "country:", "org:", "agency:"];

/// The caller as a member of the audience that is named.
///
/// # Errors
/// `Unauthenticated` for anonymous callers, `Forbidden` for all but focal points, `BadRequest` naming the nearest
/// where there is no such audience.
pub(super) async fn view_as(ctx: &Ctx, caller: Actor, named: &str) -> Result<Actor> {
    if !caller.is_known() {
        return Err(sign_in_first());
    }
    let mut own = caller;
    own.grants.retain(|grant| grant.role == Role::FocalPoint);
    let focal_points = || Error::Forbidden(format!("only a country's focal point sends {VIEW_AS}"));
    let country = own.acting.clone().filter(|_| !own.grants.is_empty()).ok_or_else(focal_points)?;
    let ctx = ctx.acting(own.clone());
    let member = Member::named(&ctx, &country, named).await?;
    let mut actor = Actor::anonymous();
    actor.grants = member.role.map(|role| member.grant(role, &country)).into_iter().collect();
    actor.acting = member.acting;
    // What the key of a focal point narrows, or where it is taken from, is so for what it views too.
    actor.key.clone_from(&own.key);
    actor.standing.withheld.clone_from(&own.standing.withheld);
    actor.viewing = Some(Viewing { audience: member.audience, belongs: member.belongs, own: Arc::new(own) });
    actor.standing.shared_sets = shared_sets(&ctx, &actor).await?;
    (actor.standing.release_sets, actor.standing.public_sets) =
        release_sets(&ctx, &actor, ctx.clock.now()).await?;
    Ok(actor)
}

/// The focal point as somebody outside its country who belongs to all of these audiences, for a bundle that is sent to them;
/// with the codes of the audiences as they are kept.
///
/// # Errors
/// `Forbidden` for all but focal points; `Invalid` for what is no audience outside.
pub async fn belonging(ctx: &Ctx, audiences: &[String]) -> Result<(Actor, BTreeSet<String>)> {
    let mut own = Actor::clone(&ctx.actor);
    own.grants.retain(|grant| grant.role == Role::FocalPoint);
    let focal_points = || Error::Forbidden("only a country's focal point sends what it releases".into());
    let country = own.acting.clone().filter(|_| !own.grants.is_empty()).ok_or_else(focal_points)?;
    let (mut codes, mut belongs, mut faults) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (at, named) in audiences.iter().enumerate() {
        let pointer = format!("/bundle/audiences/{at}");
        match Member::named(ctx, &country, named).await {
            Ok(member) if member.role.is_none() => {
                codes.insert(member.audience);
                belongs.extend(member.belongs);
            }
            Ok(_) => {
                let text = format!("{} is inside your country", cut(&Json::from(named.as_str())));
                faults.push(Violation::new(pointer, Code::RuleBroken, text));
            }
            Err(Error::BadRequest(found)) => {
                let moved =
                    found.into_iter().map(|one| Violation::new(pointer.clone(), one.code, one.detail));
                faults.extend(moved);
            }
            Err(error) => return Err(error),
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let audience = codes.iter().cloned().collect::<Vec<_>>().join(",");
    Ok((outsider(ctx, own, (audience, belongs)).await?, codes))
}

/// A caller without grants who belongs to these audiences, and sees no more than a focal point does.
async fn outsider(ctx: &Ctx, own: Actor, (audience, belongs): (String, BTreeSet<String>)) -> Result<Actor> {
    let mut actor = Actor::anonymous();
    actor.key.clone_from(&own.key);
    actor.standing.withheld.clone_from(&own.standing.withheld);
    actor.viewing = Some(Viewing { audience, belongs, own: Arc::new(own) });
    (actor.standing.release_sets, actor.standing.public_sets) =
        release_sets(ctx, &actor, ctx.clock.now()).await?;
    Ok(actor)
}

/// What decides what a member of an audience sees.
#[derive(Debug, Default)]
struct Member {
    /// Code of the audience.
    audience: String,
    /// Audiences of releases it belongs to.
    belongs: BTreeSet<String>,
    /// Owner its members act under, where they have one.
    acting: Option<String>,
    /// Role of those who are inside the country.
    role: Option<Role>,
    /// Agency of those who work for one.
    agency: Option<(Uuid, String)>,
}

impl Member {
    async fn named(ctx: &Ctx, country: &str, named: &str) -> Result<Self> {
        let text = spelling::key(named);
        let (head, code) = text.split_once(':').map_or((&*text, None), |(head, code)| (head, Some(code)));
        match (head.to_lowercase().as_str(), code) {
            (PUBLIC, None) => Ok(Self::outside(PUBLIC, None)),
            ("partners", None) => Ok(Self::outside("partners", None)),
            ("network", None) => Ok(Self::outside("network", None)),
            ("region", Some(code)) => {
                let code = known(ctx, (Region::def(), region::CODE.column, "region:"), code).await?;
                let owner = format!("region:{code}");
                Ok(Self::outside(&owner, Some(owner.clone())))
            }
            ("org", Some(code)) => {
                let code = known(ctx, (Organisation::def(), organisation::CODE.column, "org:"), code).await?;
                let owner = format!("org:{code}");
                let mut member = Self::outside(&owner, Some(owner.clone()));
                member.belongs.insert("partners".to_owned());
                Ok(member)
            }
            ("country", Some(code)) => {
                let code = known(ctx, (Country::def(), country::CODE.column, "country:"), code).await?;
                let role = (code == country).then_some(Role::Observer);
                Ok(Self { role, ..Self::outside(&format!("country:{code}"), Some(code)) })
            }
            ("agency", Some(code)) => Self::of_agency(ctx, country, code).await,
            _ => {
                let text = format!("{} is no audience; audiences are {FORMS}", cut(&Json::from(named)));
                let near = hint(&head.to_lowercase(), HEADS.into_iter());
                Err(Error::bad_request(VIEW_AS, Code::NotInList, text + &near))
            }
        }
    }

    /// A member of an audience of releases.
    fn outside(audience: &str, acting: Option<String>) -> Self {
        let belongs = [PUBLIC, audience].map(str::to_owned).into();
        Self { audience: audience.to_owned(), belongs, acting, ..Self::default() }
    }

    /// An officer of an agency that the focal point sees.
    async fn of_agency(ctx: &Ctx, country: &str, code: &str) -> Result<Self> {
        let def = Agency::def();
        let own = Cond::all().add(visible(&ctx.actor, def)).add(def.col("owner").eq(country));
        let rows = store::all(ctx.db.reading(), def, own).await?;
        let codes = rows.iter().filter_map(|row| Some((row.read(agency::CODE)?, row.id())));
        let as_written = codes.clone().find(|(known, _)| known == code);
        let found = as_written.or_else(|| codes.clone().find(|(known, _)| known.eq_ignore_ascii_case(code)));
        let Some((code, id)) = found else {
            let codes: Vec<String> = codes.map(|(code, _)| code).collect();
            let near = like(code, codes.iter().map(String::as_str));
            return Err(unknown("agency:", code, near));
        };
        Ok(Self {
            audience: format!("agency:{code}"),
            belongs: [PUBLIC.to_owned(), format!("country:{country}")].into(),
            acting: Some(country.to_owned()),
            role: Some(Role::Officer),
            agency: Some((id, code)),
        })
    }

    /// The grant a member inside the country has; none is stored.
    fn grant(&self, role: Role, country: &str) -> Grant {
        let (agency, agency_code) = self.agency.clone().unzip();
        Grant {
            id: Uuid::nil(),
            role,
            owner: country.to_owned(),
            agency,
            agency_code,
            within_plan: None,
            read_ceiling: None,
            write_kinds: Vec::new(),
            source_systems: Vec::new(),
        }
    }
}

/// The code that reference data have for one that may be written otherwise.
async fn known(
    ctx: &Ctx,
    (def, column, prefix): (&'static KindDef, &'static str, &str),
    code: &str,
) -> Result<String> {
    match store::by_code(ctx, def, code).await {
        Ok(row) => row.text(column).map(str::to_owned).ok_or(Error::NotFound),
        Err(Error::NotFound) => {
            let near = store::near_code(ctx, def, code).await?;
            Err(unknown(prefix, code, near.as_deref()))
        }
        Err(error) => Err(error),
    }
}

fn unknown(prefix: &str, code: &str, near: Option<&str>) -> Error {
    let near = near.map(|near| format!("{prefix}{near}"));
    let text = format!("there is no audience {}", cut(&Json::from(format!("{prefix}{code}"))));
    Error::bad_request(VIEW_AS, Code::ReferenceNotFound, text + &did_you_mean(near.as_deref()))
}
