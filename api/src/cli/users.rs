//! `concord user`: accounts, from the host.
//!
//! Who runs these commands acts as anybody, so each names itself, with its reason, as the request of the
//! change set it writes.

mod ending;
mod linking;
mod listing;

use std::{io::Read, sync::Arc};

use clap::{Args, Subcommand};
use entity::{Grant, User as Account, user, vocab::Role};
use kernel::{Ctx, Error, KindDef, record::Op, row::Row, store, unit::members};
use model::Vocabulary;
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{failure::Failure, installation::Installation, say};
use crate::{
    domain::Registered,
    signin::{
        keys::KeyRing,
        notice,
        password::{self, Holder},
        password_token, session, token,
    },
};
use ending::{Held, Named};
use linking::{Meant, Subject};

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Makes an account, or gives one that exists a password; without one nobody can sign in to it.
    Add(Add),
    /// Lists the accounts and what they are granted.
    List,
    /// Gives an account a role; makes the account where there is none.
    Grant(NewRole),
    /// Takes a role back from an account, or all its roles of an owner.
    Revoke(Held),
    /// Closes an account: nobody signs in to it any more, and its sessions end.
    Disable(Named),
    /// Opens an account that was closed; sessions that have ended stay so.
    Enable(Named),
    /// Ends all sessions of an account, which may sign in again.
    SignOut(Named),
    /// Lets a subject of a trusted issuer mean an account.
    Link(Meant),
    /// Lets a subject of a trusted issuer mean nobody any more.
    Unlink(Subject),
    /// Prints a token of 24 hours to set a password with, as the last line.
    Invite {
        /// E-mail address of the account.
        email: String,
        /// Takes the second factor away when the token is used.
        #[arg(long)]
        reset_second_factor: bool,
        /// Why, for the log.
        #[arg(long, value_parser = reason)]
        reason: Option<String>,
    },
    /// Prints an access token of 15 minutes, as the last line.
    Token {
        /// E-mail address of the account to act as.
        email: String,
        /// Why, for the log.
        #[arg(long, value_parser = reason)]
        reason: Option<String>,
    },
}

/// A new account.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// E-mail address, which is also the name to sign in with.
    email: String,
    /// Name to show.
    #[arg(long)]
    name: String,
    /// Reads the password from standard input, up to the end of its line.
    #[arg(long)]
    password_stdin: bool,
}

/// A new grant.
#[derive(Debug, Args)]
pub(super) struct NewRole {
    /// E-mail address of the account.
    email: String,
    /// The role, such as `focal_point` or `officer`.
    #[arg(long, value_parser = role)]
    role: Role,
    /// Whose records: `KGZ`, `region:CA`, `org:UNICRI`, `reference` or `installation`.
    #[arg(long)]
    owner: String,
    /// Code of the agency of an officer or agency lead.
    #[arg(long)]
    agency: Option<String>,
    /// Last day of the grant, such as 2027-12-31.
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<chrono::NaiveDate>,
    /// Why, for the log.
    #[arg(long, value_parser = reason)]
    reason: Option<String>,
}

fn day(text: &str) -> Result<chrono::NaiveDate, String> {
    kernel::dates::day(text).ok_or_else(|| format!("it takes {}", kernel::dates::DAY))
}

fn role(text: &str) -> Result<Role, String> {
    let known = || Role::ALL.iter().map(|role| role.code()).collect::<Vec<_>>().join(", ");
    Role::of(text).ok_or_else(|| format!("roles are {}", known()))
}

pub(super) fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if (1..=500).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err("a reason is one line of 1 to 500 characters".into())
}

pub(super) async fn run(command: User) -> Result<(), Failure> {
    let mut installation = Installation::open().await?;
    let because = match &command {
        User::Add(_) => request("user add", None),
        User::List => request("user list", None),
        User::Grant(NewRole { reason, .. }) => request("user grant", reason.as_deref()),
        User::Revoke(held) => request("user revoke", held.reason.as_deref()),
        User::Disable(named) => request("user disable", named.reason.as_deref()),
        User::Enable(named) => request("user enable", named.reason.as_deref()),
        User::SignOut(named) => request("user sign-out", named.reason.as_deref()),
        User::Link(meant) => request("user link", meant.subject.reason.as_deref()),
        User::Unlink(subject) => request("user unlink", subject.reason.as_deref()),
        User::Token { reason, .. } => request("user token", reason.as_deref()),
        User::Invite { reason, .. } => request("user invite", reason.as_deref()),
    };
    installation.ctx.request_id = Some(because);
    match command {
        User::Add(new) => add(&installation.ctx, new).await?,
        User::List => listing::print(&installation.ctx).await?,
        User::Grant(new) => grant(&installation.ctx, new).await?,
        User::Revoke(held) => ending::revoke(&installation.ctx, &held).await?,
        User::Disable(named) => ending::disable(&installation.ctx, &named).await?,
        User::Enable(named) => ending::enable(&installation.ctx, &named).await?,
        User::SignOut(named) => ending::sign_out(&installation.ctx, &named).await?,
        User::Link(meant) => linking::link(&installation, &meant).await?,
        User::Unlink(subject) => linking::unlink(&installation, &subject).await?,
        User::Token { email, .. } => print_token(&installation, &email).await?,
        User::Invite { email, reset_second_factor, .. } => {
            invite(&installation.ctx, &email, reset_second_factor).await?;
        }
    }
    installation.ctx.db.close().await?;
    Ok(())
}

/// What the change log says of where a write came from.
pub(super) fn request(command: &str, reason: Option<&str>) -> Arc<str> {
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("concord {command}{reason}").into()
}

async fn add(ctx: &Ctx, new: Add) -> Result<(), Failure> {
    let email = address(&new.email);
    let password = if new.password_stdin { Some(read_password()?) } else { None };
    let known = find(ctx, &email).await?;
    if let (Some(password), None) = (&password, &known) {
        // Before the account is made; of one that exists the password is judged when it is set.
        let holder = Holder { email: &email, name: &new.name, has_factor: false };
        let found = password::check("password", password, holder);
        if !found.is_empty() {
            return Err(Error::Invalid(found).into());
        }
    }
    if known.is_some() && password.is_none() {
        return Err(Failure::usage(&"the account exists; --password-stdin gives it a password"));
    }
    let id = match known {
        Some(row) => row.id(),
        None => make(ctx, Account::def(), json!({ "email": email, "name": new.name })).await?,
    };
    if let Some(password) = &password {
        session::set_password(ctx, id, password).await?;
    }
    say(&format_args!("{email} ({id})"));
    Ok(())
}

/// Creates a record and answers its id.
async fn make(ctx: &Ctx, def: &'static KindDef, fields: Json) -> Result<Uuid, Failure> {
    let op = Op::Create(members(&fields)?);
    let made = ctx.run(async |unit| unit.apply_one(def, op.clone()).await).await?;
    Ok(made.id.ok_or_else(|| Error::Internal("a new record has no id".into()))?)
}

fn read_password() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(&format!("the password cannot be read: {error}")))?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(Failure::usage(&"standard input holds no password")),
    }
}

async fn grant(ctx: &Ctx, new: NewRole) -> Result<(), Failure> {
    let email = address(&new.email);
    let is_known = find(ctx, &email).await?.is_some();
    let fields = json!({
        "owner": new.owner,
        "user": email,
        "role": new.role,
        "agency": new.agency,
        "valid_until": new.until,
    });
    let id = make(&notice::under(ctx, &new.owner), Grant::def(), fields).await?;
    if !is_known {
        say(&format_args!("added {email}, who had no account"));
    }
    say(&format_args!("granted {} of {} to {email} ({id})", new.role.code(), new.owner));
    Ok(())
}

async fn invite(ctx: &Ctx, email: &str, resets_second_factor: bool) -> Result<(), Failure> {
    let unknown = || Failure::usage(&format!("there is no account {}", address(email)));
    let id = find(ctx, &address(email)).await?.ok_or_else(unknown)?.id();
    let issued = password_token::issue(ctx, id, resets_second_factor).await?;
    say(&format_args!("good once, until {}, at POST /api/v1/auth/accept:", issued.expires_at));
    say(&issued.token);
    Ok(())
}

async fn print_token(installation: &Installation, email: &str) -> Result<(), Failure> {
    let ctx = &installation.ctx;
    let secret = installation.secret().await?;
    let unknown = || Failure::usage(&format!("there is no open account {}", address(email)));
    let id = find(ctx, &address(email)).await?.ok_or_else(unknown)?.id();
    let ring = KeyRing::open(&ctx.db, &ctx.clock, &secret).await?;
    let session = match session::open_session(ctx, id).await {
        Err(Error::NotFound) => return Err(unknown()),
        opened => opened?,
    };
    notice::give(ctx, id, None).await?;
    say(&token::issue(&ring, &ctx.clock, id, session)?);
    Ok(())
}

/// Addresses are stored in lower case.
fn address(email: &str) -> String {
    email.trim().to_lowercase()
}

async fn find(ctx: &Ctx, email: &str) -> Result<Option<Row>, Failure> {
    let def = Account::def();
    let named = Cond::all().add(def.col(user::EMAIL.column).eq(email));
    Ok(store::first(ctx.db.reading(), def, named).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_reasons_are_read() {
        assert_eq!(role("agency_lead"), Ok(Role::AgencyLead));
        assert!(role("king").unwrap_err().starts_with("roles are focal_point, secretariat"));
        assert_eq!(reason(" a call at night "), Ok("a call at night".to_owned()));
        assert!(reason(" ").is_err() && reason("two\nlines").is_err());
        assert_eq!(&*request("user token", Some("lost phone")), "concord user token: lost phone");
    }
}
