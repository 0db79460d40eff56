//! Exercises with what they find, measures that build capacity, good practices.

use model::{Children, Mask, Ref, Refs, lifecycle, record};

use crate::{
    cooperation::{Agency, Task},
    needs::CapabilityArea,
    plans::Action,
    reference::Country,
    vocab::{ActivityStatus, CapacityKind, Community, Domain, ExerciseKind, FindingStatus, PracticeKind},
};

/// An exercise: at a table, in the field, alone or with other countries.
#[record(plural = "exercises", class = Work, area = "Delivery", texts, moves = EXERCISE,
    example = r#"{"owner": "KGZ", "title": "Chemical spill at a border crossing", "kind": "table_top", "is_cross_border": false, "held_on": "2026-11-20", "countries": ["KGZ"], "lead_agency": "MES", "place": "Osh", "language": "en"}"#)]
pub struct Exercise {
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What it is.
    #[field(filter)]
    pub kind: ExerciseKind,
    /// Whether it goes across a border.
    #[field(default = false, filter)]
    pub is_cross_border: bool,
    /// What is played.
    #[field(len(1, 20_000), text, disclosable)]
    pub scenario: Option<String>,
    /// Day on which it is, or was, held; its first day where there are several. A done exercise has one.
    #[field(days("held", "held"), sort)]
    pub held_on: Option<Date>,
    /// Countries that take part, the owner's among them where they are named.
    #[field(
        most(200),
        table = "exercise_country",
        filter("with_country", "Only those in which one of these countries takes part, by id or code.")
    )]
    pub countries: Refs<Country>,
    /// Where it is held.
    #[field(len(1, 300), text, disclosable)]
    pub place: Option<String>,
    /// Agency that leads.
    #[field(lead, filter)]
    pub lead_agency: Ref<Agency>,
    /// Agencies that take part.
    #[field(
        most(200),
        table = "exercise_contributor",
        contributors,
        filter(
            "contributing_agency",
            "Only those in which one of these agencies takes part, by id or code."
        )
    )]
    pub contributing_agencies: Refs<Agency>,
    /// State of the exercise; one that was held is `done`.
    #[field(default = ActivityStatus::Planned, new_only, filter)]
    pub status: ActivityStatus,
    /// Why it was cancelled or reopened.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
    /// What it found.
    pub findings: Children<Finding>,
}

lifecycle! { EXERCISE;
    /// Start a planned exercise.
    start: Planned => Running, by Lead;
    /// Record that an exercise was held.
    complete: Planned | Running => Done, by Lead, takes [held_on], needs [held_day()];
    /// Cancel an exercise.
    cancel: Planned | Running => Cancelled, by Lead, needs [reason];
    /// Reopen a done or cancelled exercise.
    reopen: Done | Cancelled => Running, by Lead, needs [reason];
}

/// What an exercise found, and what follows from it.
#[record(plural = "findings", class = Work, area = "Delivery", texts, below = exercise, level = Group, moves = FINDING,
    example = r#"{"exercise": "0198c0de-0000-7000-8000-000000000001", "title": "No common radio channel", "description": "Services could not speak with each other.", "lead_agency": "MES", "action": "0198c0de-0000-7000-8000-000000000001", "language": "en"}"#)]
pub struct Finding {
    /// Exercise that found it; its owner owns the finding.
    #[field(new_only, filter = "exercise_id")]
    pub exercise: Ref<Exercise>,
    /// What was found.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What it consists in.
    #[field(len(1, 20_000), text, disclosable)]
    pub description: Option<String>,
    /// Agency that leads.
    #[field(lead, filter)]
    pub lead_agency: Ref<Agency>,
    /// Action that takes it up.
    #[field(filter = "action_id")]
    pub action: Option<Ref<Action>>,
    /// Task that takes it up.
    #[field(filter = "task_id")]
    pub task: Option<Ref<Task>>,
    /// Why it is closed without an action or a task.
    #[field(len(1, 2_000), disclosable)]
    pub closing_reason: Option<String>,
    /// State of the finding.
    #[field(default = FindingStatus::Open, new_only, filter)]
    pub status: FindingStatus,
    /// Why it was reopened.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
}

lifecycle! { FINDING;
    /// Close a finding that an action or a task takes up, or say why none does.
    close: Open => Closed, by Lead, takes [action, task, closing_reason], needs [follow_up()];
    /// Reopen a closed finding.
    reopen: Closed => Open, by Lead, needs [reason];
}

/// A training, equipment or a procedure that builds capacity, and how it is sustained.
#[record(plural = "capacity-measures", class = Work, area = "Delivery", texts, moves = CAPACITY_MEASURE,
    example = r#"{"owner": "KGZ", "title": "Detectors for first responders", "kind": "equipment", "community": "first_response", "domains": ["R"], "quantity": 40, "sustained_by": "State budget", "sustained_until": "2026-12-30", "lead_agency": "MES", "language": "en"}"#)]
pub struct CapacityMeasure {
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What it consists in.
    #[field(len(1, 20_000), text, disclosable)]
    pub description: Option<String>,
    /// What it is.
    #[field(filter)]
    pub kind: CapacityKind,
    /// Whose capacity it builds.
    #[field(filter)]
    pub community: Option<Community>,
    /// Hazard domains it is about.
    #[field(most(4), filter("domain", "Only those about one of these hazard domains."))]
    pub domains: Mask<Domain>,
    /// How many people, pieces or documents, 0 to 10 million.
    #[field(range(0, 10_000_000), disclosable)]
    pub quantity: Option<i32>,
    /// Who sustains it.
    #[field(len(1, 300), disclosable)]
    pub sustained_by: Option<String>,
    /// Last day for which that is settled.
    #[field(days("sustained_until", "sustained until a day"), sort)]
    pub sustained_until: Option<Date>,
    /// Agency that leads.
    #[field(lead, filter)]
    pub lead_agency: Ref<Agency>,
    /// Action it is part of.
    #[field(filter = "action_id")]
    pub action: Option<Ref<Action>>,
    /// State of the measure.
    #[field(default = ActivityStatus::Planned, new_only, filter)]
    pub status: ActivityStatus,
    /// Why it was cancelled or reopened.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
}

lifecycle! { CAPACITY_MEASURE;
    /// Start a planned capacity measure.
    start: Planned => Running, by Lead;
    /// Complete a capacity measure.
    complete: Planned | Running => Done, by Lead;
    /// Cancel a capacity measure.
    cancel: Planned | Running => Cancelled, by Lead, needs [reason];
    /// Reopen a done or cancelled capacity measure.
    reopen: Done | Cancelled => Running, by Lead, needs [reason];
}

/// A practice that works, or a lesson that was learnt, for others to take over.
#[record(plural = "good-practices", class = National, area = "Delivery", texts,
    example = r#"{"owner": "KGZ", "kind": "practice", "title": "One duty desk for all services", "text": "All calls arrive at one desk, which alerts each service.", "domains": ["C", "B", "R", "N"], "language": "en"}"#)]
pub struct GoodPractice {
    /// What it is.
    #[field(filter)]
    pub kind: PracticeKind,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// The practice or the lesson.
    #[field(len(1, 20_000), text)]
    pub text: String,
    /// Area of capability it is in.
    #[field(filter)]
    pub area: Option<Ref<CapabilityArea>>,
    /// Hazard domains it is about.
    #[field(most(4), filter("domain", "Only those about one of these hazard domains."))]
    pub domains: Mask<Domain>,
    /// Exercise it comes from.
    #[field(filter = "exercise_id")]
    pub exercise: Option<Ref<Exercise>>,
}
