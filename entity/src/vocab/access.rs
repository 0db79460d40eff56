//! Vocabularies of accounts.

use model::vocabulary;

/// The state of an API key.
#[vocabulary]
pub enum ApiKeyStatus {
    /// In force, unless it has expired.
    Active,
    /// Ended for good.
    Revoked,
}
