//! Releases beyond the country, the sets of them that records point to, and purges.

use model::{List, Refs, Subject, lifecycle, record};

use crate::vocab::{DisclosureScope, ReleaseMode, ReleaseStatus};

/// An owner's decision to show records to audiences beyond it.
#[record(plural = "releases", class = Shared, area = "Sharing", of_caller, writes = [Create], moves = RELEASE,
    example = r#"{"subject": {"plan": "0198c0de-0000-7000-8000-000000000001"}, "audiences": ["partners"], "basis": "Order of the National Coordination Council", "purpose": "Preparation of the regional meeting"}"#)]
pub struct Release {
    /// What it shows: a plan with everything that hangs on it, one record, or all records of a kind. With a plan or a
    /// kind go the records at visibility `national` only.
    #[field(new_only)]
    pub subject: Subject,
    /// Who may read: `public`, `partners`, `network`, `region:CA`, `country:KAZ`, `org:UNICRI`.
    #[field(
        len(1, 50),
        table = "release_audience",
        new_only,
        filter("audience", "Only those for one of these audiences.")
    )]
    pub audiences: List<String>,
    /// What the audiences get to see: the records, or with `count` none of them. For `public`, `count` lets them add to cubes,
    /// which everybody reads.
    #[field(default = ReleaseMode::Read, new_only, filter)]
    pub mode: ReleaseMode,
    /// Legal or administrative basis.
    #[field(len(1, 1_000), new_only)]
    pub basis: Option<String>,
    /// Purpose.
    #[field(len(1, 1_000), new_only)]
    pub purpose: Option<String>,
    /// Instant it begins; now, where none is given.
    #[field(default = now, new_only, sort)]
    pub from_at: DateTimeUtc,
    /// Instant it ends.
    #[field(new_only, sort)]
    pub until_at: Option<DateTimeUtc>,
    /// Whether the audiences may comment.
    #[field(default = false, new_only)]
    pub may_comment: bool,
    /// Whether the audiences may draft changes.
    #[field(default = false, new_only)]
    pub may_draft: bool,
    /// Whether records that are made under the subject later are shown as well.
    #[field(default = false, new_only)]
    pub include_future: bool,
    /// Whether the agencies and working groups that the released records name are shown as well.
    #[field(default = false, new_only)]
    pub include_references: bool,
    /// State of the release.
    #[field(read_only, filter)]
    pub status: ReleaseStatus,
    /// Whether it shows its subject now.
    #[field(
        is(status, ReleaseStatus::Live),
        filter("live", "Only those that show their subject now, or only the others.")
    )]
    pub is_live: bool,
    /// Why it was revoked.
    #[field(len(1, 1_000), read_only)]
    pub status_reason: Option<String>,
    /// Regions the owner was a member of when audiences were decided last.
    #[field(stored_only)]
    pub member_regions: List<String>,
    /// Instant it was revoked.
    #[field(read_only)]
    pub revoked_at: Option<DateTimeUtc>,
    /// User who revoked it; no foreign key.
    #[field(read_only)]
    pub revoked_by: Option<Uuid>,
}

lifecycle! { RELEASE;
    /// Give a release an earlier end; for a later one make another release.
    shorten: Scheduled | Live | Suspended => same, by FocalPoint, takes [until_at!];
    /// Let a release go on that waits because its owner has joined a region.
    confirm: Suspended => Live, by FocalPoint;
    /// Revoke a release: from now on it shows nothing.
    revoke: Scheduled | Live | Suspended => Revoked, by FocalPoint, takes [status_reason];
}

/// A field of a kind that a country withholds from others: where it is released, the field stays null.
#[record(plural = "disclosure-rules", class = National, area = "Sharing", of_countries, by_focal_point,
    example = r#"{"owner": "KGZ", "kind": "action", "field": "cost", "scope": "outside"}"#)]
pub struct DisclosureRule {
    /// Kind of the records, such as `action`.
    #[field(len(1, 50), new_only, filter)]
    pub kind: String,
    /// Name of the field, such as `cost`.
    #[field(len(1, 100), new_only, filter)]
    pub field: String,
    /// From whom it is withheld.
    #[field(default = DisclosureScope::Outside, filter)]
    pub scope: DisclosureScope,
    /// Instant the rule begins; now, where none is given.
    #[field(default = now, sort)]
    pub from_at: DateTimeUtc,
    /// Instant the rule ends.
    #[field(sort)]
    pub until_at: Option<DateTimeUtc>,
    /// Why.
    #[field(len(1, 1_000))]
    pub reason: Option<String>,
}

/// A set of releases that records point to.
#[record(plural = "release-sets", class = Shared)]
pub struct ReleaseSet {
    /// The releases.
    #[field(table = "release_set_member")]
    pub releases: Refs<Release>,
}

/// A record that was destroyed, with everything the log held of it.
#[record(plural = "purges", class = Shared)]
pub struct Purge {
    /// Kind of the record.
    pub kind: String,
    /// Its id, which refers to nothing any more.
    pub record: Uuid,
    /// Why it was destroyed.
    pub reason: String,
}
