//! `concord user`: accounts, from the host.
//!
//! Who runs these commands acts as anybody, so each names itself, with its reason, as the request of the
//! change set it writes.

mod listing;

use std::{io::Read, sync::Arc};

use clap::{Args, Subcommand};
use entity::vocab::Role;
use kernel::{
    Ctx, Error, Record,
    row::Row,
    scalar::{Date, Reference},
    store,
};
use sea_orm::{
    ActiveEnum, Iterable,
    sea_query::{Cond, ExprTrait},
};
use uuid::Uuid;

use super::{failure::Failure, installation::Installation, say};
use crate::domain::{
    access::{
        grant::{Grant, NewGrant},
        signin::{
            keys::KeyRing,
            notice,
            password::{self, Holder},
            password_token, session, token,
        },
        user::{NewUser, User as Account},
    },
    parts::NewOrigin,
};

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Makes an account, or gives one that exists a password; without one nobody can sign in to it.
    Add(Add),
    /// Lists the accounts and what they are granted.
    List,
    /// Gives an account a role; makes the account where there is none.
    Grant(NewRole),
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
    #[arg(long, value_name = "DAY")]
    until: Option<chrono::NaiveDate>,
    /// Why, for the log.
    #[arg(long, value_parser = reason)]
    reason: Option<String>,
}

fn role(text: &str) -> Result<Role, String> {
    let known = || Role::iter().map(|role| role.to_value()).collect::<Vec<_>>().join(", ");
    Role::try_from_value(&text.to_owned()).map_err(|_| format!("roles are {}", known()))
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
        User::Token { reason, .. } => request("user token", reason.as_deref()),
        User::Invite { reason, .. } => request("user invite", reason.as_deref()),
    };
    installation.ctx.request_id = Some(because);
    match command {
        User::Add(new) => add(&installation.ctx, new).await?,
        User::List => listing::print(&installation.ctx).await?,
        User::Grant(new) => grant(&installation.ctx, new).await?,
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
        None => make(ctx, &email, new.name).await?,
    };
    if let Some(password) = &password {
        session::set_password(ctx, id, password).await?;
    }
    say(&format_args!("{email} ({id})"));
    Ok(())
}

async fn make(ctx: &Ctx, email: &str, name: String) -> Result<Uuid, Failure> {
    let origin = NewOrigin::default();
    let account = NewUser { origin, email: email.to_owned(), name, language: None, valid_until: None };
    Ok(ctx.run(async |unit| Ok(unit.create::<Account>(&account).await?.id())).await?)
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
    let grant = NewGrant {
        origin: NewOrigin::default(),
        owner: new.owner.clone(),
        user: Reference::code(&email),
        role: new.role,
        agency: new.agency.as_deref().map(Reference::code),
        within_plan: None,
        read_ceiling: None,
        write_kinds: None,
        source_systems: None,
        valid_from: None,
        valid_until: new.until.map(Date),
    };
    let id =
        notice::under(ctx, &new.owner).run(async |unit| Ok(unit.create::<Grant>(&grant).await?.id())).await?;
    if !is_known {
        say(&format_args!("added {email}, who had no account"));
    }
    say(&format_args!("granted {} of {} to {email} ({id})", new.role.to_value(), new.owner));
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
    let secret = installation.secret()?;
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
    let user = Account::def();
    Ok(store::first(ctx.db.reading(), user, Cond::all().add(user.col("email").eq(email))).await?)
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
