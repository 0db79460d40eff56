//! Rules of grants: who may hold what, inviting by e-mail, the last focal point.

use std::collections::{HashMap, HashSet};

use entity::vocab::Role;
use futures_util::future::BoxFuture;
use kernel::{
    Code, Error, Record, Result, Unit,
    record::Op,
    store,
    unit::{Item, members},
};
use sea_orm::{
    ActiveEnum,
    sea_query::{Cond, ExprTrait},
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{grant::Grant, user::User};
use crate::domain::KINDS;

fn role_of(item: &Item) -> Option<Role> {
    Role::try_from_value(&item.after.text("role")?.to_owned()).ok()
}

fn email_of(item: &Item) -> Option<String> {
    let named = item.fields.get("user").and_then(Json::as_str);
    named.filter(|text| text.contains('@') && !text.starts_with("external_key:")).map(str::to_lowercase)
}

/// Granting is by id or e-mail; an account that exists is found even where it is hidden.
pub fn prepare<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let user = User::def();
        for item in items.iter_mut().filter(|item| !item.is_rejected()) {
            let Some(email) = email_of(item) else { continue };
            if !user.schemas.new.violations(&json!({ "email": email, "name": email }), "").is_empty() {
                item.fields.insert("user".into(), json!(null));
                item.fault("/user", Code::BadFormat, "an e-mail address, or the id of a user");
                continue;
            }
            let cond = Cond::all().add(user.col("email").eq(email.as_str()));
            if let Some(row) = store::first(unit.conn(), user, cond).await? {
                item.fields.insert("user".into(), json!(null));
                item.preset.push(("user_id", row.id().into()));
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
        item.after.set("user_id", id);
    }
    Ok(())
}

/// The first focal point comes from the operator only where there is none; the last one stays.
pub fn guard<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let grant = Grant::def();
        let today = unit.ctx.clock.today();
        let mut appointed = HashSet::new();
        for item in items.iter_mut().filter(|item| !item.is_rejected()) {
            let row = item.before.as_ref().unwrap_or(&item.after);
            if row.text("role") != Some("focal_point") {
                continue;
            }
            let live =
                Cond::any().add(grant.col("valid_until").is_null()).add(grant.col("valid_until").gte(today));
            let others = Cond::all()
                .add(grant.col("owner").eq(row.owner()))
                .add(grant.col("role").eq("focal_point"))
                .add(grant.col("id").ne(row.id()))
                .add(live);
            let owner = row.owner().to_owned();
            let ends = item.is_deletion()
                || (!item.is_new() && item.after.date("valid_until").is_some_and(|day| day < today));
            let by_operator = item.is_new() && unit.actor().with_role(&[Role::Operator]).next().is_some();
            if !ends && !by_operator {
                continue;
            }
            unit.lock_owners(&[owner].into()).await?;
            let row_owner = item.after.owner().to_owned();
            let again = by_operator && !appointed.insert(row_owner);
            let has_others = again || store::exists(unit.conn(), grant, others).await?;
            if ends && !has_others {
                let text = "a country keeps at least one focal point; appoint another one first";
                item.reject(Error::Conflict(Code::LastFocalPoint, text.into()));
            }
            if by_operator && has_others {
                let text = "the country has a focal point, who makes its further grants";
                item.reject(Error::Forbidden(text.into()));
            }
        }
        Ok(())
    })
}

/// Which owners a role is for.
fn fits(role: Role, owner: &str) -> bool {
    match role {
        Role::FocalPoint
        | Role::Secretariat
        | Role::Approver
        | Role::AgencyLead
        | Role::Officer
        | Role::Observer
        | Role::Portal => !owner.contains(':') && !["reference", "installation"].contains(&owner),
        Role::Regional => owner.starts_with("region:"),
        Role::Partner => owner.starts_with("org:"),
        Role::Steward => owner == "reference",
        Role::Operator => owner == "installation",
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
            if of_agency == item.after.is_null("agency_id") {
                item.fault(
                    "/agency",
                    Code::RuleBroken,
                    "officers and agency leads, and only they, have an agency",
                );
            }
            let kinds = item.after.json("write_kinds").and_then(Json::as_array).cloned().unwrap_or_default();
            for (at, kind) in kinds.iter().enumerate() {
                if kind.as_str().is_none_or(|name| KINDS.all().iter().all(|def| def.name != name)) {
                    item.fault(&format!("/write_kinds/{at}"), Code::NotInList, "no such kind of record");
                }
            }
        }
        make_accounts(unit, items).await
    })
}
