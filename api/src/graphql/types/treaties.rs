//! Reads of what countries have recorded about obligations.

use async_graphql::registry::{MetaField, MetaInputValue};

use super::{
    Read,
    entry::{field, input, with_arguments},
};

fn country() -> MetaInputValue {
    input("code", "Code of the country, or its id.", "String!")
}

/// The reads at the root.
pub(super) fn reads() -> Vec<(MetaField, Read)> {
    let text = "What a country has recorded about obligations, by framework and hazard domain, as far as the caller may see it: marks \
                with their sources, and how many actions and legal instruments serve each; null if there is no such country.";
    let arguments = vec![
        country(),
        input("framework", "Only obligations of this framework, by id or code.", "String"),
        input("domain", "Only obligations about this hazard domain.", "Domain"),
    ];
    let coverage = with_arguments(field("countryCoverage", text, "CountryCoverage"), arguments);
    let text = "The 1540 matrix of a country, as far as the caller may see it: operative paragraphs by nuclear, chemical and \
                biological, marks with their sources; null if there is no such country.";
    let matrix = with_arguments(field("countryMatrix1540", text, "Matrix1540"), vec![country()]);
    let text = "The commitments of a country by framework and provision, as far as the caller may see them: sources, who is \
                responsible, and what serves each; null if there is no such country.";
    let without = "Only those without any of these, as far as the caller sees; for callers inside the country, others are refused.";
    let arguments = vec![
        country(),
        input("framework", "Only those under this framework, by id or code.", "String"),
        input("domain", "Only those about this hazard domain.", "Domain"),
        input("binding", "Only those that are so binding.", "BindingForce"),
        input("without", without, "[CommitmentWithout!]"),
    ];
    let register = with_arguments(field("countryCommitments", text, "CommitmentRegister"), arguments);
    let text = "The questions of the return that a draft is of, with the facts that answer them, as far as the caller may see them: each \
                with source, age and visibility; null if the caller may not see the draft.";
    let id = vec![input("id", "Id of the draft.", "ID!")];
    let answers = with_arguments(field("reportDraftAnswers", text, "ReportAnswers"), id);
    let text = "Facts of a country that are past their age limit on a day, with the drafts that they are in, as far as the caller may \
                see them; null if there is no such country.";
    let on = input("on", "Day of which it is told; today without it.", "Date");
    let stale = with_arguments(field("countryStaleFacts", text, "StaleFacts"), vec![country(), on]);
    vec![
        (coverage, Read::CountryCoverage),
        (matrix, Read::CountryMatrix1540),
        (register, Read::CountryCommitments),
        (answers, Read::ReportDraftAnswers),
        (stale, Read::CountryStaleFacts),
    ]
}

pub(super) fn country_due() -> MetaField {
    let text = "Deadlines of a country that are due within some days, and those that are past without a submission on record, by \
                the agency that holds them; null if there is no such country.";
    let arguments = vec![
        input("code", "Code of the country, or its id.", "String!"),
        input("days", "Days ahead, 0 to 3650; 90 where nothing is said.", "Int"),
    ];
    with_arguments(field("countryDue", text, "CountryDue"), arguments)
}

pub(super) fn calendar_entries() -> MetaField {
    let text = "What a calendar that the caller sees shows, as far as the caller itself may see what it leads to; null if there is no such \
                calendar.";
    let id = vec![input("id", "Id of the calendar.", "ID!")];
    with_arguments(field("calendarEntries", text, "CalendarEntries"), id)
}

pub(super) fn commitment_series() -> MetaField {
    let text = "For which periods something was due under a commitment, and what was sent for each; null if the caller may not see \
                the commitment.";
    with_arguments(
        field("commitmentSeries", text, "CommitmentSeries"),
        vec![input("id", "Id of the commitment.", "ID!")],
    )
}

pub(super) fn simulation() -> MetaField {
    let text = "What would fall due in a country if it joined a framework, if a rule changed, or if something happened; nothing is \
                written.";
    let input = input("input", "What is tried.", "SimulationInput!");
    with_arguments(field("simulation", text, "Simulated!"), vec![input])
}

/// The two days of which it is asked how countries stand.
fn days() -> Vec<MetaInputValue> {
    vec![
        input("validOn", "Day of which it is told how the countries stand; today without it.", "Date"),
        input(
            "knownOn",
            "Day as of which it is told: what was known at its end, in UTC; today without it.",
            "Date",
        ),
    ]
}

pub(super) fn matrix() -> MetaField {
    let text = "Countries by frameworks: how each stood on a day, as it was known on another. Reference facts decide; what a country \
                states itself stands beside them, as far as the caller may see it.";
    let list = |name: &str, text: &str| input(name, text, "[String!]");
    let arguments = vec![
        list("region", "Members of these regions now."),
        list("country", "These countries; without them and regions the partners of the initiative."),
        list("framework", "These frameworks; without them, `partyTo` and `notPartyTo` all of them."),
        list("partyTo", "Only countries that are party to all of these frameworks."),
        list("notPartyTo", "Only countries that are party to none of these frameworks."),
    ];
    with_arguments(field("participationMatrix", text, "ParticipationMatrix!"), [arguments, days()].concat())
}

pub(super) fn standing() -> MetaField {
    let text = "How the country of a participation stood on a day, as it was known on another; null if the caller may not see the \
                participation.";
    let id = vec![input("id", "Id of the participation.", "ID!")];
    with_arguments(field("participationStanding", text, "StandingOn"), [id, days()].concat())
}
