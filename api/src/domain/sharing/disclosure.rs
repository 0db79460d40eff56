//! Disclosure rules: which fields may be withheld, and those that are.

use chrono::{DateTime, Utc};
use entity::{DisclosureRule, disclosure_rule, vocab::DisclosureScope};
use futures_util::future::BoxFuture;
use kernel::{
    Code, KindDef, Result, Unit,
    db::Conn,
    input::{did_you_mean, nearest},
    policy::Withheld,
    store,
    unit::Item,
};
use sea_orm::sea_query::{Cond, ExprTrait};

use crate::domain::{KINDS, Registered};

/// Holds rules against the declarations: the kind belongs to owners, and the field says that it may be withheld.
pub fn check<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected()) {
            let kind = item.after.read(disclosure_rule::KIND).unwrap_or_default();
            match withholding(&kind) {
                Ok(def) => {
                    item.after.write(disclosure_rule::KIND, def.name.to_owned());
                    check_field(item, def);
                }
                Err(why) => item.fault("/kind", Code::NotInList, why),
            }
            let from = item.after.read(disclosure_rule::FROM_AT);
            if item.after.read(disclosure_rule::UNTIL_AT).zip(from).is_some_and(|(until, from)| until <= from)
            {
                item.fault("/until_at", Code::RuleBroken, "the rule ends before it begins");
            }
        }
        Ok(())
    })
}

/// Names of the fields of a kind that may be withheld.
fn disclosable(def: &KindDef) -> impl Iterator<Item = &'static str> {
    def.declared.fields.iter().filter(|field| field.is_disclosable).map(|field| field.name)
}

fn withholding(name: &str) -> std::result::Result<&'static KindDef, String> {
    let can = || KINDS.served().filter(|def| disclosable(def).next().is_some());
    can().find(|def| def.name == name || def.collection == name).ok_or_else(|| {
        let near = did_you_mean(nearest(name, can().map(|def| def.name)));
        format!("no kind of this name has a field that may be withheld{near}")
    })
}

fn check_field(item: &mut Item, def: &KindDef) {
    let field = item.after.read(disclosure_rule::FIELD).unwrap_or_default();
    if !disclosable(def).any(|name| name == field) {
        let all: Vec<_> = disclosable(def).map(|name| format!("`{name}`")).collect();
        let near = did_you_mean(nearest(&field, disclosable(def)));
        let text = format!("of {} may be withheld: {}{near}", def.declared.one(), all.join(", "));
        item.fault("/field", Code::NotDisclosable, text);
    }
}

/// The rules in force at an instant, of one owner or of all.
///
/// # Errors
/// What the database says.
pub async fn in_force(conn: Conn<'_>, owner: Option<&str>, now: DateTime<Utc>) -> Result<Vec<Withheld>> {
    let def = DisclosureRule::def();
    let until = || def.col("until_at");
    let mut which = Cond::all()
        .add(def.col("from_at").lte(now))
        .add(Cond::any().add(until().is_null()).add(until().gt(now)));
    if let Some(owner) = owner {
        which = which.add(def.col("owner").eq(owner));
    }
    let rules = store::all(conn, def, which).await?.into_iter().map(|row| Withheld {
        owner: row.owner().to_owned(),
        kind: row.read(disclosure_rule::KIND).unwrap_or_default(),
        field: row.read(disclosure_rule::FIELD).unwrap_or_default(),
        is_from_group: row.read(disclosure_rule::SCOPE) == Some(DisclosureScope::OutsideGroup),
    });
    Ok(rules.collect())
}
