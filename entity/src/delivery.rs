//! Delivery: how a plan is measured, paid for and proposed to others.

mod readiness;

use model::{AnyRef, Children, Decimal, Mask, Money, Ref, lifecycle, record};

pub use readiness::{
    CapacityMeasure, Exercise, Finding, GoodPractice, capacity_measure, exercise, finding, good_practice,
};

use crate::{
    cooperation::Agency,
    needs::Gap,
    plans::{Action, Objective, Plan},
    projects::Project,
    vocab::{Domain, IndicatorDirection, ProposalStatus},
};

/// A measurable sign of progress, of a plan, an objective or an action.
#[record(plural = "indicators", class = National, area = "Delivery", texts, editions, below = [action, objective, plan],
    example = r#"{"owner": "KGZ", "action": "0198c0de-0000-7000-8000-000000000001", "title": "Laboratories that identify select agents", "unit": "laboratories", "direction": "increase", "baseline": "1", "baseline_on": "2025-12-31", "target": "3.5", "target_on": "2026-12-30", "language": "en"}"#)]
pub struct Indicator {
    /// Plan it belongs to: given for an indicator of the whole plan; of others it follows from the objective or action.
    #[field(new_only, filter = "plan_id")]
    pub plan: Option<Ref<Plan>>,
    /// Objective it measures; of an indicator of an action that of the action.
    #[field(new_only, progress, filter = "objective_id")]
    pub objective: Option<Ref<Objective>>,
    /// Action it measures.
    #[field(new_only, filter = "action_id")]
    pub action: Option<Ref<Action>>,
    /// Agency that leads the action, and so measures.
    #[field(read_only, progress, filter)]
    pub lead_agency: Option<Ref<Agency>>,
    /// What is measured.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// How it is measured.
    #[field(len(1, 20_000), text)]
    pub definition: Option<String>,
    /// Unit of all its values.
    #[field(len(1, 100), text)]
    pub unit: String,
    /// Which way it is to go.
    #[field(filter)]
    pub direction: IndicatorDirection,
    /// Edition of the definition, 1 to 1000: a new one where it is measured otherwise than before.
    #[field(range(1, 1_000), default = 1)]
    pub definition_edition: i32,
    /// Value it starts from.
    #[field(sort)]
    pub baseline: Option<Decimal>,
    /// Day of the baseline; both are given, or neither.
    pub baseline_on: Option<Date>,
    /// Value it is to reach, or to keep.
    #[field(sort)]
    pub target: Option<Decimal>,
    /// Day of the target, not before that of the baseline; both are given, or neither.
    #[field(days("target", "whose target is"), sort, not_before = baseline_on)]
    pub target_on: Option<Date>,
    /// What was measured.
    pub measurements: Children<Measurement>,
}

/// A value of an indicator that was measured on a day.
#[record(plural = "measurements", class = Work, area = "Delivery", below = indicator,
    example = r#"{"indicator": "0198c0de-0000-7000-8000-000000000001", "value": "2.25", "measured_on": "2026-11-20", "source": "Register of the Ministry of Health"}"#)]
pub struct Measurement {
    /// Plan of the indicator.
    #[field(read_only, filter = "plan_id")]
    pub plan: Option<Ref<Plan>>,
    /// Indicator that is measured; its owner owns the measurement.
    #[field(new_only, filter = "indicator_id")]
    pub indicator: Ref<Indicator>,
    /// Agency that leads the indicator's action; without one only focal point and secretariat write.
    #[field(lead, read_only, filter)]
    pub lead_agency: Option<Ref<Agency>>,
    /// The value, in the indicator's unit.
    #[field(sort)]
    pub value: Decimal,
    /// Day of the value.
    #[field(days("measured", "measured"), sort)]
    pub measured_on: Date,
    /// Where the value is from.
    #[field(len(1, 1_000), disclosable)]
    pub source: Option<String>,
    /// Edition of the indicator's definition that was in force when the measurement was made here.
    #[field(read_only)]
    pub definition_edition: i32,
    /// What is doubtful.
    #[field(len(1, 2_000), disclosable)]
    pub note: Option<String>,
}

/// Money for an action in a year, from one source: all amounts of a line are in one currency.
#[record(plural = "budget-lines", class = National, area = "Delivery", texts, below = action, level = Group,
    example = r#"{"action": "0198c0de-0000-7000-8000-000000000001", "year": 2026, "planned": {"amount": "120000.00", "currency": "KGS"}, "committed": {"amount": "50000.00", "currency": "KGS"}, "funding_source": "State budget", "language": "en"}"#)]
pub struct BudgetLine {
    /// Plan of the action.
    #[field(read_only, filter = "plan_id")]
    pub plan: Ref<Plan>,
    /// Action that is paid for; its owner owns the line.
    #[field(new_only, filter = "action_id")]
    pub action: Ref<Action>,
    /// Budget year, 2000 to 2100.
    #[field(range(2_000, 2_100), sort)]
    pub year: i32,
    /// Amount that is planned.
    #[field(disclosable)]
    pub planned: Option<Money>,
    /// Amount that is committed.
    #[field(disclosable)]
    pub committed: Option<Money>,
    /// Amount that is spent.
    #[field(disclosable)]
    pub spent: Option<Money>,
    /// Who pays.
    #[field(len(1, 300), label, filter, disclosable)]
    pub funding_source: Option<String>,
    /// Instrument by which it is paid, such as a programme or a grant.
    #[field(len(1, 300), disclosable)]
    pub instrument: Option<String>,
    /// What is to be known besides.
    #[field(len(1, 5_000), text, disclosable)]
    pub note: Option<String>,
}

/// A proposal for a project, from the idea to its acceptance by those who might fund it.
#[record(plural = "proposals", class = Work, area = "Delivery", texts, level = Group, moves = PROPOSAL,
    example = r#"{"owner": "KGZ", "title": "Mobile laboratories for border crossings", "text": "Two laboratories with trained staff.", "lead_agency": "MES", "domains": ["C", "B"], "estimated_cost": {"amount": "250000.00", "currency": "EUR"}, "language": "en"}"#)]
pub struct Proposal {
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What is proposed, and why.
    #[field(len(1, 20_000), text, disclosable)]
    pub text: Option<String>,
    /// Record it comes from (a gap, a priority, a finding).
    pub origin: Option<AnyRef>,
    /// Gap that it is to close.
    #[field(filter = "gap_id")]
    pub gap: Option<Ref<Gap>>,
    /// Project that it has become.
    #[field(filter = "project_id")]
    pub project: Option<Ref<Project>>,
    /// Hazard domains it is about.
    #[field(most(4), filter("domain", "Only those about one of these hazard domains."))]
    pub domains: Mask<Domain>,
    /// Estimated cost.
    #[field(disclosable)]
    pub estimated_cost: Option<Money>,
    /// Agency that leads.
    #[field(lead, filter)]
    pub lead_agency: Ref<Agency>,
    /// State of the proposal.
    #[field(default = ProposalStatus::Idea, new_only, filter)]
    pub status: ProposalStatus,
    /// Why it was declined.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
}

lifecycle! { PROPOSAL;
    /// Endorse an idea, in the name of the national team.
    endorse: Idea => Endorsed;
    /// Send an endorsed proposal to those who might fund it.
    send: Endorsed => Sent;
    /// Record that a proposal was accepted, and the project that it becomes.
    accept: Sent => Accepted, takes [project];
    /// Record that a proposal was declined.
    decline: Idea | Endorsed | Sent => Declined, needs [reason];
}
