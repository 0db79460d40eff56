//! Controlled vocabularies: the codes that records may hold.
//!
//! One enum per vocabulary; labels in every language stay in the CSV files.

mod access;
mod account;
mod delivery;
mod function;
mod hazard;
mod institution;
mod needs;
mod obligation;
mod plan;
mod reference;
mod risk;
mod roadmap;
mod sharing;

pub use access::ApiKeyStatus;
pub use account::Consent;
pub use delivery::{
    ActivityStatus, CapacityKind, FindingStatus, IndicatorDirection, PracticeKind, ProposalStatus,
};
pub use function::Function;
pub use hazard::{Community, CooperationLevel, Domain, ExerciseKind, HazardOrigin};
pub use institution::{AgencyKind, MembershipRole, WorkingGroupKind};
pub use model::access::{Handling, ReadCeiling, ReleaseMode, Role, Visibility};
pub use needs::{AnswerType, AssessmentStatus, GapStatus, QuestionnaireStatus};
pub use obligation::{BindingForce, ObligationCategory, Periodicity};
pub use plan::{ActionStatus, PlanKind, PlanStatus, TaskFamily, TaskPriority, TaskStatus};
pub use reference::{
    Confidence, DatePrecision, FrameworkBasis, FrameworkKind, MembershipStanding, OrganisationKind,
    ParticipationStatus,
};
pub use risk::PriorityMethodStatus;
pub use roadmap::{CycleStage, StepStatus};
pub use sharing::{DisclosureScope, ReleaseStatus};

/// Codes and labels of all vocabularies but the functions, as CSV.
pub const VOCABULARIES_CSV: &str = include_str!("../data/vocabularies.csv");

/// Codes and names of the functions of the state, as CSV.
pub const FUNCTIONS_CSV: &str = include_str!("../data/functions.csv");
