//! `concord user disable`, `enable`, `revoke` and `sign-out`: taking back what was given.

use clap::Args;
use entity::{Agency, Grant, User as Account, agency, grant, user, vocab::Role};
use kernel::{
    Ctx, KindDef,
    record::Op,
    row::Row,
    store,
    unit::{Atomic, members},
};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Value as Json, json};

use super::super::{failure::Failure, say};
use super::{address, find, reason, role};
use crate::{
    domain::Registered,
    signin::{notice, session},
};

/// An account, and why.
#[derive(Debug, Args)]
pub(in crate::cli) struct Named {
    /// E-mail address of the account.
    pub(super) email: String,
    /// Why, for the log.
    #[arg(long, value_parser = reason)]
    pub(super) reason: Option<String>,
}

/// The grants to take back.
#[derive(Debug, Args)]
pub(in crate::cli) struct Held {
    /// E-mail address of the account.
    email: String,
    /// The role to take back; all roles of the owner where none is given.
    #[arg(long, value_parser = role)]
    role: Option<Role>,
    /// Whose records: `KGZ`, `region:CA`, `org:UNICRI`, `reference` or `installation`.
    #[arg(long)]
    owner: String,
    /// Code of the agency, where the role is held for several.
    #[arg(long)]
    agency: Option<String>,
    /// Why, for the log.
    #[arg(long, value_parser = reason)]
    pub(super) reason: Option<String>,
}

async fn account(ctx: &Ctx, email: &str) -> Result<Row, Failure> {
    let unknown = || Failure::usage(&format!("there is no account {}", address(email)));
    find(ctx, &address(email)).await?.ok_or_else(unknown)
}

/// Closes an account from now on; its sessions end with it.
pub(super) async fn disable(ctx: &Ctx, named: &Named) -> Result<(), Failure> {
    let row = account(ctx, &named.email).await?;
    let now = ctx.clock.now();
    if row.read(user::VALID_UNTIL).is_some_and(|until| until <= now) {
        say(&format_args!("{} is closed already", address(&named.email)));
        return Ok(());
    }
    edit(ctx, Account::def(), &row, json!({ "valid_until": now })).await?;
    say(&format_args!("closed {}; its sessions have ended", address(&named.email)));
    Ok(())
}

/// Opens an account again, with the grants it has.
pub(super) async fn enable(ctx: &Ctx, named: &Named) -> Result<(), Failure> {
    let row = account(ctx, &named.email).await?;
    edit(ctx, Account::def(), &row, json!({ "valid_until": null })).await?;
    say(&format_args!("{} is open", address(&named.email)));
    Ok(())
}

/// Ends all sessions of an account, which may sign in again.
pub(super) async fn sign_out(ctx: &Ctx, named: &Named) -> Result<(), Failure> {
    let row = account(ctx, &named.email).await?;
    let ended = session::end_all(ctx, row.id()).await?;
    say(&format_args!("{ended} sessions of {} have ended", address(&named.email)));
    Ok(())
}

/// Deletes the grants of an account that are meant; the change log keeps what they were.
pub(super) async fn revoke(ctx: &Ctx, held: &Held) -> Result<(), Failure> {
    let row = account(ctx, &held.email).await?;
    let (conn, def) = (ctx.db.reading(), Grant::def());
    let mut meant = Cond::all()
        .add(def.col(grant::USER.column).eq(row.id()))
        .add(def.col("owner").eq(held.owner.as_str()));
    if let Some(role) = held.role {
        meant = meant.add(def.col(grant::ROLE.column).eq(role.code()));
    }
    if let Some(code) = &held.agency {
        let def = Agency::def();
        let coded = Cond::all()
            .add(def.col("owner").eq(held.owner.as_str()))
            .add(def.col(agency::CODE.column).eq(code.as_str()));
        let unknown = || Failure::usage(&format!("{} has no agency {code}", held.owner));
        let agency = store::first(conn, def, coded).await?.ok_or_else(unknown)?;
        meant = meant.add(Grant::def().col(grant::AGENCY.column).eq(agency.id()));
    }
    let grants = store::all(conn, def, meant).await?;
    if grants.is_empty() {
        let lacks = held
            .role
            .map_or_else(|| "holds no role".to_owned(), |role| format!("does not hold {}", role.code()));
        return Err(Failure::usage(&format!("{} {lacks} of {}", address(&held.email), held.owner)));
    }
    let delete = |row: &Row| Op::Delete { id: row.id(), version: Some(row.version()) };
    let under = notice::under(ctx, &held.owner);
    under
        .run(async |unit| unit.apply(def, grants.iter().map(delete).collect(), Atomic::All).await)
        .await
        .map_err(first_reason)?;
    for row in &grants {
        let role = row.read(grant::ROLE).map_or("", Role::code);
        say(&format_args!("revoked {role} of {} from {} ({})", held.owner, address(&held.email), row.id()));
    }
    Ok(())
}

/// Why the first of several was refused, since all of them were.
fn first_reason(error: kernel::Error) -> kernel::Error {
    let kernel::Error::Rejected(outcomes) = &error else { return error };
    let found = outcomes.iter().find_map(|outcome| match &outcome.kind {
        kernel::record::OutcomeKind::Rejected(why) => Some(why.clone()),
        _ => None,
    });
    found.unwrap_or(error)
}

async fn edit(ctx: &Ctx, def: &'static KindDef, row: &Row, fields: Json) -> Result<(), Failure> {
    let op = Op::Update { id: row.id(), version: Some(row.version()), fields: members(&fields)? };
    ctx.run(async |unit| unit.apply_one(def, op.clone()).await).await?;
    Ok(())
}
