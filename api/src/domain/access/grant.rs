//! Rules of grants: who may hold what, inviting by e-mail, consent, the last focal point.

use std::collections::{HashMap, HashSet};

use entity::{
    User, grant, user,
    vocab::{ReadCeiling, Role},
};
use futures_util::future::BoxFuture;
use kernel::{
    Code, Error, Result, Unit,
    record::Op,
    store,
    unit::{Item, members},
};
use model::access::HeldFor;
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    consent,
    focal_points::{FocalPoints, hold},
};
use crate::domain::{KINDS, Registered, elsewhere};

fn role_of(item: &Item) -> Option<Role> {
    item.after.read(grant::ROLE)
}

fn email_of(item: &Item) -> Option<String> {
    let named = item.fields.get("user").and_then(Json::as_str);
    named.filter(|text| text.contains('@') && !text.starts_with("external_key:")).map(str::to_lowercase)
}

/// Granting is by id or e-mail; an account that exists is found even where it is hidden.
pub fn prepare<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let def = User::def();
        let emails: Vec<String> = items.iter().filter_map(email_of).collect();
        if emails.is_empty() {
            return Ok(());
        }
        // Of two who invite one address at the same time, the second finds the account of the first.
        unit.claim(def, user::EMAIL.column, emails.iter().cloned().collect()).await?;
        let named = Cond::all()
            .add(def.col(user::EMAIL.column).is_in(emails.iter().filter(|text| !text.contains('\0'))));
        let known: HashMap<String, Uuid> = store::all(unit.conn(), def, named)
            .await?
            .iter()
            .filter_map(|row| Some((row.read(user::EMAIL)?, row.id())))
            .collect();
        for item in items.iter_mut().filter(|item| item.is_readable()) {
            let Some(email) = email_of(item) else { continue };
            if !def.schemas.new.violations(&json!({ "email": email, "name": email }), "").is_empty() {
                item.fields.insert("user".into(), json!(null));
                item.fault("/user", Code::BadFormat, "an e-mail address, or the id of a user");
                continue;
            }
            item.preset.push((grant::OFFERED_TO.column, email.clone().into()));
            if let Some(id) = known.get(&email) {
                item.fields.insert("user".into(), json!(null));
                item.preset.push((grant::USER.column, (*id).into()));
            } else {
                item.fields.remove("user");
                item.note = Some(email);
            }
        }
        Ok(())
    })
}

/// Makes the accounts of those invited by an e-mail nobody has yet; the answer is the same either way.
async fn make_accounts(unit: &mut Unit, items: &mut [Item]) -> Result<()> {
    let mut made: HashMap<String, Uuid> = HashMap::new();
    for item in items.iter_mut().filter(|item| item.is_new() && !item.is_rejected() && !item.has_faults()) {
        let Some(email) = item.note.clone() else { continue };
        let id = if let Some(id) = made.get(&email) {
            *id
        } else {
            let new = members(&json!({ "email": email, "name": email }))?;
            let actor = unit.elevate();
            let account = unit.apply_one(User::def(), Op::Create(new)).await;
            unit.act_as(actor);
            account?.id.ok_or_else(|| Error::Internal("a new user has no id".into()))?
        };
        made.insert(email, id);
        item.after.write(grant::USER, id);
    }
    Ok(())
}

/// The first focal point comes from the operator only where there is none; the last one stays.
pub fn guard<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let why = "another installation keeps the records of this country and sends them here: nobody acts for it here";
        let made = items.iter().filter(|item| item.is_new() && !item.is_rejected());
        elsewhere::claim(unit, made.map(|item| item.after.owner()).collect()).await?;
        elsewhere::refuse(unit, items, why).await?;
        let by_operator = unit.actor().with_role(&[Role::Operator]).next().is_some();
        let appoints = |item: &Item| {
            let row = item.before.as_ref().unwrap_or(&item.after);
            !item.is_rejected()
                && row.read(grant::ROLE) == Some(Role::FocalPoint)
                && (by_operator || !item.is_new())
        };
        let owners = items.iter().filter(|item| appoints(item)).map(|item| item.after.owner().to_owned());
        let mut in_office = FocalPoints::of(unit, &owners.collect()).await?;
        let today = unit.ctx.clock.today();
        let mut appointed = HashSet::new();
        for item in items.iter_mut().filter(|item| appoints(item)) {
            let owner = item.after.owner().to_owned();
            if item.is_new() {
                if in_office.has_any(&owner) || !appointed.insert(owner) {
                    let text = "the country has a focal point, who makes its further grants";
                    item.reject(Error::Forbidden(text.into()));
                }
                continue;
            }
            let left = if item.is_deletion() { None } else { hold(&item.after, today) };
            if !in_office.weaken_grant(item.after.id(), left) {
                let text = "a country keeps at least one focal point; appoint another one first";
                item.reject(Error::Conflict(Code::LastFocalPoint, text.into()));
            }
        }
        Ok(())
    })
}

/// Which owners a role is for.
fn fits(role: Role, owner: &str) -> bool {
    match role.held_for() {
        HeldFor::Country => !owner.contains(':') && !["reference", "installation"].contains(&owner),
        HeldFor::Region => owner.starts_with("region:"),
        HeldFor::Organisation => owner.starts_with("org:"),
        HeldFor::Reference => owner == "reference",
        HeldFor::Installation => owner == "installation",
    }
}

/// Ceiling, kinds and source systems narrow a portal; it reads whatever it writes.
fn check_portal(item: &mut Item, role: Role) {
    let writes = item.after.read(grant::WRITE_KINDS).is_some_and(|kinds| !kinds.is_empty());
    let ceiling = item.after.read(grant::READ_CEILING);
    if role == Role::Portal {
        if writes && ceiling != Some(ReadCeiling::National) {
            let text = "a portal that writes has the ceiling `national`: it reads what it writes";
            item.fault("/read_ceiling", Code::RuleBroken, text);
        }
        return;
    }
    let given = [
        ("read_ceiling", ceiling.is_some()),
        ("write_kinds", writes),
        ("source_systems", item.after.read(grant::SOURCE_SYSTEMS).is_some_and(|systems| !systems.is_empty())),
    ];
    for (field, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
        item.fault(&format!("/{field}"), Code::RuleBroken, format!("`{field}` narrows a portal only"));
    }
}

/// Rules of a grant's own fields.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let Some(role) = role_of(item) else { continue };
            if !fits(role, item.after.owner()) {
                item.fault("/owner", Code::RuleBroken, "this role is not held for this kind of owner");
            }
            let of_agency = matches!(role, Role::Officer | Role::AgencyLead);
            if !item.has_fault_at("/agency") && of_agency == item.after.read(grant::AGENCY).is_none() {
                item.fault(
                    "/agency",
                    Code::RuleBroken,
                    "officers and agency leads, and only they, have an agency",
                );
            }
            check_portal(item, role);
            let kinds = item.after.read(grant::WRITE_KINDS).unwrap_or_default();
            for (at, kind) in kinds.iter().enumerate() {
                if KINDS.all().iter().all(|def| def.name != kind) {
                    item.fault(&format!("/write_kinds/{at}"), Code::NotInList, "no such kind of record");
                }
            }
        }
        consent::settle(unit, items).await?;
        make_accounts(unit, items).await
    })
}
