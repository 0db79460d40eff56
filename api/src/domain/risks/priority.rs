//! Priorities: what is scored by which method, and what it comes to.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use entity::{PriorityMethod, priority, priority_method};
use futures_util::future::BoxFuture;
use kernel::{
    Code, Result, Unit,
    policy::visible,
    row::Row,
    scalar::{Criterion, Score},
    store,
    unit::Item,
};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::method;
use crate::domain::{KINDS, Registered};

/// Kinds of which records may have a priority; one that is not kept here has none.
const KINDS_OF_SUBJECTS: [&str; 4] = ["gap", "risk", "action", "proposal"];
/// Column with the kind of the subject.
pub(super) const SUBJECT_KIND: &str = "subject_kind";

/// Rules of a priority; keeps its total beside the scores.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let owners = subjects(unit, items).await?;
        let ids = items.iter().filter_map(|item| item.after.read(priority::METHOD)).collect();
        let methods = unit.rows_of(PriorityMethod::def(), &ids).await?;
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            if item.is_new() {
                check_subject(item, &owners);
            }
            check_override(item);
            let method = item.after.read(priority::METHOD).and_then(|id| methods.get(&id));
            let Some(method) = method else { continue };
            if !method::is_published(method) {
                let text = "priorities are set by a published method: publish it first";
                item.fault("/method", Code::RuleBroken, text);
            }
            check_scores(item, method);
        }
        Ok(())
    })
}

/// The owners of the subjects that new priorities name, as far as the caller sees them: a statement for each kind.
async fn subjects(unit: &Unit, items: &[Item]) -> Result<HashMap<Uuid, String>> {
    let mut wanted: BTreeMap<&str, BTreeSet<Uuid>> = BTreeMap::new();
    for item in items.iter().filter(|item| !item.is_rejected() && item.is_new()) {
        let (kind, id) = (item.after.text(SUBJECT_KIND), item.after.read(priority::SUBJECT));
        let known = kind.and_then(|kind| KINDS_OF_SUBJECTS.into_iter().find(|known| *known == kind));
        if let (Some(kind), Some(id)) = (known, id) {
            wanted.entry(kind).or_default().insert(id);
        }
    }
    let mut owners = HashMap::new();
    for (kind, ids) in wanted {
        let Some(def) = KINDS.get(kind) else { continue };
        let which = Cond::all().add(visible(unit.actor(), def)).add(def.col("id").is_in(ids));
        let mut select = store::select(def);
        select.cond_where(which);
        let rows = store::rows(unit.conn(), def, &select).await?;
        owners.extend(rows.iter().map(|row| (row.id(), row.owner().to_owned())));
    }
    Ok(owners)
}

/// What has the priority is of a kind that may, and one the caller sees.
fn check_subject(item: &mut Item, owners: &HashMap<Uuid, String>) {
    let kind = item.after.text(SUBJECT_KIND).unwrap_or_default().to_owned();
    if !KINDS_OF_SUBJECTS.contains(&kind.as_str()) {
        let text = format!("priorities are set for a {}", KINDS_OF_SUBJECTS.join(", "));
        item.fault("/subject/kind", Code::NotInList, text);
        return;
    }
    let id = item.after.read(priority::SUBJECT).unwrap_or_default();
    if owners.get(&id).is_none_or(|owner| owner != item.after.owner()) {
        item.fault("/subject/id", Code::ReferenceNotFound, format!("there is no {kind} {id} here"));
    }
}

/// Another rank is given with its reason.
fn check_override(item: &mut Item) {
    let rank = item.after.read(priority::OVERRIDE_RANK).is_some();
    let reason = item.after.read(priority::OVERRIDE_REASON).is_some();
    if rank != reason {
        let missing = if rank { "/override_reason" } else { "/override_rank" };
        item.fault(missing, Code::Required, "another rank and its reason go together");
    }
}

/// Each criterion has one score within the scale; what they come to is kept.
fn check_scores(item: &mut Item, method: &Row) {
    let criteria = method::criteria(method);
    let given: Vec<Score> = item
        .after
        .read(priority::SCORES)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|one| serde_json::from_value(one).ok())
        .collect();
    let scale = [priority_method::SCALE_MIN, priority_method::SCALE_MAX];
    let [least, greatest] = scale.map(|field| method.read(field).unwrap_or_default());
    let mut seen = HashSet::new();
    for (at, one) in given.iter().enumerate() {
        let name = format!("/scores/{at}/criterion");
        if !criteria.iter().any(|criterion| criterion.code == one.criterion) {
            let text =
                format!("the method has no criterion `{}`; it has {}", one.criterion, names(&criteria));
            item.fault(&name, Code::NotInList, text);
        } else if !seen.insert(&one.criterion) {
            item.fault(&name, Code::NotUnique, format!("`{}` is scored twice", one.criterion));
        }
        if !(least..=greatest).contains(&one.score) {
            let text = format!("the scale of the method is {least} to {greatest}");
            item.fault(&format!("/scores/{at}/score"), Code::OutOfRange, text);
        }
    }
    let missing: Vec<&Criterion> = criteria.iter().filter(|one| !seen.contains(&one.code)).collect();
    if !missing.is_empty() {
        let codes: Vec<String> = missing.iter().map(|one| format!("`{}`", one.code)).collect();
        item.fault("/scores", Code::Required, format!("there is no score for {}", codes.join(", ")));
    }
    item.after.write(priority::TOTAL, total(&criteria, &given));
}

fn names(criteria: &[Criterion]) -> String {
    let codes: Vec<&str> = criteria.iter().map(|one| one.code.as_str()).collect();
    codes.join(", ")
}

/// Sum of the scores, each times the weight of its criterion.
fn total(criteria: &[Criterion], scores: &[Score]) -> i32 {
    let weight = |code: &str| criteria.iter().find(|one| one.code == code).map_or(0, |one| one.weight);
    scores.iter().map(|one| weight(&one.criterion).saturating_mul(one.score)).fold(0, i32::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_the_sum_of_weighted_scores() {
        let criterion = |code: &str, weight| Criterion { code: code.into(), title: "T".into(), weight };
        let score = |code: &str, score| Score { criterion: code.into(), score, note: None };
        let criteria = [criterion("effect", 3), criterion("cost", 1)];

        assert_eq!(total(&criteria, &[score("cost", 5), score("effect", 4)]), 17);
        assert_eq!(total(&criteria, &[score("effect", 0)]), 0);
    }
}
