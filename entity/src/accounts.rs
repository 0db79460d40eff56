//! Who signs in, and what each may do.

use model::{Children, List, Ref, lifecycle, record};

use crate::{
    cooperation::Agency,
    plans::Plan,
    vocab::{ApiKeyStatus, Consent, ReadCeiling, Role},
};

/// Tables that hold on to an account; erasing a person deletes its rows from them.
const HELD_BY: &[(&str, &str)] = &[
    ("session", "user_id"),
    ("credential", "user_id"),
    ("second_factor", "user_id"),
    ("recovery_code", "user_id"),
    ("password_token", "user_id"),
    ("password_token", "issued_by"),
    ("idempotency_key", "user_id"),
    ("identity", "user_id"),
    ("webhook", "user_id"),
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
    /// Instant at which the person was erased; name and address are a pseudonym since.
    #[field(read_only)]
    pub erased_at: Option<DateTimeUtc>,
    /// Why the person was erased.
    #[field(read_only)]
    pub erasure_reason: Option<String>,
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
    /// What its holder says to it: the first grant of an owner is offered, and counts for nothing until it is accepted.
    #[field(default = Consent::Accepted, read_only, filter)]
    pub consent: Consent,
    /// E-mail address it was offered to, until it is accepted: whose account that is, or that there is one, is not told.
    #[field(read_only)]
    pub offered_to: Option<String>,
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

/// Tables of signing in that hold on to an API key.
const KEY_HELD_BY: &[(&str, &str)] = &[("api_key_secret", "api_key_id")];

/// A key by which a program calls in the name of a person, for one owner.
///
/// It may do what its person's grants of that owner allow at the moment of the call, and of that only what the key
/// names: each list that is empty narrows nothing.
#[record(plural = "api-keys", class = Key, area = "Access", of_caller, writes = [], moves = API_KEY, held = KEY_HELD_BY,
    example = r#"{"name": "Nightly copy of the tasks", "is_read_only": true, "read_kinds": ["task"], "networks": ["192.0.2.0/24"], "expires_at": "2027-11-20T00:00:00Z"}"#)]
pub struct ApiKey {
    /// Person it acts for, who made it.
    #[field(read_only, filter = "user_id")]
    pub user: Ref<User>,
    /// What it is for.
    #[field(len(1, 200), new_only, label)]
    pub name: String,
    /// Beginning of the secret, by which a person tells keys apart.
    #[field(read_only, filter)]
    pub prefix: String,
    /// Roles it keeps of those its person holds; all where none is named.
    #[field(most(20), new_only)]
    pub roles: List<Role>,
    /// Whether it writes nothing.
    #[field(new_only, default = false)]
    pub is_read_only: bool,
    /// Kinds it may write; all that its person may write where none is named. Accounts, grants and keys it never writes.
    #[field(most(100), new_only)]
    pub write_kinds: List<String>,
    /// Source systems it may write under; all of its person where none is named.
    #[field(most(100), new_only)]
    pub source_systems: List<String>,
    /// How far it reads at most, where that is narrower than its person does.
    #[field(new_only)]
    pub read_ceiling: Option<ReadCeiling>,
    /// Kinds it reads, besides reference data; all where none is named.
    #[field(most(100), new_only)]
    pub read_kinds: List<String>,
    /// Countries whose records it reads, besides what belongs to nobody; all where none is named.
    #[field(most(200), new_only)]
    pub countries: List<String>,
    /// Networks it is taken from (CIDR); from everywhere where none is named.
    #[field(most(100), new_only)]
    pub networks: List<String>,
    /// Origins of the pages it is taken from, as browsers send them; from everything where none is named.
    #[field(most(100), new_only)]
    pub origins: List<String>,
    /// Instant from which it is not taken any more; null where it lasts until it is revoked.
    #[field(new_only)]
    pub expires_at: Option<DateTimeUtc>,
    /// When it was used last, to the minute or so; neither the history nor the feed tells of it.
    #[field(read_only, unlogged)]
    pub last_used_at: Option<DateTimeUtc>,
    /// State of the key.
    #[field(read_only, filter)]
    pub status: ApiKeyStatus,
    /// Why it was revoked.
    #[field(len(1, 1_000), read_only)]
    pub status_reason: Option<String>,
}

lifecycle! { API_KEY;
    /// Revoke an active key: from the next request on it is not taken.
    revoke: Active => Revoked, by Owner, takes [status_reason];
}
