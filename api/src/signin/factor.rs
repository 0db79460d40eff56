//! The second factor: codes of an authenticator (TOTP, RFC 6238), and recovery codes for when it is lost.
//!
//! Six digits, 30 seconds, SHA-1, because every authenticator knows these. A code is taken one step early or late, and
//! each step once.

use aws_lc_rs::hmac;
use entity::{recovery_code, second_factor};
use kernel::{
    crypto::random,
    ctx::Ctx,
    db::Conn,
    error::{Code, Error, Result},
};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use serde::Serialize;
use totp_rs::{Builder, Totp};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    credential::{Account, account_of},
    keys::KeyRing,
    seal::{seal, unseal},
    secret::InstallationSecret,
    throttle::{Attempt, Ending, Tried},
};

/// Recovery codes a person gets.
const RECOVERY_CODES: usize = 10;
/// Name of the service in authenticators.
const ISSUER: &str = "Concord";

/// A second factor to be put into an authenticator; it is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Enrolment {
    /// The secret, in Base32, to be typed in.
    pub secret: String,
    /// The same as an `otpauth:` address, to be shown as a QR code.
    pub uri: String,
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrolment(***)")
    }
}

/// Codes that stand in for the authenticator, each once; they are shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Ten codes.
    pub recovery_codes: Vec<String>,
}

impl std::fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCodes(***)")
    }
}

/// Makes a second factor, which counts once it is confirmed; one that was not confirmed is replaced.
///
/// # Errors
/// `Conflict(SecondFactorSet)`; `Invalid` at `/password`; `TooManyAttempts`; what the database says.
pub async fn enrol(ctx: &Ctx, ring: &KeyRing, user: Uuid, password: &str) -> Result<Enrolment> {
    use second_factor::Column;
    let account = account_of(ctx, user).await?;
    if account.has_factor {
        return Err(is_set());
    }
    if !account.prove(ctx, ring, password).await? {
        return Err(wrong_password());
    }

    let secret = random::<20>()?;
    let totp = totp(&secret, &account.email)?;
    let mut upsert = Query::insert();
    upsert.into_table(second_factor::Entity).columns([
        Column::UserId,
        Column::SealedSecret,
        Column::CreatedAt,
        Column::LastStep,
    ]);
    let sealed = seal(ring.secret(), &name(user), &secret)?;
    upsert.values_panic([Expr::val(user), Expr::val(sealed), Expr::val(ctx.clock.now()), Expr::val(0_i64)]);
    upsert.on_conflict(
        OnConflict::column(Column::UserId)
            .update_columns([Column::SealedSecret, Column::CreatedAt])
            // Another request may have confirmed it meanwhile.
            .action_and_where(Expr::col((second_factor::Entity, Column::ConfirmedAt)).is_null())
            .to_owned(),
    );
    if ctx.db.writing().run(&upsert).await?.rows_affected() == 0 {
        return Err(is_set());
    }
    let uri = totp.to_url().map_err(|error| unmade(&error))?;
    Ok(Enrolment { secret: totp.secret().to_base32(), uri })
}

/// Puts the second factor in force, once its authenticator shows a right code; answers new recovery codes.
///
/// # Errors
/// `Conflict(SecondFactorSet)`; `Invalid` at `/code`; what the database says.
pub async fn confirm(ctx: &Ctx, ring: &KeyRing, user: Uuid, code: &str) -> Result<RecoveryCodes> {
    use second_factor::Column;
    let account = account_of(ctx, user).await?;
    if account.has_factor {
        return Err(is_set());
    }
    let wrong = || Error::invalid("/code", Code::RuleBroken, "this is not the code of the factor made last");
    let (sealed, totp) = stored(ctx, ring.secret(), &account).await?.ok_or_else(wrong)?;
    let step = step(ctx, &totp, code).ok_or_else(wrong)?;

    let transaction = ctx.db.begin(true).await?;
    let conn = ctx.db.within(&transaction);
    let confirm = Query::update()
        .table(second_factor::Entity)
        .value(Column::ConfirmedAt, ctx.clock.now())
        .value(Column::LastStep, step)
        .and_where(Expr::col(Column::UserId).eq(user))
        .and_where(Expr::col(Column::SealedSecret).eq(sealed))
        .and_where(Expr::col(Column::ConfirmedAt).is_null())
        .take();
    if conn.run(&confirm).await?.rows_affected() == 0 {
        return Err(is_set());
    }
    let codes = new_codes(conn, ring.secret(), user).await?;
    transaction.commit().await?;
    Ok(codes)
}

/// Takes the second factor away; needs the password and a code, and a password long enough to stand alone.
///
/// # Errors
/// `Invalid` at `/password` or `/code`; `TooManyAttempts`; what the database says.
pub async fn disable(ctx: &Ctx, ring: &KeyRing, user: Uuid, shown: (&str, &str)) -> Result<()> {
    let (password, code) = shown;
    let account = account_of(ctx, user).await?;
    let mut attempt = Attempt::begin(ctx, ring, Tried { email: &account.email, from: None }).await?;
    if !attempt.shows(ctx, password, (Some(user), account.hash.as_deref())).await? {
        return Err(wrong_password());
    }
    if !spend(ctx, ring, &account, code).await? {
        attempt.fail(ctx, Ending::WrongCode, Some(user)).await?;
        return Err(Error::invalid("/code", Code::RuleBroken, "the code is wrong, or was used already"));
    }
    attempt.succeed(ctx).await?;
    account.accepts("/password", password, false)?;

    let transaction = ctx.db.begin(true).await?;
    remove(ctx.db.within(&transaction), user).await?;
    Ok(transaction.commit().await?)
}

/// Whether a code is right, and spends it: the step of an authenticator's, or the recovery code itself.
pub(super) async fn spend(ctx: &Ctx, ring: &KeyRing, account: &Account, code: &str) -> Result<bool> {
    use second_factor::Column;
    if !account.has_factor {
        return Ok(false);
    }
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if code.len() != 6 {
        return spend_recovery(ctx, ring.secret(), account.id, &code).await;
    }
    let Some((_, totp)) = stored(ctx, ring.secret(), account).await? else { return Ok(false) };
    let Some(step) = step(ctx, &totp, &code) else { return Ok(false) };
    let spend = Query::update()
        .table(second_factor::Entity)
        .value(Column::LastStep, step)
        .and_where(Expr::col(Column::UserId).eq(account.id))
        .and_where(Expr::col(Column::ConfirmedAt).is_not_null())
        .and_where(Expr::col(Column::LastStep).lt(step))
        .take();
    Ok(ctx.db.writing().run(&spend).await?.rows_affected() == 1)
}

/// Removes the second factor of a user with its recovery codes.
pub(super) async fn remove(conn: Conn<'_>, user: Uuid) -> Result<()> {
    remove_codes(conn, user).await?;
    let factor = Expr::col(second_factor::Column::UserId).eq(user);
    conn.run(&Query::delete().from_table(second_factor::Entity).and_where(factor).take()).await?;
    Ok(())
}

async fn remove_codes(conn: Conn<'_>, user: Uuid) -> Result<()> {
    let codes = Expr::col(recovery_code::Column::UserId).eq(user);
    conn.run(&Query::delete().from_table(recovery_code::Entity).and_where(codes).take()).await?;
    Ok(())
}

fn is_set() -> Error {
    Error::Conflict(Code::SecondFactorSet, "the account has a second factor; disable it first".into())
}

fn wrong_password() -> Error {
    Error::invalid("/password", Code::RuleBroken, "this is not your present password")
}

fn unmade(error: &dyn std::fmt::Display) -> Error {
    Error::Internal(format!("a second factor cannot be made: {error}"))
}

/// Name under which a secret is sealed.
fn name(user: Uuid) -> String {
    format!("second factor of {user}")
}

fn totp(secret: &[u8], email: &str) -> Result<Totp> {
    Builder::new()
        .with_secret(secret.to_vec())
        .with_issuer(Some(ISSUER))
        // A colon parts issuer and account.
        .with_account_name(email.replace(':', "_"))
        .build()
        .map_err(|error| unmade(&error))
}

/// The stored factor, confirmed or not: as it is sealed, and opened.
async fn stored(ctx: &Ctx, secret: &InstallationSecret, account: &Account) -> Result<Option<(String, Totp)>> {
    use second_factor::Column;
    let select = Query::select()
        .column(Column::SealedSecret)
        .from(second_factor::Entity)
        .and_where(Expr::col(Column::UserId).eq(account.id))
        .take();
    let Some(row) = ctx.db.reading().one(&select).await? else { return Ok(None) };
    let sealed: String = row.try_get_by_index(0)?;
    let totp = totp(&unseal(secret, &name(account.id), &sealed)?, &account.email)?;
    Ok(Some((sealed, totp)))
}

/// The time step a code belongs to, of this one and its neighbours.
fn step(ctx: &Ctx, totp: &Totp, code: &str) -> Option<i64> {
    let now = u64::try_from(ctx.clock.now().timestamp()).ok()?;
    i64::try_from(totp.check(code, now)?).ok()
}

async fn new_codes(conn: Conn<'_>, secret: &InstallationSecret, user: Uuid) -> Result<RecoveryCodes> {
    use recovery_code::Column;
    remove_codes(conn, user).await?;
    let mut rows = Query::insert();
    rows.into_table(recovery_code::Entity).columns([Column::UserId, Column::CodeHash]);
    let mut recovery_codes = Vec::new();
    for _ in 0..RECOVERY_CODES {
        let code = hex::encode(random::<10>()?);
        rows.values_panic([Expr::val(user), Expr::val(hash_of(secret, user, &code))]);
        let groups: Vec<String> =
            code.as_bytes().chunks(5).map(|part| String::from_utf8_lossy(part).into()).collect();
        recovery_codes.push(groups.join("-"));
    }
    conn.run(&rows).await?;
    Ok(RecoveryCodes { recovery_codes })
}

async fn spend_recovery(ctx: &Ctx, secret: &InstallationSecret, user: Uuid, code: &str) -> Result<bool> {
    use recovery_code::Column;
    let this = Query::delete()
        .from_table(recovery_code::Entity)
        .and_where(Expr::col(Column::UserId).eq(user))
        .and_where(Expr::col(Column::CodeHash).eq(hash_of(secret, user, &code.to_ascii_lowercase())))
        .take();
    Ok(ctx.db.writing().run(&this).await?.rows_affected() == 1)
}

/// Hash of a recovery code under the installation secret, without which it cannot be guessed from the database.
fn hash_of(secret: &InstallationSecret, user: Uuid, code: &str) -> String {
    let mut signing = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret.codes_key()));
    signing.update(user.as_bytes());
    signing.update(code.as_bytes());
    hex::encode(signing.sign())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: RFC 6238, appendix B, SHA-1, the last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let totp = totp(b"12345678901234567890", "a@b").unwrap();
        let code = |second| totp.generate(second).to_string();

        assert_eq!(
            [59, 1_111_111_109, 1_234_567_890, 20_000_000_000].map(code),
            ["287082", "081804", "005924", "353130"]
        );
        assert_eq!(totp.check("287082", 59), Some(1));
        assert_eq!((totp.check("287082", 89), totp.check("287082", 90)), (Some(1), None));
    }

    #[test]
    fn an_address_with_a_colon_still_makes_a_factor() {
        let uri = totp(&[7; 20], "a:b@c").unwrap().to_url().unwrap();

        assert!(uri.starts_with("otpauth://totp/Concord:a_b%40c?secret="), "{uri}");
    }
}
