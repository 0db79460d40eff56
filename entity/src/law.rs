//! National law: instruments that serve obligations, and reviews of them.

use model::{Children, Ref, Refs, lifecycle, record};

use crate::{
    cooperation::Agency,
    coverage::EvidenceItem,
    reference::Obligation,
    vocab::{LegalInstrumentKind, LegalInstrumentStatus},
};

/// A law, decree, regulation, procedure or institution, from the idea to its repeal.
#[record(plural = "legal-instruments", class = Work, area = "Treaties", texts, of_countries, moves = LEGAL_INSTRUMENT,
    example = r#"{"owner": "KGZ", "kind": "law", "title": "Law on export control", "number": "30", "issuing_body": "Parliament", "obligations": ["BTWC-III"], "articles": "Articles 4 to 9", "url": "https://law.example/30", "lead_agency": "MES", "contributing_agencies": ["MOH"], "language": "en"}"#)]
pub struct LegalInstrument {
    /// What it is.
    #[field(filter)]
    pub kind: LegalInstrumentKind,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What it settles.
    #[field(len(1, 20_000), text, disclosable)]
    pub summary: Option<String>,
    /// Number of the act.
    #[field(len(1, 100), disclosable)]
    pub number: Option<String>,
    /// Body that issues it.
    #[field(len(1, 300), text, disclosable)]
    pub issuing_body: Option<String>,
    /// Day of its adoption; an instrument that is adopted has one.
    #[field(days("adopted", "adopted"), sort)]
    pub adopted_on: Option<Date>,
    /// Day of its entry into force, not before its adoption; an instrument in force has one, a draft may name it.
    #[field(days("in_force", "in force"), sort, not_before = adopted_on)]
    pub in_force_on: Option<Date>,
    /// Day of its repeal, not before its adoption and entry into force; a repealed instrument has one.
    #[field(days("repealed", "repealed"), sort, not_before = in_force_on)]
    pub repealed_on: Option<Date>,
    /// Act that repeals it; a repealed instrument has one.
    #[field(len(1, 500))]
    pub repealing_act: Option<String>,
    /// Instrument that takes its place.
    #[field(filter = "successor_id")]
    pub successor: Option<Ref<LegalInstrument>>,
    /// Obligations that it serves.
    #[field(
        most(200),
        table = "legal_instrument_obligation",
        filter("obligation", "Only those that serve one of these obligations, by id or code.")
    )]
    pub obligations: Refs<Obligation>,
    /// Articles that matter, and what they say.
    #[field(len(1, 20_000), text, disclosable)]
    pub articles: Option<String>,
    /// Address at which it is published.
    #[field(len(8, 1_000), pattern = r"^https?://", disclosable)]
    pub url: Option<String>,
    /// Where it is kept, if it is not published: number, holder, date; no contents.
    #[field(len(1, 1_000), disclosable)]
    pub pointer: Option<String>,
    /// Agency that leads.
    #[field(lead, filter)]
    pub lead_agency: Ref<Agency>,
    /// Agencies that contribute.
    #[field(
        most(200),
        table = "legal_instrument_contributor",
        contributors,
        filter(
            "contributing_agency",
            "Only those to which one of these agencies contributes, by id or code."
        )
    )]
    pub contributing_agencies: Refs<Agency>,
    /// State of the instrument; later states need their days.
    #[field(default = LegalInstrumentStatus::Idea, new_only, filter)]
    pub status: LegalInstrumentStatus,
    /// Reason of the last move that gave one.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
    /// Reviews of it.
    pub reviews: Children<LegalReview>,
    /// What refers to it as evidence.
    pub evidence_items: Children<EvidenceItem>,
}

lifecycle! { LEGAL_INSTRUMENT;
    /// Begin to draft an idea, or take a draft back from consultation.
    draft: Idea | Consultation => Drafting, by Lead;
    /// Send a draft to consultation.
    consult: Drafting => Consultation, by Lead;
    /// Record that a legal instrument was adopted, by which body and when.
    adopt: Drafting | Consultation => Adopted, takes [issuing_body!, number, adopted_on], needs [adopted_on];
    /// Record that a legal instrument entered into force.
    enter_into_force: Adopted => InForce, takes [in_force_on], needs [in_force_on];
    /// Record that a legal instrument was repealed, by which act and when.
    repeal: Adopted | InForce => Repealed, takes [repealing_act!, repealed_on, successor], needs [repealed_on];
}

/// A review of a legal instrument, and of the framework that it stands in.
#[record(plural = "legal-reviews", class = Work, area = "Treaties", texts, of_countries, below = legal_instrument,
    example = r#"{"legal_instrument": "0198c0de-0000-7000-8000-000000000001", "title": "Review of 2026", "reviewed_on": "2026-11-20", "findings": "Transit is not mentioned.", "recommendations": "Add transit and brokering.", "lead_agency": "MES", "next_review_on": "2026-12-30", "language": "en"}"#)]
pub struct LegalReview {
    /// Instrument that is reviewed; its owner owns the review.
    #[field(new_only, filter = "legal_instrument_id")]
    pub legal_instrument: Ref<LegalInstrument>,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// Day of the review.
    #[field(days("reviewed", "made"), sort)]
    pub reviewed_on: Date,
    /// What was found.
    #[field(len(1, 20_000), text, disclosable)]
    pub findings: Option<String>,
    /// What is recommended.
    #[field(len(1, 20_000), text, disclosable)]
    pub recommendations: Option<String>,
    /// Agency that reviews.
    #[field(lead, filter)]
    pub lead_agency: Ref<Agency>,
    /// Day on which the next review is due.
    #[field(days("next_review", "whose next review is due"), sort, not_before = reviewed_on)]
    pub next_review_on: Option<Date>,
}
