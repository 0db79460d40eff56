//! Countries by obligations.

use std::collections::{BTreeMap, HashMap};

use entity::{
    Agency, Commitment, CoverageMark, Deadline, Framework, Obligation, commitment, coverage_mark, deadline,
    obligation,
    vocab::{DeadlineStatus, Domain},
};
use futures_util::future::BoxFuture;
use kernel::{Ctx, KindDef, Result, render::Renderer, row::Row as Record};
use model::Vocabulary;
use uuid::Uuid;

use super::{NOT_RECORDED, day, id, joined, maybe, number, text};
use crate::domain::{
    Registered,
    exchange::columns::{Cell, Type},
    flat::{Names, Row, countries, everything, speech, views::Told},
    treaties::recorded,
};

pub(in crate::domain::flat) const COLUMNS: &[Told] = &[
    ("key", Type::Text, "What tells the row apart: country and obligation."),
    ("country", Type::Text, "Code of the country (ISO 3166-1 alpha-3)."),
    ("country_name", Type::Text, "Name of the country in the caller's language."),
    (
        "regions",
        Type::Text,
        "Codes of the regions that the country is a member of now, the primary one first.",
    ),
    ("framework_code", Type::Text, "Code of the framework."),
    ("framework_name", Type::Text, "Name of the framework in the caller's language."),
    ("obligation_id", Type::Id, "Id of the obligation."),
    ("obligation_code", Type::Text, "Code of the obligation."),
    ("obligation_title", Type::Text, "Title of the obligation in the caller's language."),
    ("provision", Type::Text, "Article or paragraph."),
    ("category", Type::Text, "What the obligation is about."),
    ("category_label", Type::Text, "Label of the category in the caller's language."),
    ("binding", Type::Text, "How binding the obligation is."),
    ("binding_label", Type::Text, "Label of that in the caller's language."),
    ("domains", Type::Text, "Hazard domains that the obligation is about."),
    ("periodicity", Type::Text, "How often it falls due."),
    ("commitment_id", Type::Id, "Id of the country's commitment."),
    (
        "applicability",
        Type::Text,
        "Whether it applies, as the country says; `not_recorded` where it says nothing that the caller sees.",
    ),
    ("lead_agency_id", Type::Id, "Id of the agency responsible."),
    ("lead_agency_code", Type::Text, "Code of the agency responsible."),
    ("lead_agency_name", Type::Text, "Name of the agency responsible, in the caller's language."),
    ("deadlines", Type::Number, "How many deadlines are on record that the caller sees."),
    ("next_due_on", Type::Day, "Day of the first of them that is open."),
    ("next_status", Type::Text, "State of that deadline."),
    ("next_is_late", Type::Truth, "Whether that day is past."),
    (
        "mark_c",
        Type::Text,
        "What was found of measures in the chemical domain; `not_recorded` where nobody has recorded it; null where the obligation is not about the domain.",
    ),
    ("mark_b", Type::Text, "The same in the biological domain."),
    ("mark_r", Type::Text, "The same in the radiological domain."),
    ("mark_n", Type::Text, "The same in the nuclear domain."),
];

/// A row for each country and obligation.
pub(in crate::domain::flat) fn rows(ctx: &Ctx) -> BoxFuture<'_, Result<Vec<Row>>> {
    Box::pin(async move {
        let known = countries(ctx).await?;
        let told = Recorded::of(ctx).await?;
        let labels = speech(ctx);
        let today = ctx.clock.today();
        let renderer = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
        let mut all = Vec::new();
        for country in known.iter().filter(|one| one.is_shown()) {
            for row in &told.obligations {
                let at = (country.code.clone(), row.id());
                let code = row.read(obligation::CODE).unwrap_or_default();
                let framework = row.read(obligation::FRAMEWORK).and_then(|of| told.frameworks.get(&of));
                let (category, binding) = (row.text("category"), row.text("binding"));
                let label = |list: &str, code: Option<&str>| code.map(|code| labels.label(list, code).label);
                let commitment = told.commitments.get(&at);
                let agency = commitment.and_then(|row| row.read(commitment::LEAD_AGENCY));
                let agency = agency.and_then(|of| told.agencies.get(&of));
                let due = told.deadlines.get(&at);
                let next = due.and_then(|all| all.iter().find(|row| is_open(row)));
                let is_about = |domain: Domain| recorded::is_about(row, domain);
                let mark = |domain: Domain| {
                    let found = told.marks.get(&(country.code.clone(), row.id(), domain.code().to_owned()));
                    let lacks = is_about(domain).then_some(NOT_RECORDED);
                    maybe(found.map(String::as_str).or(lacks))
                };
                let about = Domain::ALL.iter().filter(|domain| is_about(**domain));
                let domains: Vec<String> = about.map(|one| one.code().to_owned()).collect();
                all.push(vec![
                    text(format!("{}/{code}", country.code)),
                    text(&country.code),
                    text(&country.name),
                    joined(&country.regions),
                    maybe(framework.and_then(|one| one.code.as_ref())),
                    maybe(framework.and_then(|one| one.name.as_ref())),
                    id(Some(row.id())),
                    text(code),
                    maybe(renderer.texts(row).get("title")),
                    maybe(row.text("provision")),
                    maybe(category),
                    maybe(label("obligation_category", category)),
                    maybe(binding),
                    maybe(label("binding_force", binding)),
                    joined(&domains),
                    maybe(row.text("periodicity")),
                    id(commitment.map(Record::id)),
                    text(commitment.and_then(|row| row.text("applicability")).unwrap_or(NOT_RECORDED)),
                    id(agency.map(|one| one.id)),
                    maybe(agency.and_then(|one| one.code.as_ref())),
                    maybe(agency.and_then(|one| one.name.as_ref())),
                    number(due.map_or(0, Vec::len)),
                    day(next.and_then(|row| row.read(deadline::DUE_ON))),
                    maybe(next.and_then(|row| row.text("status"))),
                    next.map_or(Cell::Empty, |row| {
                        let is_late = row.read(deadline::DUE_ON).is_some_and(|due| due < today);
                        Cell::Truth(is_late)
                    }),
                    mark(Domain::C),
                    mark(Domain::B),
                    mark(Domain::R),
                    mark(Domain::N),
                ]);
            }
        }
        Ok(all)
    })
}

fn is_open(row: &Record) -> bool {
    let open = [DeadlineStatus::Upcoming, DeadlineStatus::InPreparation, DeadlineStatus::Cleared];
    row.text("status").is_some_and(|status| open.iter().any(|one| one.code() == status))
}

/// What is on record of obligations that the caller sees, by country (whose code owns it) and obligation.
struct Recorded {
    obligations: Vec<Record>,
    frameworks: Names,
    commitments: HashMap<(String, Uuid), Record>,
    agencies: Names,
    /// In the order of their days.
    deadlines: BTreeMap<(String, Uuid), Vec<Record>>,
    marks: HashMap<(String, Uuid, String), String>,
}

impl Recorded {
    async fn of(ctx: &Ctx) -> Result<Self> {
        let mut obligations = everything(ctx, Obligation::def()).await?;
        obligations.retain(|row| row.date("valid_until").is_none_or(|until| until >= ctx.clock.today()));
        obligations.sort_by_key(|row| row.read(obligation::CODE));
        let place = |row: &Record, of: Option<Uuid>| Some((row.owner().to_owned(), of?));
        let commitments = everything(ctx, Commitment::def()).await?;
        let commitments = commitments
            .into_iter()
            .filter_map(|row| Some((place(&row, row.read(commitment::OBLIGATION))?, row)))
            .collect();
        let mut deadlines: BTreeMap<(String, Uuid), Vec<Record>> = BTreeMap::new();
        for row in everything(ctx, Deadline::def()).await? {
            if let Some(at) = place(&row, row.read(deadline::OBLIGATION)) {
                deadlines.entry(at).or_default().push(row);
            }
        }
        for all in deadlines.values_mut() {
            all.sort_by_key(|row| (row.read(deadline::DUE_ON), row.id()));
        }
        let marks = everything(ctx, CoverageMark::def()).await?;
        let marks = marks
            .iter()
            .filter_map(|row| {
                let (owner, of) = place(row, row.read(coverage_mark::OBLIGATION))?;
                Some(((owner, of, row.text("dimension")?.to_owned()), row.text("mark")?.to_owned()))
            })
            .collect();
        Ok(Self {
            obligations,
            frameworks: named(ctx, Framework::def()).await?,
            commitments,
            agencies: named(ctx, Agency::def()).await?,
            deadlines,
            marks,
        })
    }
}

/// What all records of a kind that the caller sees are called.
async fn named(ctx: &Ctx, def: &'static KindDef) -> Result<Names> {
    let rows = everything(ctx, def).await?;
    let renderer = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
    Ok(rows.iter().map(|row| (row.id(), renderer.named(row))).collect())
}
