//! The needs assessment: questionnaires, the answers of agencies, and the gaps that a country finds.

use model::{Children, List, Mask, Ref, Refs, lifecycle, record};

use crate::{
    cooperation::Agency,
    plans::Action,
    reference::Obligation,
    roadmap::Cycle,
    vocab::{AnswerType, AssessmentStatus, Confidence, Domain, GapStatus, QuestionnaireStatus},
};

/// An area of CBRN capability that needs are assessed by.
#[record(plural = "capability-areas", class = Reference, area = "Reference data", texts, code = Everywhere,
    example = r#"{"code": "BORDER", "title": "Border control and trafficking", "question_example": "Which crossing points have detection equipment and trained staff?", "domains": ["C", "B", "R", "N"]}"#)]
pub struct CapabilityArea {
    /// Code of the area (`BORDER`).
    #[field(len(1, 40), pattern = r"^[A-Z0-9_-]+$", new_only, filter, sort)]
    pub code: String,
    /// Title of the area.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// Part of the assessment that the area belongs to, where areas are put into parts.
    #[field(len(1, 200), filter)]
    pub part: Option<String>,
    /// A question that shows what the area is about; no official text.
    #[field(len(1, 2_000), text)]
    pub question_example: Option<String>,
    /// Hazard domains it is about.
    #[field(len(1, 4), filter("domain", "Only those about one of these hazard domains."))]
    pub domains: Mask<Domain>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
    /// Questions about it.
    pub questions: Children<Question>,
    /// Gaps in it.
    pub gaps: Children<Gap>,
}

/// An edition of a questionnaire: of a country, region or organisation, or one that belongs to nobody.
#[record(plural = "questionnaires", class = National, area = "Needs assessment", texts, or_fact, unique(owner, code, edition), moves = QUESTIONNAIRE,
    example = r#"{"owner": "KGZ", "code": "NAQ", "edition": 1, "title": "Needs assessment questionnaire", "language": "en"}"#)]
pub struct Questionnaire {
    /// Code, the same for all editions.
    #[field(len(1, 40), pattern = r"^[A-Za-z0-9_-]+$", new_only, filter, sort)]
    pub code: String,
    /// Edition: 1, 2, 3; not the lock counter.
    #[field(range(1, 1_000), default = 1, new_only, sort)]
    pub edition: i32,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What it is for, and how to answer it.
    #[field(len(1, 20_000), text, disclosable)]
    pub description: Option<String>,
    /// State of the edition; a published one is not edited, nor are its questions.
    #[field(default = QuestionnaireStatus::Draft, new_only, filter)]
    pub status: QuestionnaireStatus,
    /// Left empty: publishing asks for no reason.
    #[field(read_only)]
    pub status_reason: Option<String>,
    /// Its questions.
    pub questions: Children<Question>,
    /// Assessments that use it.
    pub assessments: Children<Assessment>,
}

lifecycle! { QUESTIONNAIRE;
    /// Publish an edition: from then on it may be answered, and is not edited any more.
    publish: Draft => Published;
}

/// A question of a questionnaire.
#[record(plural = "questions", class = National, area = "Needs assessment", texts, or_fact, below = questionnaire, unique(questionnaire, code),
    example = r#"{"questionnaire": "0198c0de-0000-7000-8000-000000000001", "code": "BORDER-1", "area": "BORDER", "text": "How many of the priority crossing points have detection equipment and trained staff?", "answer_type": "scale", "scale_min": 1, "scale_max": 5, "position": 1}"#)]
pub struct Question {
    /// Edition it belongs to; its owner owns the question.
    #[field(new_only, filter)]
    pub questionnaire: Ref<Questionnaire>,
    /// Code, unique in the edition; the same in another edition where the question is kept.
    #[field(len(1, 60), pattern = r"^[A-Za-z0-9_.-]+$", filter, sort)]
    pub code: String,
    /// Area of capability it is about.
    #[field(filter)]
    pub area: Ref<CapabilityArea>,
    /// What is asked.
    #[field(len(1, 2_000), text)]
    pub text: String,
    /// How to answer it.
    #[field(len(1, 5_000), text)]
    pub help: Option<String>,
    /// What it is answered with.
    #[field(filter)]
    pub answer_type: AnswerType,
    /// Least value of the scale; of questions answered on a scale.
    #[field(range(0, 100))]
    pub scale_min: Option<i32>,
    /// Greatest value of the scale; of questions answered on a scale.
    #[field(range(0, 100))]
    pub scale_max: Option<i32>,
    /// What the values of the scale mean, one text for each from the least on, or none.
    #[field(most(101))]
    pub scale_labels: List<String>,
    /// What may be chosen, each once; of questions answered by a choice, which have two at least.
    #[field(most(100))]
    pub choices: List<String>,
    /// Question of an older edition that it replaces.
    #[field(filter("replaces", "Only those that replace one of these questions, by id."))]
    pub replaces: Option<Ref<Question>>,
    /// Place among the questions.
    #[field(range(0, 100_000), default = 0, sort)]
    pub position: i32,
    /// Question of a newer edition in its place.
    pub replaced_by: Children<Question>,
}

/// A needs assessment: an owner answers a questionnaire.
#[record(plural = "assessments", class = National, area = "Needs assessment", texts, level = Group, below = cycle, moves = ASSESSMENT,
    example = r#"{"owner": "KGZ", "questionnaire": "0198c0de-0000-7000-8000-000000000001", "title": "Needs assessment 2026", "starts_on": "2026-01-15", "language": "en"}"#)]
pub struct Assessment {
    /// Cycle of planning that it belongs to.
    #[field(filter = "cycle_id")]
    pub cycle: Option<Ref<Cycle>>,
    /// Questionnaire that is answered; a published one.
    #[field(new_only, filter)]
    pub questionnaire: Ref<Questionnaire>,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What it found, in short.
    #[field(len(1, 20_000), text, disclosable)]
    pub summary: Option<String>,
    /// First day of its period.
    #[field(days("starts", "that start"), sort)]
    pub starts_on: Option<Date>,
    /// Last day of its period.
    #[field(days("ends", "that end"), sort, not_before = starts_on)]
    pub ends_on: Option<Date>,
    /// State of the assessment; answers are written while it is being answered.
    #[field(default = AssessmentStatus::Open, new_only, filter)]
    pub status: AssessmentStatus,
    /// Why it was reopened.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
    /// Assessment that it renews.
    #[field(new_only, filter("renews", "Only those that renew one of these assessments, by id."))]
    pub renews: Option<Ref<Assessment>>,
    /// Its answers.
    pub answers: Children<Answer>,
    /// Gaps that it found.
    pub gaps: Children<Gap>,
    /// Assessment that renews it.
    pub renewed_by: Children<Assessment>,
}

lifecycle! { ASSESSMENT;
    /// Let agencies answer an assessment.
    start: Open => Answering;
    /// Agree the answers of an assessment.
    validate: Answering => Validated;
    /// Close a validated assessment.
    close: Validated => Closed;
    /// Let agencies answer an assessment again.
    reopen: Validated | Closed => Answering, by FocalPoint, needs [reason];
}

/// What an agency answers to a question of a needs assessment; several agencies may answer one question.
#[record(plural = "answers", class = Work, area = "Needs assessment", texts, level = Group, below = assessment, unique(assessment, question, agency),
    example = r#"{"assessment": "0198c0de-0000-7000-8000-000000000001", "question": "0198c0de-0000-7000-8000-000000000002", "agency": "MES", "score": 2, "confidence": "medium", "answered_on": "2026-03-01"}"#)]
pub struct Answer {
    /// Assessment it belongs to; its owner owns the answer.
    #[field(new_only, filter)]
    pub assessment: Ref<Assessment>,
    /// Question of the assessment's questionnaire.
    #[field(new_only, filter)]
    pub question: Ref<Question>,
    /// Agency that answers; one answer of each to a question.
    #[field(lead, new_only, filter)]
    pub agency: Ref<Agency>,
    /// Value on the question's scale, where it is answered on one.
    #[field(range(0, 100), sort)]
    pub score: Option<i32>,
    /// Exact number, where the question is answered with one.
    #[field(sort)]
    pub number: Option<model::Decimal>,
    /// Text, where the question is answered with one.
    #[field(len(1, 20_000), text, disclosable)]
    pub text: Option<String>,
    /// Yes or no, where the question is answered so.
    #[field(filter("is_yes", "Only those that say yes, or only those that say no."), disclosable)]
    pub is_yes: Option<bool>,
    /// The question's choice that is made, where it is answered by one.
    #[field(len(1, 500), filter, disclosable)]
    pub choice: Option<String>,
    /// How sure the answer is.
    #[field(filter)]
    pub confidence: Option<Confidence>,
    /// Where the answer is from.
    #[field(len(1, 1_000), disclosable)]
    pub source: Option<String>,
    /// Day it was given.
    #[field(days("answered", "given"), sort)]
    pub answered_on: Option<Date>,
    /// What is to be said besides.
    #[field(len(1, 5_000), text, disclosable)]
    pub note: Option<String>,
}

/// Something that a country, region or organisation finds it lacks.
#[record(plural = "gaps", class = National, area = "Needs assessment", texts, level = Group, below = assessment, moves = GAP,
    example = r#"{"owner": "KGZ", "area": "BORDER", "title": "Few crossing points have portal monitors", "domains": ["R", "N"], "severity": 4, "severity_rationale": "Two of nine crossing points are equipped.", "language": "en"}"#)]
pub struct Gap {
    /// Assessment that found it.
    #[field(new_only, filter)]
    pub assessment: Option<Ref<Assessment>>,
    /// Area of capability it is in.
    #[field(filter)]
    pub area: Ref<CapabilityArea>,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What is missing.
    #[field(len(1, 20_000), text, disclosable)]
    pub description: Option<String>,
    /// Hazard domains it is about.
    #[field(len(1, 4), filter("domain", "Only those about one of these hazard domains."))]
    pub domains: Mask<Domain>,
    /// How severe its owner finds it, 1 (least) to 5.
    #[field(range(1, 5), sort)]
    pub severity: Option<i32>,
    /// Why it is that severe; goes with `severity`.
    #[field(len(1, 5_000), text, disclosable)]
    pub severity_rationale: Option<String>,
    /// Obligations it is about.
    #[field(
        most(200),
        table = "gap_obligation",
        filter("obligation", "Only those about one of these obligations, by id or code.")
    )]
    pub obligations: Refs<Obligation>,
    /// Actions that are to close it.
    #[field(
        most(200),
        table = "gap_action",
        filter("action", "Only those that one of these actions is to close, by id.")
    )]
    pub actions: Refs<Action>,
    /// State of the gap.
    #[field(default = GapStatus::Open, new_only, filter)]
    pub status: GapStatus,
    /// Why it was accepted or reopened.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
}

lifecycle! { GAP;
    /// Plan to close an open gap.
    plan: Open => Planned;
    /// Close a gap.
    close: Open | Planned => Closed;
    /// Leave a gap as it is.
    accept: Open | Planned => Accepted, needs [reason];
    /// Reopen a gap.
    reopen: Planned | Closed | Accepted => Open, needs [reason];
}
