//! Who signs in, and what each may do.

use model::{Children, List, Ref, record};

use crate::{
    cooperation::Agency,
    plans::Plan,
    vocab::{ReadCeiling, Role},
};

/// Tables of signing in that hold on to an account.
const HELD_BY: &[(&str, &str)] = &[
    ("session", "user_id"),
    ("credential", "user_id"),
    ("second_factor", "user_id"),
    ("recovery_code", "user_id"),
    ("password_token", "user_id"),
    ("password_token", "issued_by"),
    ("idempotency_key", "user_id"),
];

/// A person or machine that signs in; what it may do is in its grants.
#[record(plural = "users", class = Person, area = "Access", fixed = "installation", held = HELD_BY,
    example = r#"{"email": "officer@example.org", "name": "Duty officer"}"#)]
pub struct User {
    /// E-mail address in lower case, unique in the installation.
    #[field(len(3, 200), pattern = r"^[^@\sA-Z]+@[^@\sA-Z]+$", new_only, unique, filter, sort)]
    pub email: String,
    /// Name to show.
    #[field(len(1, 200), label, sort)]
    pub name: String,
    /// Language the person prefers (BCP 47).
    #[field(len(2, 20))]
    pub language: Option<String>,
    /// Number that stands for the user in the change log.
    #[field(stored_only)]
    pub number: i64,
    /// Instant from which the account is closed.
    pub valid_until: Option<DateTimeUtc>,
    /// What it may do.
    pub grants: Children<Grant>,
}

/// A role that a user holds for an owner.
#[record(plural = "grants", class = Grant, area = "Access",
    example = r#"{"owner": "KGZ", "user": "0198c0de-0000-7000-8000-000000000001", "role": "observer"}"#)]
pub struct Grant {
    /// The holder; by id.
    #[field(new_only, filter)]
    pub user: Ref<User>,
    /// The role.
    #[field(new_only, filter, sort)]
    pub role: Role,
    /// Agency of an officer or agency lead.
    #[field(new_only, lead, filter)]
    pub agency: Option<Ref<Agency>>,
    /// Plan the grant is narrowed to.
    pub within_plan: Option<Ref<Plan>>,
    /// How far a portal may read; default `public`.
    pub read_ceiling: Option<ReadCeiling>,
    /// Kinds a portal may write.
    #[field(most(100))]
    pub write_kinds: List<String>,
    /// Source systems a portal may write under.
    #[field(most(100))]
    pub source_systems: List<String>,
    /// First day of the grant.
    pub valid_from: Option<Date>,
    /// Last day of the grant.
    #[field(not_before = valid_from)]
    pub valid_until: Option<Date>,
}
