//! Signing in: who a request comes from, and what the data say about that person now.
//!
//! A token of ours says only who somebody is and in which session. What the person may do is looked up by
//! [`standing::load_actor`] and remembered while nothing changes it, so a grant that ends, ends at once.
//!
//! Sessions, credentials and signing keys are no records: they are written by single guarded
//! statements and do not enter the change log, because secrets never enter a record.

pub mod api_key;
pub mod calendar;
pub mod circles;
pub mod cleaning;
mod credential;
pub mod device;
pub mod factor;
pub mod identity;
pub mod issuers;
pub mod keys;
mod login;
pub mod notice;
pub mod own_sessions;
pub mod password;
pub mod password_token;
mod seal;
pub mod secret;
pub mod session;
pub mod standing;
pub mod throttle;
pub mod token;
pub mod viewing;
mod weakness;

/// The refusal of anonymous callers where one must be signed in.
#[must_use]
pub fn sign_in_first() -> kernel::Error {
    kernel::Error::Unauthenticated("sign in first: POST /api/v1/auth/login".into())
}

/// The refusal of API keys and issuers' tokens where only a person's session will do.
#[must_use]
pub fn no_key() -> kernel::Error {
    kernel::Error::Forbidden("an API key or an issuer's token does not do this; sign in as the person".into())
}
