//! API keys: secrets with which programs call in the name of a person, and what each still leaves of its rights.
//!
//! A secret has 256 random bits and is shown once; its SHA-256 is stored, apart from the record. A caller with a key
//! is remembered under that hash as one with a token is under its session, and what the key may do is met with the
//! grants of its person whenever the caller is looked up: a grant that ends takes the key's right with it.

mod holder;
mod place;
pub mod uses;

use aws_lc_rs::digest;
use entity::api_key_secret::{Column, Entity};
use kernel::{
    crypto::random,
    db::Conn,
    error::{Error, Result},
};
use sea_orm::sea_query::{Expr, Query};
use uuid::Uuid;

use super::session::Secret;

pub(crate) use holder::met;
pub(super) use holder::{held, held_by_id};
pub use place::{Place, is_network, is_origin};

/// How every key begins, so that leaked ones are found by search, and no token is taken for one.
const MARK: &str = "ck_";
/// Hexadecimal digits that tell keys apart.
const DIGITS: usize = 10;
/// Characters of the part that is secret: 256 bits in base64.
const SECRET: usize = 43;

/// The one refusal of keys: whoever tries them learns nothing of which exist, or why one is not taken.
#[must_use]
pub fn refused() -> Error {
    let why = "the API key is not taken: it is wrong, has ended, or does not come from where it may";
    Error::Unauthenticated(why.into())
}

/// The hash of what may be a key by its form; none for what is none and need not be looked for.
///
/// # Errors
/// `Unauthenticated` for what begins as a key and has not the form of one.
pub fn presented(text: &str) -> Result<Option<[u8; 32]>> {
    let Some(rest) = text.strip_prefix(MARK) else { return Ok(None) };
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let fits = rest.split_once('_').is_some_and(|(digits, secret)| {
        digits.len() == DIGITS && secret.len() == SECRET && secret.bytes().all(is_base64)
    });
    if fits { Ok(Some(hash(text))) } else { Err(refused()) }
}

/// Who pays for calls with a key: a caller of its own, told by the hash before anything is looked up.
#[must_use]
pub fn payer(hash: &[u8; 32]) -> Uuid {
    Uuid::from_bytes(std::array::from_fn(|at| hash.get(at).copied().unwrap_or_default()))
}

/// A new prefix: what names a key to people.
///
/// # Errors
/// `Internal` when the system gives no random bytes.
pub fn prefix() -> Result<String> {
    Ok(format!("{MARK}{}", hex::encode(random::<{ DIGITS / 2 }>()?)))
}

/// Makes the secret of a key that was just made, and stores its hash.
///
/// # Errors
/// What the database says.
pub async fn give(conn: Conn<'_>, key: Uuid, prefix: &str) -> Result<String> {
    let text = format!("{prefix}_{}", Secret::new()?.expose());
    let mut row = Query::insert();
    row.into_table(Entity).columns([Column::ApiKeyId, Column::Hash]);
    row.values_panic([Expr::val(key), Expr::val(hex::encode(hash(&text)))]);
    conn.run(&row).await?;
    Ok(text)
}

/// A plain SHA-256 is enough: the secret has 256 random bits and cannot be guessed from it.
fn hash(text: &str) -> [u8; 32] {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    std::array::from_fn(|at| hash.as_ref().get(at).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_of_a_key_is_looked_for() {
        let secret = "A".repeat(SECRET);
        let of = |text: &str| presented(text).map(|found| found.is_some()).map_err(|error| error.detail());

        assert_eq!(of(&format!("ck_0123456789_{secret}")), Ok(true));
        assert_eq!(of("eyJhbGciOiJFZERTQSJ9.e30.x"), Ok(false));
        for wrong in
            ["ck_", "ck_0123456789", &format!("ck_012345678_{secret}"), &format!("ck_0123456789_{secret}A")]
        {
            assert_eq!(of(wrong), Err(refused().detail()), "{wrong}");
        }
    }
}
