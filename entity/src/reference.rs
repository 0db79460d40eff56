//! Facts that belong to nobody: regions, countries, organisations, frameworks, obligations.

use model::{Children, List, Mask, Ref, record};

use crate::{
    coverage::{ContactPoint, CoverageMark},
    duties::ObligationVersion,
    law::LegalInstrument,
    plans::Action,
    reports::ReportQuestion,
    treaties::Participation,
    vocab::{
        BindingForce, Confidence, DatePrecision, Domain, FrameworkKind, Function, MembershipStanding,
        ObligationCategory, OrganisationKind, PeriodCovered, Periodicity,
    },
};

/// One of the regions of partner countries, with its Regional Secretariat.
#[record(plural = "regions", class = Reference, area = "Reference data", texts, code = Everywhere, owns = "region:",
    example = r#"{"code": "CA", "name": "Central Asia", "secretariat_city": "Tashkent"}"#)]
pub struct Region {
    /// Code of the region (`CA`).
    #[field(len(1, 20), pattern = r"^[A-Z0-9-]+$", new_only, filter, sort)]
    pub code: String,
    /// Name of the region.
    #[field(len(1, 500), text, sort)]
    pub name: String,
    /// City of the Regional Secretariat.
    #[field(len(1, 200))]
    pub secretariat_city: Option<String>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
    /// Memberships of countries.
    pub memberships: Children<RegionMembership>,
}

/// A country: partners of the initiative, and others the treaty facts are about.
#[record(plural = "countries", class = Reference, area = "Reference data", texts, code = Everywhere, owns = "", unique(iso2),
    example = r#"{"code": "KGZ", "iso2": "KG", "name": "Kyrgyzstan", "name_long": "Kyrgyz Republic", "official_languages": ["ky", "ru"], "time_zone": "Asia/Bishkek", "currency": "KGS", "is_partner": true, "confidence": "high"}"#)]
pub struct Country {
    /// Code of the country (ISO 3166-1 alpha-3).
    #[field(len(3, 3), pattern = r"^[A-Z]{3}$", new_only, filter, sort)]
    pub code: String,
    /// Short code (ISO 3166-1 alpha-2).
    #[field(len(2, 2), pattern = r"^[A-Z]{2}$", alias)]
    pub iso2: String,
    /// Short name.
    #[field(len(1, 500), text, sort)]
    pub name: String,
    /// Full name.
    #[field(len(1, 500), text)]
    pub name_long: String,
    /// Name in the country's own language.
    #[field(len(1, 300))]
    pub name_local: Option<String>,
    /// Language of the local name (BCP 47).
    #[field(len(2, 20))]
    pub local_language: Option<String>,
    /// Official or state languages of the whole state (BCP 47), first the default of its records.
    #[field(most(100))]
    pub official_languages: List<String>,
    /// Time zone of the capital (IANA).
    #[field(len(1, 60))]
    pub time_zone: Option<String>,
    /// Currency (ISO 4217).
    #[field(len(3, 3), pattern = r"^[A-Z]{3}$")]
    pub currency: Option<String>,
    /// Whether the country is a partner of the initiative.
    #[field(default = false, filter("is_partner", "Only partner countries, or only others."))]
    pub is_partner: bool,
    /// How sure the entry is.
    pub confidence: Confidence,
    /// What is doubtful.
    #[field(len(1, 2_000))]
    pub note: Option<String>,
    /// Whether the country is invented for the demonstration.
    #[field(default = false, filter("is_demo", "Only invented countries, or only real ones."))]
    pub is_demo: bool,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
}

/// The membership of a country in a region, over time.
#[record(plural = "region-memberships", class = Reference, area = "Reference data", unique(country, region, from_on),
    example = r#"{"country": "KGZ", "region": "CA", "standing": "member", "is_primary": true, "source": "Public pages of the initiative"}"#)]
pub struct RegionMembership {
    /// The country.
    #[field(new_only)]
    pub country: Ref<Country>,
    /// The region.
    #[field(new_only)]
    pub region: Ref<Region>,
    /// First day of the membership, as far as it is known.
    #[field(sort)]
    pub from_on: Option<Date>,
    /// How exact `from_on` is.
    pub from_precision: Option<DatePrecision>,
    /// Last day of the membership.
    #[field(not_before = from_on)]
    pub until_on: Option<Date>,
    /// How exact `until_on` is.
    pub until_precision: Option<DatePrecision>,
    /// Standing of the member.
    #[field(filter)]
    pub standing: MembershipStanding,
    /// Whether it is the first of several regions of the country.
    #[field(default = true, filter("is_primary", "Only primary memberships, or only others."))]
    pub is_primary: bool,
    /// Where the fact is from.
    #[field(len(1, 1_000))]
    pub source: String,
    /// What is doubtful.
    #[field(len(1, 2_000))]
    pub note: Option<String>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
}

/// An organisation: UN and EU bodies, treaty secretariats, donors, Regional Secretariats.
#[record(plural = "organisations", class = Reference, area = "Reference data", texts, code = Everywhere, owns = "org:",
    example = r#"{"code": "UNICRI", "name": "United Nations Interregional Crime and Justice Research Institute", "kind": "un_body"}"#)]
pub struct Organisation {
    /// Code of the organisation.
    #[field(len(1, 40), pattern = r"^[A-Za-z0-9_-]+$", new_only, filter, sort)]
    pub code: String,
    /// Name of the organisation.
    #[field(len(1, 500), text, sort)]
    pub name: String,
    /// What it is.
    #[field(filter)]
    pub kind: OrganisationKind,
    /// Organisation it is part of.
    #[field(filter)]
    pub parent: Option<Ref<Organisation>>,
    /// Its website.
    #[field(len(8, 300), pattern = r"^https://")]
    pub website: Option<String>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
}

/// A treaty, resolution or other instrument that obligations come from.
#[record(plural = "frameworks", class = Reference, area = "Reference data", texts, code = Everywhere,
    example = r#"{"code": "CWC", "name": "Chemical Weapons Convention", "short_name": "CWC", "kind": "treaty", "domains": ["C"]}"#)]
pub struct Framework {
    /// Code of the framework.
    #[field(len(1, 40), pattern = r"^[A-Za-z0-9_-]+$", new_only, filter, sort)]
    pub code: String,
    /// Full name.
    #[field(len(1, 500), text)]
    pub name: String,
    /// Short name.
    #[field(len(1, 100), sort, alias)]
    pub short_name: String,
    /// What it is.
    #[field(filter)]
    pub kind: FrameworkKind,
    /// Hazard domains it is about.
    #[field(len(1, 4), filter("domain", "Only those about one of these hazard domains."))]
    pub domains: Mask<Domain>,
    /// Day of adoption; for the BTWC and the NPT, of opening for signature.
    #[field(sort)]
    pub adopted_on: Option<Date>,
    /// Day it entered into force; empty where that is settled with each State.
    #[field(not_before = adopted_on)]
    pub in_force_on: Option<Date>,
    /// Depositary.
    #[field(len(1, 300))]
    pub depositary: Option<String>,
    /// Body that serves as secretariat.
    #[field(len(1, 300))]
    pub secretariat_body: Option<String>,
    /// Framework it belongs to or amends.
    pub parent: Option<Ref<Framework>>,
    /// Official website.
    #[field(len(8, 300), pattern = r"^https://")]
    pub website: Option<String>,
    /// Other names in use.
    #[field(most(100), alias)]
    pub aliases: List<String>,
    /// What is doubtful about the other names.
    #[field(len(1, 2_000))]
    pub alias_note: Option<String>,
    /// What is doubtful.
    #[field(len(1, 2_000))]
    pub note: Option<String>,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
    /// Obligations that come from it.
    pub obligations: Children<Obligation>,
    /// What countries have to do with it.
    pub participations: Children<Participation>,
    /// Whom countries have named for it.
    pub contact_points: Children<ContactPoint>,
}

/// One duty under a framework, with its legal source.
#[record(plural = "obligations", class = Reference, area = "Reference data", texts, code = Everywhere,
    example = r#"{"code": "BTWC-CBM", "framework": "BTWC", "provision": "CBM", "title": "Return of confidence-building measures", "summary": "Send the yearly return.", "category": "reporting", "domains": ["B"], "periodicity": "annual", "rrule": "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15", "lead_functions": ["foreign_affairs"], "binding": "politically_binding", "source": "Final Declaration of the Third Review Conference"}"#)]
pub struct Obligation {
    /// Code of the obligation; begins with that of its framework.
    #[field(len(1, 60), pattern = r"^[A-Za-z0-9_.()/-]+$", new_only, filter, sort)]
    pub code: String,
    /// Framework it comes from.
    #[field(new_only, filter)]
    pub framework: Ref<Framework>,
    /// Article or paragraph.
    #[field(len(1, 100), filter, sort)]
    pub provision: String,
    /// Title in own words.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// What it asks, in own words; no official text.
    #[field(len(1, 5_000), text)]
    pub summary: String,
    /// What it is about.
    #[field(filter)]
    pub category: ObligationCategory,
    /// Hazard domains it is about.
    #[field(len(1, 4), filter("domain", "Only those about one of these hazard domains."))]
    pub domains: Mask<Domain>,
    /// How often it falls due.
    #[field(filter)]
    pub periodicity: Periodicity,
    /// Recurrence of the due date (RFC 5545).
    #[field(len(1, 300))]
    pub rrule: Option<String>,
    /// First due date, where the rule needs one.
    pub dtstart: Option<Date>,
    /// Years that a return covers.
    #[field(default = PeriodCovered::PreviousYears)]
    pub covers: PeriodCovered,
    /// Time from the trigger, or from entry into force for the State (ISO 8601; a leading minus means before).
    #[field(len(1, 40))]
    pub relative_due: Option<String>,
    /// Event it follows.
    #[field(len(1, 300))]
    pub trigger: Option<String>,
    /// Whole it is a part of; only the whole has a due date.
    #[field(filter("part_of", "Only parts of one of these, by id or code."))]
    pub part_of: Option<Ref<Obligation>>,
    /// Fuller report that counts instead when both fall due on one day.
    pub superseded_in_period_by: Option<Ref<Obligation>>,
    /// State functions that usually lead; a country decides.
    #[field(most(100), filter("lead_function", "Only those led by one of these functions."))]
    pub lead_functions: List<Function>,
    /// How binding it is.
    #[field(filter)]
    pub binding: BindingForce,
    /// Legal source.
    #[field(len(1, 1_000))]
    pub source: String,
    /// Last day the record is valid; closed records stay readable.
    pub valid_until: Option<Date>,
    /// Parts it consists of.
    #[field(via = part_of)]
    pub parts: Children<Obligation>,
    /// Rules that follow the one it has here, each from a day on.
    pub versions: Children<ObligationVersion>,
    /// Actions that serve it.
    pub actions: Children<Action>,
    /// Legal instruments that serve it.
    pub legal_instruments: Children<LegalInstrument>,
    /// What countries have recorded of measures for it.
    pub coverage_marks: Children<CoverageMark>,
    /// What it asks, if it is a return or a part of one.
    pub report_questions: Children<ReportQuestion>,
}
