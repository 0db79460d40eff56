//! The record kinds by declaration, and the tables that are no records.
//!
//! A kind is one struct under `#[record]`: its row, its fields and what both faces say of it. Tables of signing
//! in, of the log and of sharing are plain sea-orm entities.

mod accounts;
mod cooperation;
mod delivery;
mod needs;
mod plans;
mod reference;
mod risks;
mod roadmap;
mod sharing;
mod treaties;

pub mod api_key_secret;
pub mod change;
pub mod change_payload;
pub mod change_set;
pub mod credential;
pub mod identity;
pub mod owner;
pub mod password_token;
pub mod recovery_code;
pub mod release_term;
pub mod second_factor;
pub mod session;
pub mod shared_set;
pub mod sign_in_attempt;
pub mod signing_key;
pub mod vocab;

pub use accounts::{ApiKey, Grant, User, api_key, grant, user};
pub use cooperation::{Agency, Membership, Task, WorkingGroup, agency, membership, task, working_group};
pub use delivery::{
    BudgetLine, CapacityMeasure, Exercise, Finding, GoodPractice, Indicator, Measurement, Proposal,
    budget_line, capacity_measure, exercise, finding, good_practice, indicator, measurement, proposal,
};
pub use needs::{
    Answer, Assessment, CapabilityArea, Gap, Question, Questionnaire, answer, assessment, capability_area,
    gap, question, questionnaire,
};
pub use plans::{
    Action, Objective, Pillar, Plan, PlanEdition, action, objective, pillar, plan, plan_edition,
};
pub use reference::{
    Country, Framework, Obligation, Organisation, Region, RegionMembership, country, framework, obligation,
    organisation, region, region_membership,
};
pub use risks::{Priority, PriorityMethod, Risk, priority, priority_method, risk};
pub use roadmap::{Cycle, CycleStep, Milestone, cycle, cycle_step, milestone};
pub use sharing::{DisclosureRule, Purge, Release, ReleaseSet, disclosure_rule, purge, release, release_set};
pub use treaties::{CountryFramework, Participation, country_framework, participation};
