//! The record kinds by declaration, and the tables that are no records.
//!
//! A kind is one struct under `#[record]`: its row, its fields and what both faces say of it. Tables of signing
//! in, of the log and of sharing are plain sea-orm entities.

mod accounts;
mod calendars;
mod consultation;
mod cooperation;
mod coverage;
mod delivery;
mod duties;
mod exchange;
mod law;
mod needs;
mod plans;
mod projects;
mod reference;
mod regional;
mod reports;
mod risks;
mod roadmap;
mod sharing;
mod treaties;

pub mod api_key_secret;
pub mod bundle;
pub mod bundle_key;
pub mod bundle_record;
pub mod calendar_token;
pub mod change;
pub mod change_payload;
pub mod change_set;
pub mod credential;
pub mod cube_day;
pub mod export_job;
pub mod export_list;
pub mod export_part;
pub mod identity;
pub mod import_job;
pub mod import_part;
pub mod import_row;
pub mod import_upload;
pub mod import_upload_part;
pub mod owner;
pub mod password_token;
pub mod recovery_code;
pub mod release_term;
pub mod second_factor;
pub mod session;
pub mod shared_set;
pub mod sign_in_attempt;
pub mod signing_key;
pub mod summarised_set;
pub mod vocab;
pub mod webhook;

pub use accounts::{ApiKey, Grant, User, api_key, grant, user};
pub use calendars::{Calendar, calendar};
pub use consultation::{Comment, comment};
pub use cooperation::{Agency, Membership, Task, WorkingGroup, agency, membership, task, working_group};
pub use coverage::{ContactPoint, CoverageMark, EvidenceItem, contact_point, coverage_mark, evidence_item};
pub use delivery::{
    BudgetLine, CapacityMeasure, Exercise, Finding, GoodPractice, Indicator, Measurement, Proposal,
    budget_line, capacity_measure, exercise, finding, good_practice, indicator, measurement, proposal,
};
pub use duties::{
    Commitment, Compilation, Deadline, ObligationVersion, Submission, TreatyEvent, commitment, compilation,
    deadline, obligation_version, submission, treaty_event,
};
pub use exchange::{ImportMapping, ImportRule, import_mapping, import_rule};
pub use law::{LegalInstrument, LegalReview, legal_instrument, legal_review};
pub use needs::{
    Answer, Assessment, CapabilityArea, Gap, Question, Questionnaire, answer, assessment, capability_area,
    gap, question, questionnaire,
};
pub use plans::{
    Action, Objective, Pillar, Plan, PlanEdition, PlanSection, action, objective, pillar, plan, plan_edition,
    plan_section,
};
pub use projects::{Project, ProjectCountry, project, project_country};
pub use reference::{
    Country, Framework, Obligation, Organisation, Region, RegionMembership, country, framework, obligation,
    organisation, region, region_membership,
};
pub use regional::{Endorsement, RegionalItem, endorsement, regional_item};
pub use reports::{Fact, ReportDraft, ReportQuestion, fact, report_draft, report_question};
pub use risks::{Priority, PriorityMethod, Risk, priority, priority_method, risk};
pub use roadmap::{Cycle, CycleStep, Milestone, cycle, cycle_step, milestone};
pub use sharing::{DisclosureRule, Purge, Release, ReleaseSet, disclosure_rule, purge, release, release_set};
pub use treaties::{
    CountryFramework, Participation, ParticipationEvent, country_framework, participation,
    participation_event,
};
