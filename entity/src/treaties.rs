//! What countries have to do with frameworks: participation, and what they say of themselves.

use model::{Children, Ref, record};

use crate::{
    reference::{Country, Framework},
    vocab::{Confidence, DatePrecision, FrameworkBasis, ParticipationEventType, ParticipationStatus},
};

/// The standing of a country towards a framework: a depositary's fact, or the country's own statement. Where it has events, status
/// and days are what they come to.
#[record(plural = "participations", class = National, area = "Treaties", or_fact, of_countries, unique(owner, country, framework),
    example = r#"{"owner": "KGZ", "country": "KGZ", "framework": "CWC", "status": "ratified", "status_on": "2003-09-29", "status_precision": "day", "confidence": "high", "source": "Ministry of Foreign Affairs"}"#)]
pub struct Participation {
    /// The country.
    #[field(new_only)]
    pub country: Ref<Country>,
    /// The framework.
    #[field(new_only, filter)]
    pub framework: Ref<Framework>,
    /// Standing of the country; `unknown` is a fact too.
    #[field(filter)]
    pub status: ParticipationStatus,
    /// Day of the act of consent; first day of the period where it is known less exactly.
    #[field(sort)]
    pub status_on: Option<Date>,
    /// How exact `status_on` is.
    pub status_precision: Option<DatePrecision>,
    /// Day of entry into force for the country.
    #[field(days("in_force", "in force"), sort)]
    pub in_force_on: Option<Date>,
    /// How exact `in_force_on` is.
    pub in_force_precision: Option<DatePrecision>,
    /// Whether a source was seen when the row was made.
    #[field(default = false)]
    pub source_seen: bool,
    /// How sure the fact is.
    #[field(filter)]
    pub confidence: Confidence,
    /// Whether the confidence is high; everything below is unverified.
    #[field(is(confidence, Confidence::High))]
    pub is_verified: bool,
    /// Where the fact is from.
    #[field(len(1, 1_000))]
    pub source: String,
    /// What is doubtful.
    #[field(len(1, 2_000), disclosable)]
    pub note: Option<String>,
    /// Fact that this statement of the country contests.
    #[field(filter("contests", "Only those that contest one of these statements, by id."))]
    pub contests: Option<Ref<Participation>>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
    /// Statements of the country that contest it.
    pub contested_by: Children<Participation>,
    /// What happened, from signature to withdrawal.
    pub events: Children<ParticipationEvent>,
}

/// Something that happened between a country and a framework: a depositary's fact, or the country's own statement.
#[record(plural = "participation-events", class = National, area = "Treaties", or_fact, of_countries, below = participation,
    example = r#"{"participation": "0198c0de-0000-7000-8000-000000000001", "event_type": "accession", "happened_on": "2003-09-29", "happened_precision": "day", "confidence": "high", "source": "Ministry of Foreign Affairs"}"#)]
pub struct ParticipationEvent {
    /// Participation that it is a part of; its owner owns the event.
    #[field(new_only, filter)]
    pub participation: Ref<Participation>,
    /// The country; that of the participation.
    #[field(read_only)]
    pub country: Ref<Country>,
    /// The framework; that of the participation.
    #[field(read_only, filter)]
    pub framework: Ref<Framework>,
    /// What happened.
    #[field(filter)]
    pub event_type: ParticipationEventType,
    /// Day it happened, or is going to; first day of the period where it is known less exactly.
    #[field(days("happened", "happened"), sort)]
    pub happened_on: Option<Date>,
    /// How exact `happened_on` is; `unknown` where it is empty.
    pub happened_precision: DatePrecision,
    /// Depositary that received the act; a treaty may have several, and one event for each.
    #[field(len(1, 300))]
    pub depositary: Option<String>,
    /// Text of a reservation or a declaration.
    #[field(len(1, 20_000), disclosable)]
    pub text: Option<String>,
    /// Day from which the service, or its source, knew of it; today where nothing is said.
    #[field(days("known", "known"), sort)]
    pub known_on: Option<Date>,
    /// Day on which it was taken back, as an error: from then on it counts for nothing, and before it is what was known.
    #[field(not_before = known_on)]
    pub taken_back_on: Option<Date>,
    /// How sure the fact is.
    #[field(filter)]
    pub confidence: Confidence,
    /// Whether the confidence is high; everything below is unverified.
    #[field(is(confidence, Confidence::High))]
    pub is_verified: bool,
    /// Where the fact is from.
    #[field(len(1, 1_000))]
    pub source: String,
    /// What is doubtful.
    #[field(len(1, 2_000), disclosable)]
    pub note: Option<String>,
}

/// An instrument its owner says it works under, party or not; a statement, no legal status.
#[record(plural = "country-frameworks", class = National, area = "Treaties", of_countries, unique(owner, framework),
    example = r#"{"owner": "KGZ", "framework": "TEIA", "basis": "self_stated", "source": "List of international instruments, 2025"}"#)]
pub struct CountryFramework {
    /// The framework.
    #[field(new_only, filter)]
    pub framework: Ref<Framework>,
    /// What the statement rests on.
    #[field(default = FrameworkBasis::SelfStated, filter)]
    pub basis: FrameworkBasis,
    /// Where the statement is made.
    #[field(len(1, 1_000))]
    pub source: String,
}
