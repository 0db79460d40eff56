//! Cycles of planning, their steps, and the milestones of a roadmap.

use model::{Children, Ref, Refs, lifecycle, record};

use crate::{
    cooperation::{Agency, Task, WorkingGroup},
    needs::Assessment,
    plans::Plan,
    vocab::{CycleStage, DatePrecision, StepStatus},
};

/// A cycle of planning: the way of a country from joining, through needs assessment and priorities, to a plan that is
/// carried out and reviewed.
#[record(plural = "cycles", class = National, area = "Cycle and roadmap", texts, unique(owner, number),
    example = r#"{"owner": "KGZ", "number": 1, "title": "First planning cycle", "starts_on": "2020-01-01", "language": "en"}"#)]
pub struct Cycle {
    /// Number of the cycle, unique within the owner: 1, 2, 3.
    #[field(range(1, 10_000), sort)]
    pub number: i32,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// First day of the cycle.
    #[field(days("starts", "that start"), sort)]
    pub starts_on: Option<Date>,
    /// Last day of the cycle.
    #[field(days("ends", "that end"), sort, not_before = starts_on)]
    pub ends_on: Option<Date>,
    /// What is to be known about it.
    #[field(len(1, 5_000), text, disclosable)]
    pub note: Option<String>,
    /// Its steps.
    pub steps: Children<CycleStep>,
    /// Milestones of its roadmap.
    pub milestones: Children<Milestone>,
    /// Needs assessments that belong to it.
    pub assessments: Children<Assessment>,
}

/// A step of a cycle; a cycle has at most one of each.
#[record(plural = "cycle-steps", class = National, area = "Cycle and roadmap", below = cycle, unique(cycle, step),
    moves = CYCLE_STEP,
    example = r#"{"cycle": "0198c0de-0000-7000-8000-000000000001", "step": "assessment", "from_on": "2020-01-01", "from_precision": "year"}"#)]
pub struct CycleStep {
    /// Cycle the step belongs to; its owner owns the step.
    #[field(new_only, filter = "cycle_id")]
    pub cycle: Ref<Cycle>,
    /// Which step it is; lists sorted by it follow the order of a cycle.
    #[field(new_only, label, filter, sort)]
    pub step: CycleStage,
    /// State of the step.
    #[field(default = StepStatus::Planned, new_only, filter)]
    pub status: StepStatus,
    /// Why it was skipped or reopened.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
    /// First day of the step.
    #[field(days("starts", "that start"), sort)]
    pub from_on: Option<Date>,
    /// How exact `from_on` is.
    pub from_precision: Option<DatePrecision>,
    /// Last day of the step.
    #[field(
        days("ends", "that end"),
        sort,
        not_before = from_on,
        late(status, [StepStatus::Done, StepStatus::Skipped])
    )]
    pub until_on: Option<Date>,
    /// How exact `until_on` is.
    pub until_precision: Option<DatePrecision>,
    /// What is to be known about it.
    #[field(len(1, 5_000), disclosable)]
    pub note: Option<String>,
    /// Plans the step is about.
    #[field(
        most(200),
        table = "cycle_step_plan",
        filter("plan", "Only those about one of these plans, by id.")
    )]
    pub plans: Refs<Plan>,
    /// Working groups that carry the step.
    #[field(
        most(200),
        table = "cycle_step_group",
        filter("working_group", "Only those that one of these working groups carries, by id.")
    )]
    pub working_groups: Refs<WorkingGroup>,
    /// Tasks of the step.
    #[field(
        most(200),
        table = "cycle_step_task",
        filter("task", "Only those to which one of these tasks belongs, by id.")
    )]
    pub tasks: Refs<Task>,
    /// Needs assessments of the step.
    #[field(
        most(200),
        table = "cycle_step_assessment",
        filter("assessment", "Only those to which one of these assessments belongs, by id.")
    )]
    pub assessments: Refs<Assessment>,
}

lifecycle! { CYCLE_STEP;
    /// Start a planned step.
    start: Planned => Running;
    /// Complete a step.
    complete: Planned | Running => Done;
    /// Skip a step that does not take place.
    skip: Planned | Running => Skipped, needs [reason];
    /// Reopen a step that was done or skipped.
    reopen: Done | Skipped => Running, needs [reason];
}

/// A milestone of the roadmap of a cycle: what is to be reached by a day, led by one agency.
#[record(plural = "milestones", class = Work, area = "Cycle and roadmap", texts, below = cycle, moves = MILESTONE,
    example = r#"{"cycle": "0198c0de-0000-7000-8000-000000000001", "title": "Draft of the plan is with all agencies", "agency": "MES", "due_on": "2026-12-31"}"#)]
pub struct Milestone {
    /// Cycle the milestone belongs to; its owner owns the milestone.
    #[field(new_only, filter = "cycle_id")]
    pub cycle: Ref<Cycle>,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What is to be reached.
    #[field(len(1, 20_000), text, disclosable)]
    pub description: Option<String>,
    /// State of the milestone.
    #[field(default = StepStatus::Planned, new_only, filter)]
    pub status: StepStatus,
    /// Why it was skipped or reopened.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
    /// Day by which it is to be reached.
    #[field(days("due", "due"), sort, late(status, [StepStatus::Done, StepStatus::Skipped]))]
    pub due_on: Option<Date>,
    /// Day it was reached; of done milestones only, and needed for one that is made as done.
    #[field(days("completed", "done"), sort, of_state = StepStatus::Done)]
    pub completed_on: Option<Date>,
    /// Agency that leads.
    #[field(lead, filter)]
    pub agency: Ref<Agency>,
    /// Agencies that contribute.
    #[field(
        most(200),
        table = "milestone_contributor",
        contributors,
        filter(
            "contributing_agency",
            "Only those to which one of these agencies contributes, by id or code."
        )
    )]
    pub contributing_agencies: Refs<Agency>,
    /// Milestones of the same cycle that must be done or skipped before this one is complete.
    #[field(
        most(200),
        table = "milestone_dependency",
        filter("depends_on", "Only those that wait for one of these milestones, by id.")
    )]
    pub depends_on: Refs<Milestone>,
}

lifecycle! { MILESTONE;
    /// Start to work towards a planned milestone.
    start: Planned => Running, by Lead;
    /// Say that a milestone is reached.
    complete: Planned | Running => Done, by Lead, needs [dependencies_done()];
    /// Skip a milestone that is not pursued any more.
    skip: Planned | Running => Skipped, by Lead, needs [reason];
    /// Reopen a milestone that was done or skipped.
    reopen: Done | Skipped => Running, by Lead, needs [reason];
}
