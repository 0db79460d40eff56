//! Who wrote, as far as a reader may know it: a name where the account is seen, else role and agency.

use std::collections::{BTreeSet, HashMap};

use entity::{Agency, Grant, User, agency, grant, user};
use kernel::{Ctx, Result, row::Row, store};
use model::Vocabulary;
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::HistoryWriter;
use crate::domain::Registered;

/// Writers by user and by the owner of what they wrote.
pub(in crate::domain) type Writers = HashMap<(Uuid, String), HistoryWriter>;

/// What the caller may know of these users, who wrote records of these owners: three statements at most.
///
/// # Errors
/// What the database says.
pub(in crate::domain) async fn named(ctx: &Ctx, written: BTreeSet<(Uuid, String)>) -> Result<Writers> {
    if written.is_empty() {
        return Ok(Writers::new());
    }
    let ids: BTreeSet<Uuid> = written.iter().map(|(id, _)| *id).collect();
    let seen = store::by_ids(ctx, User::def(), &ids).await?;
    let held = Grant::def();
    let of_them = Cond::all().add(held.col(grant::USER.column).is_in(ids));
    let grants = store::all(ctx.db.reading(), held, of_them).await?;
    let agencies = grants.iter().filter_map(|row| row.read(grant::AGENCY)).collect();
    let agencies = store::by_ids(ctx, Agency::def(), &agencies).await?;
    let writer = |(id, owner): (Uuid, String)| {
        let account = seen.get(&id);
        let role = grants
            .iter()
            .filter(|row| row.read(grant::USER) == Some(id) && row.owner() == owner)
            .min_by_key(|row| rank(row));
        let agency = role.and_then(|row| agencies.get(&row.read(grant::AGENCY)?)?.read(agency::CODE));
        let known = HistoryWriter {
            id: account.map(|_| id),
            name: account.and_then(|row| row.read(user::NAME)),
            role: role.and_then(|row| Some(row.read(grant::ROLE)?.code().to_owned())),
            agency,
        };
        ((id, owner), known)
    };
    Ok(written.into_iter().map(writer).collect())
}

/// Of several roles of one person the first of the list counts.
fn rank(grant: &Row) -> Option<usize> {
    entity::vocab::Role::DEF.rank(grant.text(grant::ROLE.column)?)
}
