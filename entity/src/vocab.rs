//! Controlled vocabularies: the codes that records may hold.
//!
//! One enum per vocabulary; labels in every language stay in the CSV files.

mod access;
mod account;
mod calendar;
mod delivery;
mod exchange;
mod function;
mod hazard;
mod institution;
mod law;
mod needs;
mod obligation;
mod plan;
mod reference;
mod report;
mod risk;
mod roadmap;
mod sharing;
mod treaty;

pub use access::ApiKeyStatus;
pub use account::Consent;
pub use calendar::{CalendarContent, CalendarStatus};
pub use delivery::{
    ActivityStatus, CapacityKind, FindingStatus, IndicatorDirection, PracticeKind, ProjectConsent,
    ProposalStatus,
};
pub use exchange::{DayOrder, DecimalMark};
pub use function::Function;
pub use hazard::{Community, CooperationLevel, Domain, ExerciseKind, HazardOrigin};
pub use institution::{AgencyKind, MembershipRole, WorkingGroupKind};
pub use law::{LegalInstrumentKind, LegalInstrumentStatus, Mark};
pub use model::access::{Handling, ReadCeiling, ReleaseMode, Role, Visibility};
pub use needs::{AnswerType, AssessmentStatus, GapStatus, QuestionnaireStatus};
pub use obligation::{BindingForce, ObligationCategory, Periodicity};
pub use plan::{
    ActionStatus, CommentStatus, EndorsementStatus, PlanKind, PlanPrecondition, PlanStatus, TaskFamily,
    TaskPriority, TaskStatus,
};
pub use reference::{
    Confidence, DatePrecision, FrameworkBasis, FrameworkKind, MembershipStanding, OrganisationKind,
    ParticipationEventType, ParticipationStatus,
};
pub use report::{FactKind, ReportDraftStatus};
pub use risk::PriorityMethodStatus;
pub use roadmap::{CycleStage, StepStatus};
pub use sharing::{DisclosureScope, ReleaseStatus};
pub use treaty::{
    Applicability, CommitmentCaution, DeadlineStatus, DueBasis, PeriodCovered, SubmissionAudience,
    SubmissionStatus, Timeliness, TreatyEventKind,
};

/// Codes and labels of all vocabularies but the functions, as CSV.
pub const VOCABULARIES_CSV: &str = include_str!("../data/vocabularies.csv");

/// Codes and names of the functions of the state, as CSV.
pub const FUNCTIONS_CSV: &str = include_str!("../data/functions.csv");
