//! What countries have to do with frameworks: participation, and what they say of themselves.

use model::{Children, Ref, record};

use crate::{
    reference::{Country, Framework},
    vocab::{Confidence, DatePrecision, FrameworkBasis, ParticipationStatus},
};

/// The standing of a country towards a framework: a depositary's fact, or the country's own statement.
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
