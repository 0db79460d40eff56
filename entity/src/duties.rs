//! Duties of countries under treaties: commitments, deadlines, events and submissions. Facts, never a verdict.

use model::{Children, List, Ref, Refs, lifecycle, record};

use crate::{
    cooperation::{Agency, Task},
    reference::{Framework, Obligation},
    vocab::{
        Applicability, BindingForce, CommitmentCaution, DeadlineStatus, DueBasis, SubmissionAudience,
        SubmissionStatus, Timeliness, TreatyEventKind,
    },
};

/// The rule of an obligation from a day on, because a conference moved its dates. Before the first version the rule of the
/// obligation itself holds.
#[record(plural = "obligation-versions", class = Reference, area = "Treaties", unique(obligation, valid_from),
    example = r#"{"obligation": "BTWC-CBM-RETURN", "valid_from": "2026-06-01", "rrule": "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=15", "reason": "Decision of a review conference", "source": "Final document"}"#)]
pub struct ObligationVersion {
    /// The obligation.
    #[field(new_only, filter)]
    pub obligation: Ref<Obligation>,
    /// First day on which something falls due by this rule.
    #[field(sort)]
    pub valid_from: Date,
    /// Last such day; none while it holds.
    #[field(not_before = valid_from)]
    pub valid_to: Option<Date>,
    /// Recurrence of the due day (RFC 5545).
    #[field(len(1, 300))]
    pub rrule: Option<String>,
    /// First due day, where the rule needs one.
    pub dtstart: Option<Date>,
    /// Time from the trigger, or from entry into force for the State (ISO 8601; a leading minus means before).
    #[field(len(1, 40))]
    pub relative_due: Option<String>,
    /// Due days that a treaty body has set (ISO 8601).
    #[field(most(100))]
    pub due_days: List<String>,
    /// Why the rule changed.
    #[field(len(1, 2_000))]
    pub reason: String,
    /// Where the change is from.
    #[field(len(1, 1_000))]
    pub source: String,
}

/// What a country asked to have worked out: commitments and deadlines that follow from its participation. `POST /commitments/compile` makes it;
/// until then nothing is worked out for the country. Of several the newest counts.
#[record(plural = "compilations", class = National, area = "Treaties", of_countries, by_focal_point, writes = [Create, Update],
    example = r#"{"owner": "KGZ", "from_on": "2026-01-01", "horizon_years": 3, "is_active": false}"#)]
pub struct Compilation {
    /// First day for which deadlines are worked out; without it the first day of the year in which the country asked.
    pub from_on: Option<Date>,
    /// Years ahead for which deadlines are worked out.
    #[field(range(1, 10), default = 3)]
    pub horizon_years: i32,
    /// Days before a deadline on which a task is made for the agency responsible; without it none is made, unless the
    /// commitment says so.
    #[field(range(0, 730))]
    pub task_days_before: Option<i32>,
    /// Whether it goes on: where it does not, commitments and deadlines stay as they are.
    #[field(default = true)]
    pub is_active: bool,
}

/// An obligation of a country: who is responsible for it, and whether it applies.
#[record(plural = "commitments", class = Work, area = "Treaties", of_countries, by_full, unique(owner, obligation),
    example = r#"{"owner": "KGZ", "obligation": "BTWC-CBM-RETURN", "applicability": "applies"}"#)]
pub struct Commitment {
    /// The obligation.
    #[field(new_only, filter)]
    pub obligation: Ref<Obligation>,
    /// Framework it comes from.
    #[field(read_only, filter)]
    pub framework: Ref<Framework>,
    /// How binding the obligation is.
    #[field(read_only, filter)]
    pub binding: BindingForce,
    /// Responsible agency.
    #[field(lead, filter)]
    pub lead_agency: Option<Ref<Agency>>,
    /// Agencies that contribute.
    #[field(most(50), contributors, progress, table = "commitment_contributor")]
    pub contributing_agencies: Refs<Agency>,
    /// Whether it applies, as the country says.
    #[field(default = Applicability::Applies, filter)]
    pub applicability: Applicability,
    /// Why it does not apply, rests, or is done without being bound.
    #[field(len(1, 2_000), disclosable)]
    pub applicability_reason: Option<String>,
    /// Notes of those responsible.
    #[field(len(1, 10_000), progress, disclosable)]
    pub notes: Option<String>,
    /// Days before each of its deadlines on which a task is made for the agency responsible, once; without it as the country's
    /// compilation says.
    #[field(range(0, 730))]
    pub task_days_before: Option<i32>,
    /// What is to be known before its deadlines are read.
    #[field(read_only, filter)]
    pub caution: Option<CommitmentCaution>,
    /// Whether it was worked out from the country's participation.
    #[field(default = false, read_only, filter)]
    pub is_compiled: bool,
    /// What falls due.
    pub deadlines: Children<Deadline>,
    /// What was sent.
    pub submissions: Children<Submission>,
}

/// A day by which something is due under a commitment, worked out from a rule. Its id stays when the rule changes.
#[record(plural = "deadlines", class = Work, area = "Treaties", of_countries, by_full, below = commitment, unique(commitment, origin),
    writes = [Update], moves = DEADLINE,
    example = r#"{"commitment": "0198c0de-0000-7000-8000-000000000001", "due_on": "2026-12-15", "basis": "calendar", "rule": "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15"}"#)]
pub struct Deadline {
    /// The commitment.
    #[field(new_only, filter = "commitment_id")]
    pub commitment: Ref<Commitment>,
    /// The obligation.
    #[field(read_only, filter)]
    pub obligation: Ref<Obligation>,
    /// Framework it comes from.
    #[field(read_only, filter)]
    pub framework: Ref<Framework>,
    /// Agency that holds it.
    #[field(lead, filter)]
    pub lead_agency: Option<Ref<Agency>>,
    /// What tells it from the other deadlines of its commitment.
    #[field(stored_only)]
    pub origin: String,
    /// First day of the period covered, where there is one.
    #[field(new_only)]
    pub period_from: Option<Date>,
    /// Last day of the period covered.
    #[field(new_only, days("period", "whose period ends"))]
    pub period_to: Option<Date>,
    /// Day by which it is due, in the country's time zone. Moving it by hand takes `due_reason`.
    #[field(
        days("due", "due"),
        sort,
        late(status, [
            DeadlineStatus::Submitted,
            DeadlineStatus::Acknowledged,
            DeadlineStatus::Waived,
            DeadlineStatus::NotApplicable
        ])
    )]
    pub due_on: Date,
    /// Instant by which it is due: the last second of the day, or hours after an event.
    #[field(read_only)]
    pub due_at: DateTimeUtc,
    /// Why the day was moved by hand.
    #[field(len(1, 2_000))]
    pub due_reason: Option<String>,
    /// Day by the rule as it is now, where that is another one than `due_on`.
    #[field(read_only)]
    pub rule_due_on: Option<Date>,
    /// How the day comes about.
    #[field(new_only, filter)]
    pub basis: DueBasis,
    /// The rule, as it is written.
    #[field(new_only, len(1, 1_000))]
    pub rule: String,
    /// Version of the obligation's rule that it follows; none for the rule of the obligation itself.
    #[field(new_only)]
    pub rule_version: Option<Ref<ObligationVersion>>,
    /// Event that it counts from.
    #[field(new_only, filter)]
    pub event: Option<Ref<TreatyEvent>>,
    /// What is told of it once the instant is past and no submission is on record.
    #[field(overdue(due_at, [DeadlineStatus::Upcoming, DeadlineStatus::InPreparation, DeadlineStatus::Cleared]))]
    pub timeliness: Option<Timeliness>,
    /// Notes of those who work on it.
    #[field(len(1, 10_000), progress, disclosable)]
    pub notes: Option<String>,
    /// State of the deadline.
    #[field(default = DeadlineStatus::Upcoming, new_only, filter)]
    pub status: DeadlineStatus,
    /// Why it was waived, does not apply or was reopened.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
    /// Whether it does not apply because its rule leads to it no more.
    #[field(stored_only, default = false)]
    pub is_lapsed: bool,
    /// Whether its task was made: that happens once.
    #[field(stored_only, default = false)]
    pub is_tasked: bool,
    /// What was sent.
    pub submissions: Children<Submission>,
    /// Work on it.
    pub tasks: Children<Task>,
}

lifecycle! { DEADLINE;
    /// Begin to prepare what is due.
    prepare: Upcoming => InPreparation, by Lead;
    /// Clear what was prepared, for the agencies concerned.
    clear: InPreparation => Cleared, by Lead;
    /// Say that it was sent; record what was sent as a submission.
    submit: Upcoming | InPreparation | Cleared => Submitted, by Lead, needs [submission_recorded()];
    /// Say that whom it was sent to has acknowledged it.
    acknowledge: Submitted => Acknowledged;
    /// Waive a deadline.
    waive: Upcoming | InPreparation | Cleared => Waived, needs [reason];
    /// Say that a deadline does not apply.
    exempt: Upcoming | InPreparation | Cleared => NotApplicable, needs [reason];
    /// Reopen a deadline.
    reopen: Submitted | Acknowledged | Waived | NotApplicable => InPreparation, needs [reason];
}

/// Something that happened, or is planned, from which duties to notify count.
#[record(plural = "treaty-events", class = Work, area = "Treaties", texts, of_countries, level = Group,
    example = r#"{"owner": "KGZ", "title": "Release at a plant near the border", "kind": "accident", "happened_at": "2026-11-20T06:30:00Z", "lead_agency": "MES", "language": "en"}"#)]
pub struct TreatyEvent {
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What happened.
    #[field(len(1, 20_000), text, disclosable)]
    pub description: Option<String>,
    /// Kind of the event.
    #[field(filter)]
    pub kind: TreatyEventKind,
    /// When it happened or is to happen.
    pub happened_at: DateTimeUtc,
    /// Obligations that it concerns; those that count from an event get deadlines.
    #[field(
        most(50),
        table = "treaty_event_obligation",
        filter("obligation", "Only those that concern one of these obligations.")
    )]
    pub obligations: Refs<Obligation>,
    /// Agency that keeps it.
    #[field(lead, filter)]
    pub lead_agency: Ref<Agency>,
}

/// Something that was sent to a treaty body or another State. What it says stays outside; a hash or a pointer leads there.
#[record(plural = "submissions", class = Work, area = "Treaties", texts, of_countries, level = Group, below = [deadline, commitment], moves = SUBMISSION,
    example = r#"{"owner": "KGZ", "commitment": "0198c0de-0000-7000-8000-000000000001", "title": "Return for 2025", "sent_on": "2026-04-10", "recipient": "Implementation Support Unit", "audience": "states_parties", "lead_agency": "MES", "language": "en"}"#)]
pub struct Submission {
    /// Deadline that it is for.
    #[field(new_only, filter = "deadline_id")]
    pub deadline: Option<Ref<Deadline>>,
    /// Commitment that it is for, where it is for no deadline.
    #[field(new_only, filter = "commitment_id")]
    pub commitment: Option<Ref<Commitment>>,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// Reference it was sent under.
    #[field(len(1, 200), filter)]
    pub reference: Option<String>,
    /// First day of the period that it covers.
    pub period_from: Option<Date>,
    /// Last day of that period.
    #[field(not_before = period_from)]
    pub period_to: Option<Date>,
    /// Day it was sent.
    #[field(days("sent", "sent"), sort)]
    pub sent_on: Date,
    /// Whom it was sent to.
    #[field(len(1, 500))]
    pub recipient: String,
    /// Who may read what was sent.
    #[field(filter)]
    pub audience: SubmissionAudience,
    /// SHA-256 of what was sent, 64 hexadecimal digits.
    #[field(pattern = "^[0-9a-f]{64}$", len(64, 64))]
    pub sha256: Option<String>,
    /// Where it is kept.
    #[field(len(1, 1_000), disclosable)]
    pub pointer: Option<String>,
    /// Agency that sent it.
    #[field(lead, filter)]
    pub lead_agency: Ref<Agency>,
    /// Reference of the receipt.
    #[field(len(1, 200), read_only)]
    pub receipt: Option<String>,
    /// Day of the receipt.
    #[field(read_only)]
    pub received_on: Option<Date>,
    /// State of the submission.
    #[field(default = SubmissionStatus::Sent, new_only, filter)]
    pub status: SubmissionStatus,
    /// Why the receipt was taken back.
    #[field(read_only)]
    pub status_reason: Option<String>,
}

lifecycle! { SUBMISSION;
    /// Record the receipt of a submission.
    receive: Sent => Received, by Lead, takes [receipt, received_on], needs [received_on];
    /// Take a recorded receipt back.
    retract: Received => Sent, by Lead, needs [reason];
}
