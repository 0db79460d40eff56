//! Releases beyond the country: logged records without operations of their own.

use model::{List, Refs, record};

use crate::vocab::ReleaseMode;

/// An owner's decision to show records to audiences.
#[record(plural = "releases", class = Shared)]
pub struct Release {
    /// Who may read: `public`, `partners`, `network`, `region:CA`, `country:KAZ`, `org:UNICRI`.
    #[field(table = "release_audience")]
    pub audiences: List<String>,
    /// What the audiences get to see.
    pub mode: ReleaseMode,
    /// Legal or administrative basis.
    pub basis: Option<String>,
    /// Purpose.
    pub purpose: Option<String>,
    /// Instant it begins.
    pub from_at: DateTimeUtc,
    /// Instant it ends.
    pub until_at: Option<DateTimeUtc>,
    /// Whether the audiences may comment.
    pub may_comment: bool,
    /// Whether the audiences may draft changes.
    pub may_draft: bool,
    /// Instant it was revoked.
    pub revoked_at: Option<DateTimeUtc>,
    /// User who revoked it; no foreign key.
    pub revoked_by: Option<Uuid>,
}

/// A set of releases that records point to.
#[record(plural = "release-sets", class = Shared)]
pub struct ReleaseSet {
    /// The releases.
    #[field(table = "release_set_member")]
    pub releases: Refs<Release>,
}
