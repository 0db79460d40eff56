//! What a country has recorded about obligations: marks with their sources, evidence, contact points.

use model::{Children, Ref, record};

use crate::{
    cooperation::Agency,
    duties::Submission,
    law::LegalInstrument,
    plans::{Action, Plan},
    reference::{Framework, Obligation},
    vocab::{Domain, Mark},
};

/// What was found of measures for an obligation in one hazard domain, with its source; its history tells what was
/// recorded before.
#[record(plural = "coverage-marks", class = National, area = "Treaties", of_countries, level = Group,
    unique(owner, obligation, dimension),
    example = r#"{"owner": "KGZ", "obligation": "BTWC-III", "dimension": "B", "mark": "found", "source": "Law No. 30, article 4", "assessed_on": "2026-11-20", "assessor": "Interagency group"}"#)]
pub struct CoverageMark {
    /// The obligation.
    #[field(new_only, filter)]
    pub obligation: Ref<Obligation>,
    /// Hazard domain that it is about.
    #[field(new_only, filter)]
    pub dimension: Domain,
    /// What was found; anything but `not_assessed` has a source.
    #[field(filter)]
    pub mark: Mark,
    /// Where that is from.
    #[field(len(1, 1_000), disclosable)]
    pub source: Option<String>,
    /// Day on which it was assessed.
    #[field(days("assessed", "assessed"), sort)]
    pub assessed_on: Option<Date>,
    /// Who assessed it.
    #[field(len(1, 300), disclosable)]
    pub assessor: Option<String>,
    /// What is doubtful.
    #[field(len(1, 5_000), disclosable)]
    pub note: Option<String>,
    /// What the mark rests on.
    pub evidence_items: Children<EvidenceItem>,
}

/// A law, a file or a pointer that a coverage mark, an action or a submission rests on; contents stay out.
#[record(plural = "evidence-items", class = Work, area = "Treaties", texts, of_countries, below = [action, coverage_mark, submission],
    example = r#"{"owner": "KGZ", "action": "0198c0de-0000-7000-8000-000000000001", "title": "Licensing of exports", "legal_instrument": "0198c0de-0000-7000-8000-000000000001", "articles": "Article 4", "pointer": "Register of acts, No. 30", "language": "en"}"#)]
pub struct EvidenceItem {
    /// Plan of the action.
    #[field(read_only, filter = "plan_id")]
    pub plan: Option<Ref<Plan>>,
    /// Coverage mark that rests on it; of mark, action and submission exactly one is given.
    #[field(new_only, filter = "coverage_mark_id")]
    pub coverage_mark: Option<Ref<CoverageMark>>,
    /// Action that it shows something of.
    #[field(new_only, filter = "action_id")]
    pub action: Option<Ref<Action>>,
    /// Submission that it shows something of.
    #[field(new_only, filter = "submission_id")]
    pub submission: Option<Ref<Submission>>,
    /// Agency that leads the action or sent the submission; without one only focal point and secretariat write.
    #[field(lead, read_only, filter)]
    pub lead_agency: Option<Ref<Agency>>,
    /// What it shows.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// Legal instrument that is the evidence; one of it, `file_sha256` and `pointer` is given at least.
    #[field(filter = "legal_instrument_id")]
    pub legal_instrument: Option<Ref<LegalInstrument>>,
    /// Articles that matter.
    #[field(len(1, 1_000), disclosable)]
    pub articles: Option<String>,
    /// Hash (SHA-256, 64 small hexadecimal digits) of a file that is kept elsewhere.
    #[field(len(64, 64), pattern = r"^[0-9a-f]{64}$", disclosable)]
    pub file_sha256: Option<String>,
    /// Where it is kept: number, holder, date, or an address.
    #[field(len(1, 1_000), disclosable)]
    pub pointer: Option<String>,
    /// What is to be known besides.
    #[field(len(1, 5_000), text, disclosable)]
    pub note: Option<String>,
}

/// A body that a framework's secretariat or other countries turn to; no person is named.
#[record(plural = "contact-points", class = National, area = "Treaties", texts, of_countries, level = Group,
    example = r#"{"owner": "KGZ", "framework": "BTWC", "body": "Duty desk of the Ministry of Emergency Situations", "is_around_the_clock": true, "phone": "+996 000 000000", "email": "duty@mes.example", "notified_on": "2026-11-20", "language": "en"}"#)]
pub struct ContactPoint {
    /// The framework.
    #[field(filter)]
    pub framework: Ref<Framework>,
    /// Agency that is the contact point; it or `body` is given at least.
    #[field(filter)]
    pub agency: Option<Ref<Agency>>,
    /// Body or desk that is the contact point.
    #[field(len(1, 300), text)]
    pub body: Option<String>,
    /// What it is there for.
    #[field(len(1, 1_000), text, disclosable)]
    pub purpose: Option<String>,
    /// Whether somebody answers day and night.
    #[field(default = false, filter)]
    pub is_around_the_clock: bool,
    /// Telephone numbers.
    #[field(len(1, 300), disclosable)]
    pub phone: Option<String>,
    /// E-mail addresses.
    #[field(len(1, 300), disclosable)]
    pub email: Option<String>,
    /// Day on which it was notified to the framework's secretariat.
    #[field(days("notified", "notified"), sort)]
    pub notified_on: Option<Date>,
    /// What is to be known besides.
    #[field(len(1, 2_000), text, disclosable)]
    pub note: Option<String>,
}
