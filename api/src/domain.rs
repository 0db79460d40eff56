//! What users call things: the record kinds, what they do, and what is asked of many of them at once.

pub mod access;
pub mod analytics;
mod asked;
pub mod audit;
pub mod batch;
pub mod calendars;
pub mod cooperation;
pub mod cubes;
pub mod delivery;
mod elsewhere;
pub mod exchange;
pub mod flat;
pub mod history;
pub mod me;
pub mod moves;
pub mod needs;
pub mod plans;
pub mod purge;
pub mod regional;
pub mod risks;
pub mod roadmap;
pub mod sharing;
pub mod treaties;
pub mod tree;
pub mod vocabularies;

use std::sync::LazyLock;

use entity::{
    Action, Agency, Answer, ApiKey, Assessment, BudgetLine, Calendar, CapabilityArea, CapacityMeasure,
    Comment, Commitment, Compilation, ContactPoint, Country, CountryFramework, CoverageMark, Cycle,
    CycleStep, Deadline, DisclosureRule, Endorsement, EvidenceItem, Exercise, Fact, Finding, Framework, Gap,
    GoodPractice, Grant, ImportMapping, ImportRule, Indicator, LegalInstrument, LegalReview, Measurement,
    Membership, Milestone, Objective, Obligation, ObligationVersion, Organisation, Participation,
    ParticipationEvent, Pillar, Plan, PlanEdition, PlanSection, Priority, PriorityMethod, Project,
    ProjectCountry, Proposal, Purge, Question, Questionnaire, Region, RegionMembership, RegionalItem,
    Release, ReleaseSet, ReportDraft, ReportQuestion, Risk, Submission, Task, TreatyEvent, User,
    WorkingGroup,
};
use kernel::{
    KindDef,
    kinds::{Kinds, kind},
};

use access::{api_key, grant, user};
use calendars::calendar;
use cooperation::{membership, task};
use delivery::{budget_line, exercise, finding, indicator, measurement, project};
use needs::{answer, assessment, gap, question, questionnaire};
use plans::{comment, content::protect_content, editions, plan, section, told};
use regional::{endorsement, item};
use risks::{method, priority, risk};
use roadmap::{milestone, step};
use treaties::{
    commitment, contact_point, coverage_mark, deadline, event, evidence_item, fact, legal_instrument,
    obligation, participation, participation_event, report_draft, report_question, submission, work,
};

/// Every record kind with what it does, those that others refer to first.
pub static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
    Kinds::new(vec![
        kind::<Region>(),
        kind::<Country>(),
        kind::<RegionMembership>().follows(sharing::regions::follow),
        kind::<Organisation>(),
        kind::<Framework>(),
        kind::<Obligation>().checks(obligation::check).follows(obligation::follow),
        kind::<ReportQuestion>().checks(report_question::check),
        kind::<CapabilityArea>(),
        kind::<Participation>().checks(participation::check).follows(participation::follow),
        kind::<ParticipationEvent>().checks(participation_event::check).follows(participation_event::follow),
        kind::<CountryFramework>(),
        kind::<Agency>(),
        kind::<WorkingGroup>(),
        kind::<Membership>().checks(membership::check),
        kind::<ContactPoint>().checks(contact_point::check),
        kind::<LegalInstrument>().checks(legal_instrument::check),
        kind::<LegalReview>(),
        kind::<Fact>().checks(fact::check),
        kind::<CoverageMark>().checks(coverage_mark::check),
        kind::<ObligationVersion>().checks(obligation::check_version).follows(obligation::follow_version),
        kind::<Compilation>(),
        kind::<Commitment>().checks(commitment::check).follows(commitment::follow),
        kind::<TreatyEvent>().follows(event::follow),
        kind::<Deadline>().lacks(deadline::lacking).checks(deadline::check).follows(work::follow),
        kind::<Submission>().checks(submission::check).follows(evidence_item::follow_submission),
        kind::<Plan>()
            .lacks(plan::lacking)
            .guards(plan::guard)
            .checks(plan::check)
            .follows(editions::adoption::follow),
        kind::<PlanEdition>(),
        kind::<PlanSection>().guards(protect_content).checks(section::check),
        kind::<Pillar>().guards(protect_content).checks(told::check),
        kind::<Objective>().guards(protect_content).checks(told::check),
        kind::<Action>().guards(protect_content).follows(evidence_item::follow_action),
        kind::<EvidenceItem>().checks(evidence_item::check),
        kind::<Task>().lacks(task::lacking).checks(task::check),
        kind::<Cycle>(),
        kind::<Milestone>().lacks(milestone::lacking).checks(milestone::check),
        kind::<Risk>().checks(risk::check),
        kind::<PriorityMethod>().guards(method::guard).checks(method::check),
        kind::<Priority>().checks(priority::check),
        kind::<Questionnaire>().guards(questionnaire::guard),
        kind::<Question>().guards(question::guard).checks(question::check),
        kind::<Assessment>().checks(assessment::check),
        kind::<CycleStep>().checks(step::check),
        kind::<Answer>().guards(answer::guard).checks(answer::check),
        kind::<Gap>().checks(gap::check),
        kind::<Indicator>()
            .guards(protect_content)
            .checks(indicator::check)
            .follows(measurement::follow_indicator),
        kind::<Measurement>().checks(measurement::check),
        kind::<BudgetLine>().checks(budget_line::check),
        kind::<Exercise>().lacks(exercise::lacking).checks(exercise::check),
        kind::<Finding>().lacks(finding::lacking).checks(finding::check),
        kind::<Project>().checks(project::check).follows(project::follow),
        kind::<Proposal>(),
        kind::<ProjectCountry>().guards(project::guard_country).checks(project::check_country),
        kind::<RegionalItem>().checks(item::check).follows(item::follow),
        kind::<Endorsement>()
            .guards(endorsement::guard)
            .checks(endorsement::check)
            .follows(endorsement::follow),
        kind::<ReportDraft>().checks(report_draft::check),
        kind::<CapacityMeasure>(),
        kind::<GoodPractice>(),
        kind::<Comment>().checks(comment::check),
        kind::<User>().guards(user::guard).checks(user::check).follows(user::follow),
        kind::<Grant>().prepares(grant::prepare).guards(grant::guard).checks(grant::check),
        kind::<ApiKey>().prepares(api_key::prepare).checks(api_key::check),
        kind::<Calendar>().prepares(calendar::prepare).checks(calendar::check),
        kind::<Release>().prepares(sharing::prepare).checks(sharing::check).follows(sharing::follow),
        kind::<ImportMapping>().checks(exchange::imports::check_mapping),
        kind::<ImportRule>(),
        kind::<ReleaseSet>(),
        kind::<DisclosureRule>().checks(sharing::disclosure::check),
        kind::<Purge>(),
    ])
});

/// A count as the contracts have it; one that is too great is shown as the greatest number there is.
pub(crate) fn small(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

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
