//! Vocabularies of accounts.

use model::vocabulary;

/// What the person of a grant says to it; only an accepted grant is in force.
#[vocabulary]
pub enum Consent {
    /// Nothing yet: the grant counts for nothing.
    Offered,
    /// It takes the grant.
    Accepted,
    /// It does not take the grant, or the offer has fallen away with a reset of its password.
    Declined,
}
