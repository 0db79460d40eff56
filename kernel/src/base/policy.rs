//! The one policy: who may read which rows, who may do what to a record.
//!
//! These are the two tables of `docs/access.md`. [`visible`] is in the SQL of every read,
//! [`authorize`] before every write; the twin test holds them to the same answer. Nothing
//! else decides: no permission layer in a face, no `if admin`.

pub(crate) mod fence;
mod reading;
mod rules;
mod tracing;
mod withholding;
mod writing;

use model::{
    Move,
    access::{Role, Visibility},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use model::Class;

pub use fence::for_rule;
pub use reading::{addressed, is_inside, is_party, readable, visible};
pub use rules::Rule;
pub use tracing::oversees_reads;
pub(crate) use tracing::{TRACED, is_traced, traced};
pub(crate) use withholding::withheld_among;
pub use withholding::{Withheld, is_open, withheld, withhold};
pub use writing::{authorize, judge};

/// What somebody may want to do to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Read the record.
    Read,
    /// Create a record.
    Create,
    /// Edit the record.
    Update,
    /// Edit only status, progress and evidence, as a contributor may.
    Progress,
    /// Delete the record.
    Delete,
    /// Release the record beyond the country.
    Release,
    /// Destroy the record with its past.
    Purge,
    /// Record a move that was made on paper.
    Record,
    /// Make a move of the record's lifecycle.
    Move(&'static Move),
}

impl Verb {
    /// The verbs that every kind may know, each with what it does: text of both contracts.
    pub const COMMON: [(Self, &'static str); 8] = [
        (Self::Read, "Read the record."),
        (Self::Create, "Create a record."),
        (Self::Update, "Edit the record."),
        (Self::Progress, "Edit only status, progress and evidence, as a contributor may."),
        (Self::Delete, "Delete the record."),
        (Self::Release, "Release the record beyond the country."),
        (Self::Purge, "Destroy the record with its past."),
        (Self::Record, "Record a move that was made on paper."),
    ];

    /// Name used in answers, messages and the access table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Progress => "progress",
            Self::Delete => "delete",
            Self::Release => "release",
            Self::Purge => "purge",
            Self::Record => "record",
            Self::Move(step) => step.name,
        }
    }
}

impl Serialize for Verb {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// Column of grants that says whether their person consents.
pub(crate) const CONSENT: &str = "consent";
/// What it holds of a grant that is in force; the others show nobody the account.
pub(crate) const ACCEPTED: &str = "accepted";

/// A grant somebody holds, as far as reading accounts needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Owner the grant is for.
    pub owner: String,
    /// Agency of the grant.
    pub agency: Option<Uuid>,
}

/// The facts of a record that decide who may do what; kept with every change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Scope {
    /// Owner of the record.
    pub owner: String,
    /// Visibility inside the country; none for kinds that have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Visibility>,
    /// The lead agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Uuid>,
    /// The contributing agencies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contributors: Vec<Uuid>,
    /// The set of agencies and groups the record is shared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_set: Option<Uuid>,
    /// The set of releases that apply to the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_set: Option<Uuid>,
    /// The plan the record is or stands below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Uuid>,
    /// The person an account record is about, or who wrote a comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Uuid>,
    /// The role a grant gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Whether a grant is no more than offered, or was declined.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_offered: bool,
    /// Whether the record belongs to an edition that is not in force yet: only who works on the edition reads it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_drafted: bool,
    /// The country that the record names, which reads it and decides about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// Whether the record is in a state in which only its owner and the country it names see it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unsettled: bool,
    /// Of a change: whether it changed nothing but what only the owner learns of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_inside: bool,
    /// The grants the person has accepted, for users only; never stored.
    #[serde(skip)]
    pub holdings: Vec<Holding>,
}

/// Why somebody may not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The rule that refuses.
    pub rule: Rule,
}

/// Why somebody may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    /// The rule that allows it.
    pub rule: Rule,
    /// The grant that decides; none for what everybody or the person itself may do, and where a release decides.
    pub grant: Option<Uuid>,
}

impl Permit {
    /// What no grant decides.
    const fn by(rule: Rule) -> Self {
        Self { rule, grant: None }
    }

    /// What a grant decides.
    const fn with(rule: Rule, grant: &crate::actor::Grant) -> Self {
        Self { rule, grant: Some(grant.id) }
    }

    /// Whether a live release decides.
    #[must_use]
    pub fn is_by_release(&self) -> bool {
        self.rule == rules::READ_RELEASED
    }
}

/// Roles that read and write all of an owner's `group` and `national` records.
const FULL: &[Role] = &[Role::FocalPoint, Role::Secretariat, Role::Regional, Role::Partner];
/// Roles that work for one agency.
const AGENCY: &[Role] = &[Role::Officer, Role::AgencyLead];

/// How far one grant reads among the records of its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// `group` and `national`.
    Full,
    /// `national`, and what is the agency's or shared with it.
    Agency(Uuid),
    /// `national` only.
    National,
    /// Nothing beyond what everybody reads.
    Nothing,
}

fn reach(grant: &crate::actor::Grant) -> Reach {
    use model::access::ReadCeiling;
    let of_role = match grant.role {
        Role::FocalPoint | Role::Secretariat | Role::Regional | Role::Partner => Reach::Full,
        Role::AgencyLead | Role::Officer => grant.agency.map_or(Reach::Nothing, Reach::Agency),
        Role::Approver | Role::Observer => Reach::National,
        Role::Portal if grant.read_ceiling == Some(ReadCeiling::National) => Reach::National,
        Role::Portal | Role::Steward | Role::Operator => Reach::Nothing,
    };
    match (grant.read_ceiling, of_role) {
        (Some(ReadCeiling::Public), _) => Reach::Nothing,
        (Some(ReadCeiling::National), Reach::Full | Reach::Agency(_)) => Reach::National,
        (_, reach) => reach,
    }
}
