//! Projects that serve actions of plans, in one country or several.

use model::{Children, List, Money, Ref, Refs, lifecycle, record};

use crate::{
    plans::Action,
    reference::Country,
    vocab::{ActivityStatus, ProjectConsent},
};

/// A project that carries out what plans need, such as one of the EU CBRN Centres of Excellence.
#[record(plural = "projects", class = National, area = "Delivery", texts, moves = PROJECT, unique(owner, number),
    example = r#"{"owner": "region:CA", "number": "999", "title": "Mobile laboratories for border crossings", "topic": "First response", "funder": "European Union", "implementers": ["Expertise France"], "starts_on": "2027-01-01", "ends_on": "2029-12-31", "budget": {"amount": "2500000.00", "currency": "EUR"}, "language": "en"}"#)]
pub struct Project {
    /// Number in the programme that runs it, such as the number of a CBRN Centres of Excellence project.
    #[field(len(1, 50), filter)]
    pub number: Option<String>,
    /// Title.
    #[field(len(1, 500), text, sort)]
    pub title: String,
    /// Topic it is about.
    #[field(len(1, 300), text, disclosable)]
    pub topic: Option<String>,
    /// What it does.
    #[field(len(1, 20_000), text, disclosable)]
    pub summary: Option<String>,
    /// Who pays.
    #[field(len(1, 300), filter, disclosable)]
    pub funder: Option<String>,
    /// Instrument by which it is paid, such as a programme.
    #[field(len(1, 300), disclosable)]
    pub funding_instrument: Option<String>,
    /// Who carries it out.
    #[field(most(50))]
    pub implementers: List<String>,
    /// Identifier of the activity in the form of the International Aid Transparency Initiative.
    #[field(len(1, 200), filter)]
    pub activity_identifier: Option<String>,
    /// Purpose codes of the OECD Development Assistance Committee, five digits each.
    #[field(most(20))]
    pub sectors: List<String>,
    /// First day.
    #[field(days("starts", "that start"), sort)]
    pub starts_on: Option<Date>,
    /// Last day.
    #[field(days("ends", "that end"), sort, not_before = starts_on)]
    pub ends_on: Option<Date>,
    /// Budget of the whole project.
    #[field(disclosable)]
    pub budget: Option<Money>,
    /// Actions of plans that it serves, those of other countries too that its writer reads through a live release; each
    /// reader sees those that it may see.
    #[field(
        most(200),
        any_owner,
        table = "project_action",
        filter("action", "Only those that serve one of these actions, by id.")
    )]
    pub actions: Refs<Action>,
    /// State of the project.
    #[field(default = ActivityStatus::Planned, new_only, filter)]
    pub status: ActivityStatus,
    /// Why it was cancelled or reopened.
    #[field(read_only, disclosable)]
    pub status_reason: Option<String>,
    /// Countries it works in, each with its consent.
    pub countries: Children<ProjectCountry>,
}

lifecycle! { PROJECT;
    /// Start a planned project.
    start: Planned => Running;
    /// Complete a project.
    complete: Planned | Running => Done;
    /// Cancel a project.
    cancel: Planned | Running => Cancelled, needs [reason];
    /// Reopen a done or cancelled project.
    reopen: Done | Cancelled => Running, needs [reason];
}

/// A country in which a project works or is to work. Until the country accepts, nobody sees it but the project's owner
/// and the country itself, which alone decides.
#[record(plural = "project-countries", class = National, area = "Delivery", texts, below = project, named = country, shown_in = [accepted],
    moves = PROJECT_COUNTRY, unique(project, country),
    example = r#"{"project": "0198c0de-0000-7000-8000-000000000001", "country": "KAZ", "role": "Training site", "budget": {"amount": "400000.00", "currency": "EUR"}, "language": "en"}"#)]
pub struct ProjectCountry {
    /// The project; its owner owns the record.
    #[field(new_only, filter = "project_id")]
    pub project: Ref<Project>,
    /// The country, which is asked for its consent.
    #[field(new_only)]
    pub country: Ref<Country>,
    /// What the project does in the country.
    #[field(len(1, 2_000), text, disclosable)]
    pub role: Option<String>,
    /// Sites in the country.
    #[field(len(1, 5_000), text, disclosable)]
    pub sites: Option<String>,
    /// Part of the budget that is for the country.
    #[field(disclosable)]
    pub budget: Option<Money>,
    /// Whether the country agrees.
    #[field(default = ProjectConsent::Proposed, new_only, filter)]
    pub consent: ProjectConsent,
    /// Why the country declined.
    #[field(read_only, disclosable)]
    pub consent_reason: Option<String>,
    /// Day of the country's decision.
    #[field(read_only)]
    pub decided_on: Option<Date>,
    /// How often the project has changed since it was first asked. A decision that was made on the state before such a
    /// change is refused as stale, and one that is there falls.
    #[field(default = 0, read_only)]
    pub revision: i32,
}

lifecycle! { PROJECT_COUNTRY, state consent, reason consent_reason;
    /// Agree, for the country that is asked.
    accept: Proposed | Declined => Accepted, by Named;
    /// Decline, for the country that is asked, or take its consent back.
    decline: Proposed | Accepted => Declined, by Named, needs [reason];
}
