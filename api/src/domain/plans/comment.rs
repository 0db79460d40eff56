//! Comments: in whose name they are made, and what they answer.

use std::collections::{BTreeSet, HashMap};

use entity::{Comment, comment, vocab::CommentStatus};
use futures_util::future::BoxFuture;
use kernel::{Actor, Code, Result, Unit, row::Row, unit::Item};
use model::access::Role;
use uuid::Uuid;

use crate::domain::Registered;

/// Roles that speak for all agencies of their owner.
const SPEAKERS: &[Role] = &[Role::FocalPoint, Role::Secretariat];

/// The agencies of an owner that the caller works for.
fn agencies(actor: &Actor, owner: &str) -> BTreeSet<Uuid> {
    let of_owner = actor.grants.iter().filter(|grant| grant.owner == owner);
    of_owner.filter_map(|grant| grant.agency).collect()
}

/// A comment begins open, is made in the name of its author's own agency, and answers one about the same record.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let actor = unit.actor().clone();
        let is_made = |item: &&mut Item| !item.is_rejected() && item.is_new();
        let answered: BTreeSet<Uuid> =
            items.iter_mut().filter(is_made).filter_map(|item| item.after.read(comment::PARENT)).collect();
        let answered = unit.rows_of(Comment::def(), &answered).await?;
        let made: HashMap<Uuid, Row> = items
            .iter()
            .filter(|item| item.is_new())
            .map(|item| (item.after.id(), item.after.clone()))
            .collect();
        for item in items.iter_mut().filter(is_made) {
            if item.after.read(comment::STATUS) != Some(CommentStatus::Open) && !actor.is_system() {
                item.fault("/status", Code::RuleBroken, "a comment begins open, and is settled by a move");
            }
            name_agency(&actor, item);
            let parent = item.after.read(comment::PARENT);
            let parent = parent.and_then(|id| answered.get(&id).or_else(|| made.get(&id)));
            let subject = item.after.read(comment::SUBJECT);
            if parent.is_some_and(|parent| parent.read(comment::SUBJECT) != subject) {
                item.fault("/parent", Code::RuleBroken, "a comment answers one about the same record");
            }
        }
        Ok(())
    })
}

fn name_agency(actor: &Actor, item: &mut Item) {
    let own = agencies(actor, item.after.owner());
    let Some(named) = item.after.read(comment::AGENCY) else {
        if let (Some(agency), 1) = (own.first(), own.len()) {
            item.after.write(comment::AGENCY, *agency);
        }
        return;
    };
    let speaks_for_all = || actor.with_role(SPEAKERS).any(|grant| grant.owner == item.after.owner());
    if !own.contains(&named) && !actor.is_system() && !speaks_for_all() {
        item.fault(
            "/agency",
            Code::RuleBroken,
            "a comment is made in the name of an agency that you work for",
        );
    }
}
