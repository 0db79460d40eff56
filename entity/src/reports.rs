//! Returns: what they ask, facts that answer it, and drafts that put both together.

use model::{Children, Decimal, Ref, Refs, lifecycle, record};

use crate::{
    cooperation::Agency,
    coverage::ContactPoint,
    duties::Deadline,
    law::LegalInstrument,
    reference::{Framework, Obligation},
    vocab::{FactKind, ReportDraftStatus},
};

/// What a return asks, in own words; the same for all countries.
#[record(plural = "report-questions", class = Reference, area = "Treaties", texts, code = Everywhere,
    example = r#"{"code": "CBM-E-A-LAW", "obligation": "BTWC-CBM-E", "provision": "E (a)", "title": "Agents, toxins and weapons: laws", "text": "Which laws are about making, keeping or getting agents, toxins and weapons?", "answer_kind": "law", "position": 10, "source": "BWC/CONF.VII/7, annex I, form E", "language": "en"}"#)]
pub struct ReportQuestion {
    /// Code of the question (`CBM-E-A-LAW`).
    #[field(len(1, 60), pattern = r"^[A-Za-z0-9_.()/-]+$", new_only, filter, sort)]
    pub code: String,
    /// Return that asks it, or the part of one.
    #[field(new_only, filter)]
    pub obligation: Ref<Obligation>,
    /// Framework that the return comes from.
    #[field(read_only, filter)]
    pub framework: Ref<Framework>,
    /// Section, table or paragraph in which it is asked.
    #[field(len(1, 100), filter)]
    pub provision: String,
    /// Title in own words.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What is asked, in own words; no official text.
    #[field(len(1, 5_000), text)]
    pub text: String,
    /// What mostly answers it; facts of other kinds may too.
    #[field(filter)]
    pub answer_kind: FactKind,
    /// Place among the questions of the return.
    #[field(range(0, 100_000), default = 0, sort)]
    pub position: i32,
    /// Where it is asked: name of the document, and its address.
    #[field(len(1, 1_000))]
    pub source: String,
    /// Last day the record is valid; closed records stay readable, and are left out of drafts.
    pub valid_until: Option<Date>,
    /// Facts that answer it.
    pub facts: Children<Fact>,
}

/// Something that is so in a country, as of a day, with its source: recorded once, it answers questions of many returns.
#[record(plural = "facts", class = Work, area = "Treaties", texts, of_countries, level = Group,
    example = r#"{"owner": "KGZ", "kind": "count", "title": "Laboratories of level 3", "number": "2", "unit": "laboratories", "as_on": "2026-11-01", "source": "Register of laboratories", "valid_for_months": 12, "questions": ["CBM-E-A-LAW"], "legal_instrument": "0198c0de-0000-7000-8000-000000000001", "lead_agency": "MES", "language": "en"}"#)]
pub struct Fact {
    /// What it is.
    #[field(filter)]
    pub kind: FactKind,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What is so; it, `number`, `legal_instrument` or `contact_point` is given at least.
    #[field(len(1, 20_000), text, disclosable)]
    pub text: Option<String>,
    /// How many or how much; a fact of the kind `count` has one.
    #[field(disclosable)]
    pub number: Option<Decimal>,
    /// What is counted or measured; given with a number, and only then.
    #[field(len(1, 100), disclosable)]
    pub unit: Option<String>,
    /// Day on which it was so.
    #[field(days("as", "that were so"), sort)]
    pub as_on: Date,
    /// Where it is from.
    #[field(len(1, 1_000))]
    pub source: String,
    /// Age limit in months after `as_on`; none where it has no limit.
    #[field(range(1, 120))]
    pub valid_for_months: Option<i32>,
    /// First day on which it is past its age limit; none where it has no limit.
    #[field(read_only, days("stale", "that are past their age limit"), sort)]
    pub stale_on: Option<Date>,
    /// Questions that it answers, of whatever returns.
    #[field(
        most(200),
        table = "fact_question",
        filter("question", "Only those that answer one of these questions, by id or code.")
    )]
    pub questions: Refs<ReportQuestion>,
    /// Legal instrument that it is about.
    #[field(filter = "legal_instrument_id")]
    pub legal_instrument: Option<Ref<LegalInstrument>>,
    /// Contact point that it is about.
    #[field(filter = "contact_point_id")]
    pub contact_point: Option<Ref<ContactPoint>>,
    /// Agency that keeps it.
    #[field(lead, filter)]
    pub lead_agency: Ref<Agency>,
}

/// A return that is being prepared: its content are the facts that answer its questions, as they are when it is read.
#[record(plural = "report-drafts", class = Work, area = "Treaties", texts, of_countries, level = Group, moves = REPORT_DRAFT,
    example = r#"{"owner": "KGZ", "obligation": "BTWC-CBM-RETURN", "title": "Return for 2025", "period_from": "2025-01-01", "period_to": "2025-12-31", "lead_agency": "MES", "language": "en"}"#)]
pub struct ReportDraft {
    /// Return that is prepared, or a part of one; one that has questions.
    #[field(new_only, filter)]
    pub obligation: Ref<Obligation>,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// First day of the period that it covers.
    pub period_from: Option<Date>,
    /// Last day of that period.
    #[field(days("period", "whose period ends"), sort, not_before = period_from)]
    pub period_to: Option<Date>,
    /// Deadline that it is for; of the same obligation.
    #[field(filter = "deadline_id")]
    pub deadline: Option<Ref<Deadline>>,
    /// Agency that prepares it.
    #[field(lead, filter)]
    pub lead_agency: Ref<Agency>,
    /// Notes of those who prepare it.
    #[field(len(1, 10_000), text, disclosable)]
    pub notes: Option<String>,
    /// State of the draft.
    #[field(default = ReportDraftStatus::Drafting, new_only, filter)]
    pub status: ReportDraftStatus,
    /// Why it was reopened.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
}

lifecycle! { REPORT_DRAFT;
    /// Finish a draft. Its answers go on following the facts; what was sent is recorded as a submission.
    finish: Drafting => Finished, by Lead;
    /// Reopen a finished draft.
    reopen: Finished => Drafting, by Lead, needs [reason];
}
