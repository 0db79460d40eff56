//! What users call things: the record kinds, what they do, and what is asked of many of them at once.

pub mod access;
pub mod audit;
pub mod batch;
pub mod cooperation;
pub mod delivery;
pub mod exchange;
pub mod history;
pub mod me;
pub mod moves;
pub mod needs;
pub mod plans;
pub mod purge;
pub mod risks;
pub mod roadmap;
pub mod sharing;
pub mod treaties;
pub mod tree;
pub mod vocabularies;

use std::sync::LazyLock;

use entity::{
    Action, Agency, Answer, ApiKey, Assessment, BudgetLine, CapabilityArea, CapacityMeasure, Country,
    CountryFramework, Cycle, CycleStep, DisclosureRule, Exercise, Finding, Framework, Gap, GoodPractice,
    Grant, Indicator, Measurement, Membership, Milestone, Objective, Obligation, Organisation, Participation,
    Pillar, Plan, PlanEdition, Priority, PriorityMethod, Proposal, Purge, Question, Questionnaire, Region,
    RegionMembership, Release, ReleaseSet, Risk, Task, User, WorkingGroup,
};
use kernel::{
    KindDef,
    kinds::{Kinds, kind},
};

use access::{api_key, grant, user};
use cooperation::{membership, task};
use delivery::{budget_line, exercise, finding, indicator, measurement};
use needs::{answer, assessment, gap, question, questionnaire};
use plans::{content::protect_content, editions, plan, told};
use risks::{method, priority, risk};
use roadmap::{milestone, step};
use treaties::participation;

/// Every record kind with what it does, those that others refer to first.
pub static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
    Kinds::new(vec![
        kind::<Region>(),
        kind::<Country>(),
        kind::<RegionMembership>().follows(sharing::regions::follow),
        kind::<Organisation>(),
        kind::<Framework>(),
        kind::<Obligation>(),
        kind::<CapabilityArea>(),
        kind::<Participation>().checks(participation::check),
        kind::<CountryFramework>(),
        kind::<Agency>(),
        kind::<WorkingGroup>(),
        kind::<Membership>().checks(membership::check),
        kind::<Plan>()
            .lacks(plan::lacking)
            .guards(plan::guard)
            .checks(plan::check)
            .follows(editions::adoption::follow),
        kind::<PlanEdition>(),
        kind::<Pillar>().guards(protect_content).checks(told::check),
        kind::<Objective>().guards(protect_content).checks(told::check),
        kind::<Action>().guards(protect_content).follows(indicator::follow_action),
        kind::<Task>().lacks(task::lacking).checks(task::check),
        kind::<Cycle>(),
        kind::<CycleStep>().checks(step::check),
        kind::<Milestone>().lacks(milestone::lacking).checks(milestone::check),
        kind::<Risk>().checks(risk::check),
        kind::<PriorityMethod>().guards(method::guard).checks(method::check),
        kind::<Priority>().checks(priority::check),
        kind::<Questionnaire>().guards(questionnaire::guard),
        kind::<Question>().guards(question::guard).checks(question::check),
        kind::<Assessment>().checks(assessment::check),
        kind::<Answer>().guards(answer::guard).checks(answer::check),
        kind::<Gap>().checks(gap::check),
        kind::<Indicator>()
            .guards(protect_content)
            .checks(indicator::check)
            .follows(measurement::follow_indicator),
        kind::<Measurement>().checks(measurement::check),
        kind::<BudgetLine>().checks(budget_line::check),
        kind::<Proposal>(),
        kind::<Exercise>().lacks(exercise::lacking).checks(exercise::check),
        kind::<Finding>().lacks(finding::lacking).checks(finding::check),
        kind::<CapacityMeasure>(),
        kind::<GoodPractice>(),
        kind::<User>().guards(user::guard).checks(user::check).follows(user::follow),
        kind::<Grant>().prepares(grant::prepare).guards(grant::guard).checks(grant::check),
        kind::<ApiKey>().prepares(api_key::prepare).checks(api_key::check),
        kind::<Release>().prepares(sharing::prepare).checks(sharing::check).follows(sharing::follow),
        kind::<ReleaseSet>(),
        kind::<DisclosureRule>().checks(sharing::disclosure::check),
        kind::<Purge>(),
    ])
});

/// A declared kind, as it is registered.
pub trait Registered: model::Kind {
    /// The kind.
    fn def() -> &'static KindDef;
}

impl<K: model::Kind> Registered for K {
    fn def() -> &'static KindDef {
        KINDS.of::<K>()
    }
}
