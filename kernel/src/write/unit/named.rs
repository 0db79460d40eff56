//! Owners and reference data that items name in other words than by their codes.

use std::collections::BTreeSet;

use sea_orm::sea_query::{ExprTrait, Func};
use serde_json::Value as Json;

use super::{
    Unit,
    item::Item,
    references::{Found, Token},
};
use crate::{
    codes::{self, Meant, Names, Search},
    error::{Code, Result},
    input::did_you_mean,
    policy::visible,
    record::KindDef,
    store,
};

impl Unit {
    /// Puts the code of the owner in place of what an item calls it.
    pub(super) async fn name_owners(&self, items: &mut [Item]) -> Result<()> {
        let mut search = Search::within(&self.ctx, self.conn());
        for item in items.iter_mut().filter(|item| item.is_readable()) {
            let Some(given) = item.fields.get("owner").and_then(Json::as_str).filter(|text| !is_plain(text))
            else {
                continue;
            };
            if let Meant::Code(code) = search.owner_meant(given).await? {
                item.fields.insert("owner".into(), Json::String(code));
            }
        }
        Ok(())
    }

    /// Finds the records of a kind that are named by another name than their code.
    pub(super) async fn find_by_names(
        &self,
        target: &'static KindDef,
        tokens: &BTreeSet<Token>,
        found: &mut Found,
    ) -> Result<()> {
        let unknown: Vec<&String> = tokens
            .iter()
            .filter_map(|token| if let Token::Code(code) = token { Some(code) } else { None })
            .filter(|code| !found.has_code(target.name, code))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        if !codes::is_public(target) {
            return self.find_in_any_case(target, &unknown, found).await;
        }
        let names = Names::read(self.conn(), target).await?;
        for given in unknown {
            let Meant::Code(code) = names.meant(given) else { continue };
            if !found.has_code(target.name, &code) {
                for row in self.find(target, &[Token::Code(code.clone())]).await? {
                    found.add(target, row);
                }
            }
            found.also(target.name, given, &code);
        }
        Ok(())
    }

    /// Finds the records whose codes are written in other letters: codes are taken in any case.
    async fn find_in_any_case(
        &self,
        target: &'static KindDef,
        given: &[&String],
        found: &mut Found,
    ) -> Result<()> {
        let Some(code) = target.code else { return Ok(()) };
        let mut select = store::select(target);
        select
            .cond_where(visible(&self.ctx.actor, target))
            .and_where(Func::upper(target.col(code)).is_in(given.iter().map(|text| text.to_uppercase())));
        for row in store::rows(self.conn(), target, &select).await? {
            let Some(code) = row.text(code).map(str::to_owned) else { continue };
            found.add(target, row);
            for given in given.iter().filter(|given| given.eq_ignore_ascii_case(&code)) {
                found.also(target.name, given, &code);
            }
        }
        Ok(())
    }

    /// Names the nearest owner where an item is of one that is not there.
    pub(super) async fn suggest_owners(&self, items: &mut [Item]) -> Result<()> {
        let mut search = Search::within(&self.ctx, self.conn());
        for item in items.iter_mut() {
            let Some(given) = item.fields.get("owner").and_then(Json::as_str) else { continue };
            let mut faults = item.faults.iter_mut();
            let Some(fault) =
                faults.find(|one| one.pointer == "/owner" && one.code == Code::ReferenceNotFound)
            else {
                continue;
            };
            if let Meant::Nothing(near) = search.owner_meant(given).await? {
                fault.detail.push_str(&did_you_mean(near.as_deref()));
            }
        }
        Ok(())
    }
}

/// Whether a text has the form of an owner's code: what it names is looked up anyway.
fn is_plain(owner: &str) -> bool {
    let is_code = |code: &str| {
        code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let is_country = owner.len() == 3 && is_code(owner);
    let is_region = owner.strip_prefix("region:").is_some_and(is_code);
    is_country || is_region || matches!(owner, "reference" | "installation")
}
