//! Vocabularies of sharing beyond the owner.

use model::vocabulary;

/// The place of a release in its life.
#[vocabulary]
pub enum ReleaseStatus {
    /// It begins later.
    Scheduled,
    /// It shows its subject now.
    Live,
    /// It waits for the focal point, because the owner has joined a region it names.
    Suspended,
    /// It has reached its end.
    Ended,
    /// The owner has taken it back.
    Revoked,
}

/// From whom a disclosure rule withholds a field.
#[vocabulary]
pub enum DisclosureScope {
    /// Everybody outside the owner.
    Outside,
    /// Everybody who would not see the record if it were shared with a group only, inside the owner too.
    OutsideGroup,
}
