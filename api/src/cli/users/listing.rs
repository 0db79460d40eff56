//! `concord user list`.

use std::collections::{BTreeMap, HashMap};

use kernel::{Ctx, Record, row::Row, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::super::{failure::Failure, say};
use crate::domain::{
    access::{grant::Grant, user::User},
    cooperation::agency::Agency,
};

/// Prints a line for each account: address, name, state and grants, with tabs between.
pub(super) async fn print(ctx: &Ctx) -> Result<(), Failure> {
    let conn = ctx.db.reading();
    let users = store::all(conn, User::def(), Cond::all()).await?;
    let grants = store::all(conn, Grant::def(), Cond::all()).await?;
    let agency = Agency::def();
    let named = grants.iter().filter_map(|grant| grant.uuid("agency_id"));
    let agencies = store::all(conn, agency, Cond::all().add(agency.col("id").is_in(named))).await?;
    let codes: HashMap<Uuid, &str> =
        agencies.iter().filter_map(|row| Some((row.id(), row.text("code")?))).collect();

    let mut held: HashMap<Uuid, Vec<String>> = HashMap::new();
    for grant in &grants {
        let text = shown(ctx, grant, &codes);
        held.entry(grant.uuid("user_id").unwrap_or_default()).or_default().push(text);
    }
    let sorted: BTreeMap<&str, &Row> =
        users.iter().map(|row| (row.text("email").unwrap_or_default(), row)).collect();
    for (email, row) in sorted {
        let closed = row.instant("valid_until").is_some_and(|until| until <= ctx.clock.now());
        let state = if closed { "closed" } else { "open" };
        let roles = held.remove(&row.id()).unwrap_or_default().join("; ");
        say(&format_args!("{email}\t{}\t{state}\t{roles}", row.text("name").unwrap_or_default()));
    }
    Ok(())
}

fn shown(ctx: &Ctx, grant: &Row, codes: &HashMap<Uuid, &str>) -> String {
    let role = grant.text("role").unwrap_or_default();
    let agency = grant.uuid("agency_id").and_then(|id| codes.get(&id));
    let agency = agency.map_or_else(String::new, |code| format!("/{code}"));
    let from = grant.date("valid_from").filter(|day| *day > ctx.clock.today());
    let from = from.map_or_else(String::new, |day| format!(" from {day}"));
    let until = grant.date("valid_until").map_or_else(String::new, |day| format!(" until {day}"));
    format!("{role} {}{agency}{from}{until}", grant.owner())
}
