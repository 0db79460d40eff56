//! `concord user link` and `unlink`: whom a trusted issuer means.

use clap::Args;

use super::super::{failure::Failure, installation::Installation, say};
use super::{address, find, reason};
use crate::{config::Issuer, signin::issuers};

/// A subject of an issuer, and why.
#[derive(Debug, Args)]
pub(in crate::cli) struct Subject {
    /// The issuer, as the settings name it.
    #[arg(long)]
    issuer: String,
    /// The person, as the issuer's tokens name it in `sub`.
    #[arg(long = "subject")]
    name: String,
    /// Why, for the log.
    #[arg(long, value_parser = reason)]
    pub(super) reason: Option<String>,
}

/// An account and the subject that means it.
#[derive(Debug, Args)]
pub(in crate::cli) struct Meant {
    /// E-mail address of the account.
    email: String,
    #[command(flatten)]
    pub(super) subject: Subject,
}

/// Lets a subject mean an account.
pub(super) async fn link(on: &Installation, meant: &Meant) -> Result<(), Failure> {
    let (email, subject) = (address(&meant.email), &meant.subject);
    let issuer = trusted(on, subject)?;
    let unknown = || Failure::usage(&format!("there is no account {email}"));
    let id = find(&on.ctx, &email).await?.ok_or_else(unknown)?.id();
    issuers::link(&on.ctx, issuer, &subject.name, id).await?;
    say(&format_args!("{} of {} is {email}, for {}", subject.name, issuer.issuer, issuer.owner));
    Ok(())
}

/// Lets a subject mean nobody.
pub(super) async fn unlink(on: &Installation, subject: &Subject) -> Result<(), Failure> {
    let issuer = trusted(on, subject)?;
    let unlinked = issuers::unlink(&on.ctx, issuer, &subject.name).await?;
    let unknown = || Failure::usage(&format!("{} of {} is nobody here", subject.name, issuer.issuer));
    let id = unlinked.ok_or_else(unknown)?;
    say(&format_args!("{} of {} is nobody any more; it was account {id}", subject.name, issuer.issuer));
    Ok(())
}

fn trusted<'a>(on: &'a Installation, subject: &Subject) -> Result<&'a Issuer, Failure> {
    let all = &on.config.issuers;
    all.iter().find(|one| one.issuer == subject.issuer).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|one| one.issuer.as_str()).collect();
        Failure::usage(&format!("{:?} is no trusted issuer; the settings have {known:?}", subject.issuer))
    })
}
