//! The one policy: who may read which rows, who may do what to a record.
//!
//! These are the two tables of `docs/access.md`. [`visible`] is in the SQL of every read,
//! [`authorize`] before every write; the twin test holds them to the same answer. Nothing
//! else decides: no permission layer in a face, no `if admin`.

mod reading;
mod writing;

use async_graphql::Enum;
use entity::vocab::{Role, Visibility};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use reading::{is_inside, readable, visible};
pub use writing::authorize;

/// What somebody may want to do to a record.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema, Enum,
)]
#[serde(rename_all = "snake_case")]
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
    /// Record a move that was made on paper.
    Record,
    /// Send a draft plan to consultation.
    Consult,
    /// Submit a plan for adoption, or a task for review.
    Submit,
    /// Take a plan back to draft.
    Recall,
    /// Adopt a submitted plan.
    Adopt,
    /// Return a submitted plan to draft, or a task in review to work.
    Return,
    /// Withdraw an adopted plan.
    Withdraw,
    /// Start an adopted plan or an assigned task.
    Start,
    /// Put a running plan under review.
    Review,
    /// Resume a plan after its review.
    Resume,
    /// Close a plan.
    Close,
    /// Assign a task.
    Assign,
    /// Complete a task in review.
    Complete,
    /// Block a task.
    Block,
    /// Unblock a task.
    Unblock,
    /// Cancel a task.
    Cancel,
    /// Reopen a done or cancelled task.
    Reopen,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 23] = [
        Self::Read,
        Self::Create,
        Self::Update,
        Self::Progress,
        Self::Delete,
        Self::Release,
        Self::Record,
        Self::Consult,
        Self::Submit,
        Self::Recall,
        Self::Adopt,
        Self::Return,
        Self::Withdraw,
        Self::Start,
        Self::Review,
        Self::Resume,
        Self::Close,
        Self::Assign,
        Self::Complete,
        Self::Block,
        Self::Unblock,
        Self::Cancel,
        Self::Reopen,
    ];

    /// Name used in answers, messages and the access table.
    #[must_use]
    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// Which rows of the access tables a kind falls under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Facts that belong to nobody.
    Reference,
    /// Records of a country, region or organisation without a lead agency.
    National,
    /// Records with a lead agency.
    Work,
    /// Users.
    Person,
    /// Grants.
    Grant,
    /// Releases and their sets.
    Shared,
}

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
    /// The person an account record is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Uuid>,
    /// The role a grant gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The grants of the person, for users only; never stored.
    #[serde(skip)]
    pub holdings: Vec<Holding>,
}

/// Why somebody may not do something: the rule that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Rule in words.
    pub rule: &'static str,
}

/// The grant that allows something; none for what everybody or the person itself may do.
pub type Permit = Option<Uuid>;

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
    use entity::vocab::ReadCeiling;
    match grant.role {
        Role::FocalPoint | Role::Secretariat | Role::Regional | Role::Partner => Reach::Full,
        Role::AgencyLead | Role::Officer => grant.agency.map_or(Reach::Nothing, Reach::Agency),
        Role::Approver | Role::Observer => Reach::National,
        Role::Portal if grant.read_ceiling == Some(ReadCeiling::National) => Reach::National,
        Role::Portal | Role::Steward | Role::Operator => Reach::Nothing,
    }
}
