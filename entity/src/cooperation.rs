//! Agencies, working groups and the tasks between them.

use model::{AnyRef, Children, List, Ref, Refs, lifecycle, record};

use crate::{
    duties::Deadline,
    plans::{Action, Plan},
    vocab::{
        AgencyKind, DatePrecision, Function, MembershipRole, TaskFamily, TaskPriority, TaskStatus,
        WorkingGroupKind,
    },
};

/// A body of a country, region or organisation; names and structures change, codes are never used again.
#[record(plural = "agencies", class = National, area = "Cooperation", texts, code = PerOwner, held = &[("shared_set_agency", "to_id")],
    example = r#"{"owner": "KGZ", "code": "MES", "name": "Ministry of Emergency Situations", "kind": "ministry", "functions": ["emergency"], "language": "en"}"#)]
pub struct Agency {
    /// Code, unique within the owner.
    #[field(len(1, 40), pattern = r"^[A-Za-z0-9_-]+$", new_only, filter, sort)]
    pub code: String,
    /// Name.
    #[field(len(1, 500), text, sort)]
    pub name: String,
    /// What it is.
    #[field(filter)]
    pub kind: AgencyKind,
    /// What it is charged with.
    #[field(len(1, 5_000), text, disclosable)]
    pub mandate: Option<String>,
    /// State functions it holds.
    #[field(most(100), filter("function", "Only those with one of these functions."))]
    pub functions: List<Function>,
    /// Agency it is part of.
    #[field(filter)]
    pub parent: Option<Ref<Agency>>,
    /// First day it existed under this name.
    pub valid_from: Option<Date>,
    /// How exact `valid_from` is.
    pub valid_from_precision: Option<DatePrecision>,
    /// Last day it existed.
    #[field(not_before = valid_from)]
    pub valid_until: Option<Date>,
    /// How exact `valid_until` is.
    pub valid_until_precision: Option<DatePrecision>,
    /// Agencies that took over.
    #[field(most(200), table = "agency_successor")]
    pub successors: Refs<Agency>,
    /// What is doubtful.
    #[field(len(1, 2_000), disclosable)]
    pub note: Option<String>,
    /// Tasks it leads.
    #[field(via = lead_agency)]
    pub tasks: Children<Task>,
}

/// A national team, interagency group, subgroup or steering group.
#[record(plural = "working-groups", class = National, area = "Cooperation", texts, held = &[("shared_set_group", "to_id")],
    example = r#"{"owner": "KGZ", "name": "Interagency Working Group on CBRN", "kind": "interagency_group", "language": "en"}"#)]
pub struct WorkingGroup {
    /// Name.
    #[field(len(1, 500), text, sort)]
    pub name: String,
    /// What it is.
    #[field(filter)]
    pub kind: WorkingGroupKind,
    /// Legal act that sets it up.
    #[field(len(1, 500), disclosable)]
    pub mandate_act: Option<String>,
    /// Group it is part of.
    #[field(filter)]
    pub parent: Option<Ref<WorkingGroup>>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
    /// Agencies and persons that are members.
    pub memberships: Children<Membership>,
}

/// The membership of an agency or a person in a working group.
#[record(plural = "memberships", class = National, area = "Cooperation", below = working_group,
    example = r#"{"working_group": "0198c0de-0000-7000-8000-000000000001", "agency": "MES", "role": "chair"}"#)]
pub struct Membership {
    /// The group.
    #[field(new_only, filter)]
    pub working_group: Ref<WorkingGroup>,
    /// Agency that is a member; either this or `person_name`.
    #[field(filter)]
    pub agency: Option<Ref<Agency>>,
    /// Person who is a member, where it is no agency.
    #[field(len(1, 200), disclosable)]
    pub person_name: Option<String>,
    /// Role in the group.
    #[field(default = MembershipRole::Member, filter)]
    pub role: MembershipRole,
    /// First day.
    #[field(sort)]
    pub from_on: Option<Date>,
    /// Last day.
    #[field(not_before = from_on)]
    pub until_on: Option<Date>,
}

/// A piece of work that one agency leads and others contribute to.
#[record(plural = "tasks", class = Work, area = "Cooperation", texts, below = [action, plan, deadline], moves = TASK,
    example = r#"{"owner": "KGZ", "title": "Compare national law with each treaty", "lead_agency": "MES", "due_on": "2027-03-31", "family": "legal_framework", "language": "en"}"#)]
pub struct Task {
    /// Plan the task belongs to.
    #[field(filter = "plan_id")]
    pub plan: Option<Ref<Plan>>,
    /// Action the task carries out, within the same plan.
    #[field(filter = "action_id")]
    pub action: Option<Ref<Action>>,
    /// Deadline that it is for; it is seen at most by those who see the deadline.
    #[field(new_only, filter = "deadline_id")]
    pub deadline: Option<Ref<Deadline>>,
    /// Whether its deadline made it, and so leads it; empty where people did.
    #[field(stored_only)]
    pub is_made: Option<bool>,
    /// Title of the task.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What is to be done.
    #[field(len(1, 20_000), text, disclosable)]
    pub description: Option<String>,
    /// Which role of the working group it serves.
    #[field(filter, disclosable)]
    pub family: Option<TaskFamily>,
    /// State of the task.
    #[field(default = TaskStatus::Planned, new_only, filter)]
    pub status: TaskStatus,
    /// State to come back to once it is unblocked.
    #[field(stored_only)]
    pub status_before_block: Option<TaskStatus>,
    /// Why it is blocked, cancelled, returned or reopened.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
    /// How urgent it is.
    #[field(default = TaskPriority::Normal, filter, sort)]
    pub priority: TaskPriority,
    /// Day it is due.
    #[field(days("due", "due"), sort, late(status, [TaskStatus::Done, TaskStatus::Cancelled]))]
    pub due_on: Option<Date>,
    /// Day it was done; of done tasks only, and needed for a task that is made as done.
    #[field(days("completed", "done"), sort, of_state = TaskStatus::Done)]
    pub completed_on: Option<Date>,
    /// Estimated work in days, 0 to 3650.
    #[field(range(0, 3_650), disclosable)]
    pub estimate_days: Option<i32>,
    /// Agency that leads.
    #[field(lead, filter)]
    pub lead_agency: Ref<Agency>,
    /// Agencies that contribute.
    #[field(
        most(200),
        table = "task_contributor",
        contributors,
        filter(
            "contributing_agency",
            "Only those to which one of these agencies contributes, by id or code."
        )
    )]
    pub contributing_agencies: Refs<Agency>,
    /// Tasks that must be done or cancelled before this one is complete.
    #[field(
        most(200),
        table = "task_dependency",
        filter("depends_on", "Only those that wait for one of these tasks, by id.")
    )]
    pub depends_on: Refs<Task>,
    /// Progress in percent, 0 to 100, as reported.
    #[field(range(0, 100), default = 0, progress)]
    pub progress_percent: i32,
    /// What the progress consists in.
    #[field(len(1, 5_000), progress, disclosable)]
    pub progress_note: Option<String>,
    /// Record the task came from (a decision, a finding).
    pub origin: Option<AnyRef>,
}

lifecycle! { TASK, before status_before_block;
    /// Assign a planned task.
    assign: Planned => Assigned, by Lead, takes [due_on, lead_agency], needs [due_on];
    /// Start an assigned task.
    start: Assigned => InProgress, by Contributor;
    /// Submit a task for review.
    submit: InProgress => InReview, by Contributor;
    /// Complete a task in review; that of a deadline once a submission is on record, or the deadline is closed.
    complete: InReview => Done, by Contributor, needs [dependencies_done(), submission_recorded()];
    /// Return a task in review to work.
    return: InReview => InProgress, by Contributor;
    /// Block a task.
    block: Assigned | InProgress | InReview => Blocked, by Contributor, needs [reason], remembers;
    /// Unblock a task.
    unblock: Blocked => back, by Contributor;
    /// Cancel a task.
    cancel: Planned | Assigned | InProgress | InReview | Blocked => Cancelled, by Lead, needs [reason];
    /// Reopen a done or cancelled task.
    reopen: Done | Cancelled => InProgress, by Lead, needs [reason];
}
