//! Plans and their content.

use model::{Children, JsonObject, List, Mask, Money, Ref, Refs, lifecycle, record};

use crate::{
    consultation::Comment,
    cooperation::{Agency, Task},
    coverage::EvidenceItem,
    delivery::{BudgetLine, Indicator},
    projects::Project,
    reference::Obligation,
    regional::RegionalItem,
    vocab::{ActionStatus, Domain, PlanKind, PlanPrecondition, PlanStatus},
};

/// A CBRN National Action Plan, or another plan of a country, region or organisation.
#[record(plural = "plans", class = National, area = "Plans", texts, editions, moves = PLAN,
    example = r#"{"owner": "KGZ", "kind": "cbrn_nap", "title": "CBRN National Action Plan", "domains": ["C", "B", "R", "N"], "language": "en"}"#)]
pub struct Plan {
    /// What it is.
    #[field(filter)]
    pub kind: PlanKind,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What it is about.
    #[field(len(1, 20_000), text, disclosable)]
    pub summary: Option<String>,
    /// The national vision: the state of things that the country wants to reach.
    #[field(len(1, 20_000), text, disclosable)]
    pub vision: Option<String>,
    /// Hazard domains it is about.
    #[field(len(1, 4), filter("domain", "Only those about one of these hazard domains."))]
    pub domains: Mask<Domain>,
    /// Edition: 1, 2, 3; not the lock counter. That in force, else that being worked on.
    #[field(range(1, 1_000), default = 1)]
    pub edition: i32,
    /// First day of its period.
    #[field(days("starts", "that start"), sort)]
    pub starts_on: Option<Date>,
    /// Last day of its period.
    #[field(days("ends", "that end"), sort, not_before = starts_on)]
    pub ends_on: Option<Date>,
    /// State of the edition in force, else of the one being worked on; later states need the facts of adoption.
    #[field(default = PlanStatus::Draft, new_only, filter, progress)]
    pub status: PlanStatus,
    /// State of the edition being worked on; null where there is none, and for readers outside the owner.
    #[field(read_only, inside, progress)]
    pub working_status: Option<PlanStatus>,
    /// Why the edition being worked on was returned, where another one is in force; null for readers outside the owner.
    #[field(read_only, inside, progress)]
    pub working_reason: Option<String>,
    /// Body that adopted it.
    #[field(len(1, 300))]
    pub act_body: Option<String>,
    /// Number of the legal act.
    #[field(len(1, 100))]
    pub act_number: Option<String>,
    /// Day of the legal act.
    pub act_on: Option<Date>,
    /// Where the act is published or kept; needed, as the facts above, for a plan made in a later state.
    #[field(len(1, 1_000), disclosable)]
    pub act_source: Option<String>,
    /// What its owner wants settled before it is submitted. What else is open is listed under `warnings` of `submit` in the
    /// plan's moves, and does not stand in its way.
    #[field(most(3), progress)]
    pub preconditions: List<PlanPrecondition>,
    /// Why it was returned or withdrawn.
    #[field(read_only, progress, disclosable)]
    pub status_reason: Option<String>,
    /// Its sections.
    pub sections: Children<PlanSection>,
    /// Its pillars.
    pub pillars: Children<Pillar>,
    /// The objectives of all its pillars.
    pub objectives: Children<Objective>,
    /// The actions of all its objectives.
    pub actions: Children<Action>,
    /// Tasks that belong to it.
    pub tasks: Children<Task>,
    /// Indicators of it, and of its objectives and actions.
    pub indicators: Children<Indicator>,
    /// Budget lines of its actions.
    pub budget_lines: Children<BudgetLine>,
    /// Items of a region's plan.
    pub regional_items: Children<RegionalItem>,
    /// Comments on it as a whole.
    #[field(via = subject)]
    pub comments: Children<Comment>,
}

lifecycle! { PLAN, working working_status working_reason, recorded;
    /// Send a draft plan to consultation.
    consult: Draft => InConsultation, working;
    /// Submit a plan for adoption.
    submit: InConsultation => Submitted, needs [has_actions(), has_leads(), comments_settled(), gap_links(), risk_links()], working;
    /// Take a plan back to draft.
    recall: InConsultation | Submitted => Draft, working;
    /// Adopt a submitted plan.
    adopt: Submitted => Adopted, by Approver, act, working;
    /// Return a submitted plan to draft.
    return: Submitted => Draft, by Approver, needs [reason], working;
    /// Withdraw an adopted plan.
    withdraw: Adopted | InImplementation => Closed, by Approver, needs [reason];
    /// Start the implementation of an adopted plan.
    start: Adopted => InImplementation;
    /// Put a running plan under review.
    review: InImplementation => UnderReview;
    /// Resume a plan after its review.
    resume: UnderReview => InImplementation;
    /// Close a plan after its review.
    close: UnderReview => Closed;
}

/// An edition of a plan that was adopted, with the hash of the content it froze.
#[record(plural = "adopted-editions", class = Shared, below = plan, unique(plan, number))]
pub struct PlanEdition {
    /// The plan.
    #[field(new_only)]
    pub plan: Ref<Plan>,
    /// Its number: 1, 2, 3.
    #[field(new_only)]
    pub number: i32,
    /// Body that adopted it.
    #[field(new_only)]
    pub act_body: Option<String>,
    /// Number of the legal act.
    #[field(new_only)]
    pub act_number: Option<String>,
    /// Day of the legal act.
    #[field(new_only)]
    pub act_on: Option<Date>,
    /// Where the act is published or kept.
    #[field(new_only)]
    pub act_source: Option<String>,
    /// Instant of the adoption.
    #[field(new_only)]
    pub adopted_at: DateTimeUtc,
    /// Change set of the adoption; no foreign key.
    #[field(new_only)]
    pub adopted_in: Uuid,
    /// Root of the hashes of its content.
    #[field(new_only)]
    pub root: String,
    /// What the empty places of the tree of hashes are made of; nobody reads it.
    #[field(new_only)]
    pub secret: String,
}

/// A section of a plan, as the country itself conceives it: a text, and content held against a schema of the country's
/// own.
#[record(plural = "plan-sections", class = National, area = "Plans", texts, editions, below = plan,
    example = r#"{"plan": "0198c0de-0000-7000-8000-000000000001", "title": "Stockpiles", "text": "What is kept, and where.", "position": 1, "schema": {"type": "object", "properties": {"stores": {"type": "integer", "minimum": 0}}}, "content": {"stores": 3}}"#)]
pub struct PlanSection {
    /// Plan the section belongs to; its owner owns the section.
    #[field(new_only, filter = "plan_id")]
    pub plan: Ref<Plan>,
    /// Number or letter in the plan's text.
    #[field(len(1, 50))]
    pub code: Option<String>,
    /// Title of the section.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// Text of the section.
    #[field(len(1, 20_000), text, disclosable)]
    pub text: Option<String>,
    /// Place among its siblings.
    #[field(range(0, 100_000), default = 0, sort)]
    pub position: i32,
    /// JSON Schema (draft 2020-12) that the content must fit. At most 64 KiB, 20 levels and 1,000 values, counting what its
    /// references lead to. A `$ref` names a place in this schema, such as `#/$defs/part`, and must not lead back to
    /// itself; patterns have no look-around and no backreferences; `format` is not checked.
    pub schema: Option<JsonObject>,
    /// Content of the section: at most 64 KiB and 20 levels, less under a large schema. Without a schema any object will do.
    /// Numbers have 64 bits.
    #[field(disclosable)]
    pub content: Option<JsonObject>,
}

/// A pillar of a plan: the first level of its content.
#[record(plural = "pillars", class = National, area = "Plans", texts, editions, below = plan,
    example = r#"{"plan": "0198c0de-0000-7000-8000-000000000001", "title": "Governance and legal framework", "position": 1}"#)]
pub struct Pillar {
    /// Plan the pillar belongs to; its owner owns the pillar.
    #[field(new_only, filter = "plan_id")]
    pub plan: Ref<Plan>,
    /// Number or letter in the plan's text.
    #[field(len(1, 50))]
    pub code: Option<String>,
    /// Title of the pillar.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// Text of the pillar.
    #[field(len(1, 20_000), text, disclosable)]
    pub description: Option<String>,
    /// Place among its siblings.
    #[field(range(0, 100_000), default = 0, sort)]
    pub position: i32,
    /// Progress in percent, 0 to 100, that its owner tells instead of the figure that is computed.
    #[field(range(0, 100), progress)]
    pub progress_override_percent: Option<i32>,
    /// Why; it is given with the figure, and with it only.
    #[field(len(1, 2_000), progress)]
    pub progress_override_reason: Option<String>,
    /// Its objectives.
    pub objectives: Children<Objective>,
    /// Comments on it.
    pub comments: Children<Comment>,
}

/// An objective of a plan, below a pillar.
#[record(plural = "objectives", class = National, area = "Plans", texts, editions, below = pillar,
    example = r#"{"pillar": "0198c0de-0000-7000-8000-000000000001", "title": "A standing national coordination body runs CBRN risk mitigation", "position": 1}"#)]
pub struct Objective {
    /// Plan the objective belongs to.
    #[field(read_only, filter = "plan_id")]
    pub plan: Ref<Plan>,
    /// Pillar the objective belongs to, within the same plan.
    #[field(filter = "pillar_id")]
    pub pillar: Ref<Pillar>,
    /// Number or letter in the plan's text.
    #[field(len(1, 50))]
    pub code: Option<String>,
    /// Title of the objective.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// Text of the objective.
    #[field(len(1, 20_000), text, disclosable)]
    pub description: Option<String>,
    /// Place among its siblings.
    #[field(range(0, 100_000), default = 0, sort)]
    pub position: i32,
    /// Progress in percent, 0 to 100, that its owner tells instead of the figure that is computed.
    #[field(range(0, 100), progress)]
    pub progress_override_percent: Option<i32>,
    /// Why; it is given with the figure, and with it only.
    #[field(len(1, 2_000), progress)]
    pub progress_override_reason: Option<String>,
    /// Its actions.
    pub actions: Children<Action>,
    /// What it is measured by.
    pub indicators: Children<Indicator>,
    /// Comments on it.
    pub comments: Children<Comment>,
}

/// An action of a plan: who does what, when, at what cost, for which obligations.
#[record(plural = "actions", class = Work, area = "Plans", texts, editions, below = objective,
    example = r#"{"objective": "0198c0de-0000-7000-8000-000000000001", "title": "Adopt the legal act that sets up the National CBRN Team", "lead_agency": "MES", "position": 1}"#)]
pub struct Action {
    /// Plan the action belongs to.
    #[field(read_only, filter = "plan_id")]
    pub plan: Ref<Plan>,
    /// Objective the action belongs to, within the same plan.
    #[field(filter = "objective_id")]
    pub objective: Ref<Objective>,
    /// Number or letter in the plan's text.
    #[field(len(1, 50))]
    pub code: Option<String>,
    /// Title of the action.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// Text of the action.
    #[field(len(1, 20_000), text, disclosable)]
    pub description: Option<String>,
    /// Place among its siblings.
    #[field(range(0, 100_000), default = 0, sort)]
    pub position: i32,
    /// Agency that leads.
    #[field(lead, filter)]
    pub lead_agency: Option<Ref<Agency>>,
    /// Agencies that contribute.
    #[field(
        most(200),
        table = "action_contributor",
        contributors,
        filter(
            "contributing_agency",
            "Only those to which one of these agencies contributes, by id or code."
        )
    )]
    pub contributing_agencies: Refs<Agency>,
    /// Obligations the action serves.
    #[field(
        most(200),
        table = "action_obligation",
        filter("obligation", "Only those that serve one of these obligations, by id or code.")
    )]
    pub obligations: Refs<Obligation>,
    /// First day of its period.
    #[field(sort)]
    pub starts_on: Option<Date>,
    /// Last day of its period.
    #[field(
        days("ends", "that end"),
        sort,
        not_before = starts_on,
        late(status, [ActionStatus::Done, ActionStatus::Cancelled])
    )]
    pub ends_on: Option<Date>,
    /// Planned cost.
    #[field(disclosable)]
    pub cost: Option<Money>,
    /// Who pays.
    #[field(len(1, 300), disclosable)]
    pub funding_source: Option<String>,
    /// How far the action is.
    #[field(default = ActionStatus::Planned, filter, progress)]
    pub status: ActionStatus,
    /// Progress in percent, 0 to 100, as reported.
    #[field(range(0, 100), default = 0, progress)]
    pub progress_percent: i32,
    /// What the progress consists in.
    #[field(len(1, 5_000), progress, disclosable)]
    pub progress_note: Option<String>,
    /// Tasks that carry it out.
    pub tasks: Children<Task>,
    /// What it is measured by.
    pub indicators: Children<Indicator>,
    /// What it is paid from.
    pub budget_lines: Children<BudgetLine>,
    /// Projects that serve it.
    pub projects: Children<Project>,
    /// What shows something of it.
    pub evidence_items: Children<EvidenceItem>,
    /// Comments on it.
    pub comments: Children<Comment>,
}
