//! `concord user list`.

use std::collections::{BTreeMap, HashMap};

use entity::{
    Agency, Grant, User, agency, grant, user,
    vocab::{Consent, Role},
};
use kernel::{Ctx, row::Row, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::super::{failure::Failure, say};
use crate::domain::Registered;

/// Prints a line for each account: address, name, state and grants, with tabs between.
pub(super) async fn print(ctx: &Ctx) -> Result<(), Failure> {
    let conn = ctx.db.reading();
    let users = store::all(conn, User::def(), Cond::all()).await?;
    let grants = store::all(conn, Grant::def(), Cond::all()).await?;
    let def = Agency::def();
    let named = grants.iter().filter_map(|grant| grant.read(grant::AGENCY));
    let agencies = store::all(conn, def, Cond::all().add(def.col("id").is_in(named))).await?;
    let codes: HashMap<Uuid, String> =
        agencies.iter().filter_map(|row| Some((row.id(), row.read(agency::CODE)?))).collect();

    let mut held: HashMap<Uuid, Vec<String>> = HashMap::new();
    for grant in &grants {
        let text = shown(ctx, grant, &codes);
        held.entry(grant.read(grant::USER).unwrap_or_default()).or_default().push(text);
    }
    let sorted: BTreeMap<String, &Row> =
        users.iter().map(|row| (row.read(user::EMAIL).unwrap_or_default(), row)).collect();
    for (email, row) in sorted {
        let closed = row.read(user::VALID_UNTIL).is_some_and(|until| until <= ctx.clock.now());
        let state = if closed { "closed" } else { "open" };
        let roles = held.remove(&row.id()).unwrap_or_default().join("; ");
        say(&format_args!("{email}\t{}\t{state}\t{roles}", row.read(user::NAME).unwrap_or_default()));
    }
    Ok(())
}

fn shown(ctx: &Ctx, grant: &Row, codes: &HashMap<Uuid, String>) -> String {
    let role = grant.read(grant::ROLE).map_or("", Role::code);
    let agency = grant.read(grant::AGENCY).and_then(|id| codes.get(&id));
    let agency = agency.map_or_else(String::new, |code| format!("/{code}"));
    let from = grant.read(grant::VALID_FROM).filter(|day| *day > ctx.clock.today());
    let from = from.map_or_else(String::new, |day| format!(" from {day}"));
    let until = grant.read(grant::VALID_UNTIL).map_or_else(String::new, |day| format!(" until {day}"));
    let consent = grant.read(grant::CONSENT).filter(|said| *said != Consent::Accepted);
    let consent = consent.map_or_else(String::new, |said| format!(" ({})", said.code()));
    format!("{role} {}{agency}{from}{until}{consent}", grant.owner())
}
