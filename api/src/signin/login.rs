//! Signing in with a password.

use chrono::TimeDelta;
use entity::user;
use kernel::{
    ctx::Ctx,
    error::{Error, Result},
};
use sea_orm::sea_query::{Expr, ExprTrait};

use super::{
    credential::account,
    device::Device,
    factor,
    keys::KeyRing,
    session::{self, SESSION_DAYS, Secret, Tokens},
    standing::is_open,
    throttle::{Attempt, Ending, Tried},
};

/// Who wants to sign in, and from where.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// E-mail address.
    pub email: &'a str,
    /// Password.
    pub password: &'a str,
    /// Code of the second factor, where the account has one.
    pub code: Option<&'a str>,
    /// Where the request comes from.
    pub device: &'a Device,
}

/// Signs somebody in.
///
/// # Errors
/// `Unauthenticated`, with one text for unknown, closed and wrong; `SecondFactorRequired` where only the code is
/// missing or wrong; `TooManyAttempts`; what the database says.
pub async fn login(ctx: &Ctx, ring: &KeyRing, who: Login<'_>) -> Result<Tokens> {
    let wrong = || Error::Unauthenticated("the e-mail address or the password is wrong".into());
    // Addresses are stored in lower case.
    let email = who.email.trim().to_lowercase();
    let tried = Tried { email: &email, from: who.device.address };
    let mut attempt = Attempt::begin(ctx, ring, tried).await?;
    let address = Expr::col((user::Entity, user::Column::Email)).eq(&*email);
    let account = account(ctx, address.and(is_open(ctx.clock.now()))).await?;
    let of = account.as_ref().map_or((None, None), |account| (Some(account.id), account.hash.as_deref()));
    if !attempt.shows(ctx, who.password, of).await? {
        return Err(wrong());
    }
    let account = account.ok_or_else(wrong)?;
    if account.has_factor {
        let Some(code) = who.code else {
            // Nothing was guessed; but neither are earlier failures forgotten, or codes could be guessed for ever.
            attempt.tell(Ending::CodeMissing, Some(account.id));
            let text = "the account has a second factor: send `code` besides";
            return Err(Error::SecondFactorRequired(text.into()));
        };
        if !factor::spend(ctx, ring, &account, code).await? {
            attempt.fail(ctx, Ending::WrongCode, Some(account.id)).await?;
            let text = "the code is wrong, or was used already; wait for the next one";
            return Err(Error::SecondFactorRequired(text.into()));
        }
    }
    attempt.succeed(ctx).await?;

    let secret = Secret::new()?;
    let new = session::New {
        user: account.id,
        secret: &secret,
        lifetime: TimeDelta::days(SESSION_DAYS),
        agent: who.device.agent(),
    };
    let session = session::insert(ctx, &new).await?.ok_or_else(wrong)?;
    attempt.tell(Ending::Done, Some(account.id));
    session::tokens(ctx, ring, (account.id, session), &secret)
}
