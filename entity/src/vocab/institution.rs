//! Vocabularies of agencies and working groups.

use model::vocabulary;

/// A kind of state agency.
#[vocabulary]
pub enum AgencyKind {
    Ministry,
    /// State committee.
    Committee,
    /// Service, department or centre.
    Service,
    /// Academy of sciences.
    Academy,
}

/// A kind of working group.
#[vocabulary]
pub enum WorkingGroupKind {
    /// National CBRN team.
    NationalTeam,
    /// Interagency working group.
    InteragencyGroup,
    /// Subgroup of another working group.
    Subgroup,
    /// Steering group.
    Steering,
}

/// A role in a working group.
#[vocabulary]
pub enum MembershipRole {
    Chair,
    /// Deputy chair.
    Deputy,
    Secretary,
    Member,
    Observer,
}
