//! Countries, one in a row.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use entity::{
    Commitment, CoverageMark, Cycle, CycleStep, Obligation, Participation, Plan, Region, RegionMembership,
    cycle, cycle_step, obligation, region, region_membership,
    vocab::{Mark, PlanStatus, StepStatus},
};
use futures_util::future::BoxFuture;
use kernel::{Ctx, Result, render::Renderer, row::Row as Record};
use model::Vocabulary;
use uuid::Uuid;

use super::{NOT_RECORDED, day, id, joined, maybe, number, text};
use crate::domain::{
    Registered,
    exchange::columns::{Cell, Type},
    flat::{Named, Row, countries, everything, speech, views::Told},
    treaties::{
        participation_matrix::{Asked, matrix},
        standing::TreatyStanding,
    },
};

pub(in crate::domain::flat) const COLUMNS: &[Told] = &[
    ("country", Type::Text, "Code of the country (ISO 3166-1 alpha-3)."),
    ("country_id", Type::Id, "Id of the country."),
    ("country_name", Type::Text, "Name of the country in the caller's language."),
    ("is_demo", Type::Truth, "Whether the country is invented for the demonstration."),
    ("regions", Type::Text, "Codes of the regions that it is a member of now, the primary one first."),
    ("region", Type::Text, "Code of the primary region."),
    ("region_name", Type::Text, "Name of the primary region in the caller's language."),
    (
        "membership",
        Type::Text,
        "Standing of the country in that region; `not_recorded` where it is a member of none.",
    ),
    ("member_since", Type::Day, "First day of that membership, as far as it is known."),
    ("cycle_number", Type::Number, "Number of the latest cycle of planning that the caller sees."),
    (
        "cycle_step",
        Type::Text,
        "Step of that cycle which runs, else the last one that is done; `not_recorded` where the caller sees none.",
    ),
    ("cycle_step_label", Type::Text, "Label of the step in the caller's language."),
    ("cycle_step_status", Type::Text, "State of that step."),
    ("cycle_step_from_on", Type::Day, "First day of that step."),
    ("cycle_step_until_on", Type::Day, "Last day of that step."),
    ("plans", Type::Number, "How many of its plans the caller sees."),
    ("plans_in_force", Type::Number, "How many of these are adopted, carried out or under review."),
    ("frameworks_party", Type::Number, "To how many frameworks it is party today, by reference facts."),
    ("frameworks_recorded", Type::Number, "Of how many frameworks a fact says how it stands."),
    ("frameworks", Type::Number, "How many frameworks there are."),
    ("commitments", Type::Number, "How many of its commitments the caller sees."),
    (
        "obligations_marked",
        Type::Number,
        "For how many obligations a mark says what was found, that the caller sees.",
    ),
    ("obligations", Type::Number, "How many obligations there are."),
    (
        "last_update",
        Type::Instant,
        "When the youngest of the records above was last changed that belongs to the country and that the caller sees.",
    ),
];

/// A row for each country.
pub(in crate::domain::flat) fn rows(ctx: &Ctx) -> BoxFuture<'_, Result<Vec<Row>>> {
    Box::pin(async move {
        let known = countries(ctx).await?;
        let own = Own::of(ctx).await?;
        let members = Members::of(ctx).await?;
        let shown: Vec<String> =
            known.iter().filter(|one| one.is_shown()).map(|one| one.code.clone()).collect();
        let standings = matrix(ctx, &Asked { country: shown, ..Asked::default() }, Vec::new()).await?;
        let cells: HashMap<Option<&str>, _> =
            standings.rows.iter().map(|row| (row.country.code.as_deref(), row.cells.as_slice())).collect();
        let mut obligations = everything(ctx, Obligation::def()).await?;
        obligations.retain(|row| row.read(obligation::PART_OF).is_none());
        let labels = speech(ctx);
        let row = |country: &Named| {
            let cells = cells.get(&Some(country.code.as_str())).copied().unwrap_or_default();
            let recorded = cells.iter().filter(|cell| cell.participation.is_some());
            let party = recorded.clone().filter(|cell| cell.standing == TreatyStanding::Party).count();
            let region = country.regions.first();
            let membership = region.and_then(|region| members.of.get(&(country.id, region.clone())));
            let told = own.by_country.get(&country.code);
            let step = told.and_then(OfCountry::step);
            let stage = step.and_then(|step| step.text("step"));
            let plans = told.map_or(&[][..], |told| told.plans.as_slice());
            vec![
                text(&country.code),
                id(Some(country.id)),
                text(&country.name),
                Cell::Truth(country.is_demo),
                joined(&country.regions),
                maybe(region),
                maybe(region.and_then(|code| members.names.get(code))),
                text(membership.and_then(|row| row.text("standing")).unwrap_or(NOT_RECORDED)),
                day(membership.and_then(|row| row.read(region_membership::FROM_ON))),
                told.and_then(OfCountry::cycle)
                    .map_or(Cell::Empty, |(number, _)| Cell::Number(i64::from(number))),
                text(stage.unwrap_or(NOT_RECORDED)),
                maybe(stage.map(|code| labels.label("cycle_stage", code).label)),
                maybe(step.and_then(|step| step.text("status"))),
                day(step.and_then(|step| step.read(cycle_step::FROM_ON))),
                day(step.and_then(|step| step.read(cycle_step::UNTIL_ON))),
                number(plans.len()),
                number(plans.iter().filter(|plan| is_in_force(plan)).count()),
                number(party),
                number(recorded.count()),
                number(standings.frameworks.len()),
                number(told.map_or(0, |told| told.commitments)),
                number(told.map_or(0, |told| told.marked.len())),
                number(obligations.len()),
                told.and_then(|told| told.newest).map_or(Cell::Empty, Cell::At),
            ]
        };
        Ok(known.iter().filter(|one| one.is_shown()).map(row).collect())
    })
}

fn is_in_force(plan: &Record) -> bool {
    let in_force = [PlanStatus::Adopted, PlanStatus::InImplementation, PlanStatus::UnderReview];
    plan.text("status").is_some_and(|status| in_force.iter().any(|one| one.code() == status))
}

/// What the caller sees of one country's own records.
#[derive(Default)]
struct OfCountry {
    plans: Vec<Record>,
    /// Numbers of its cycles, by id.
    cycles: BTreeMap<Uuid, i32>,
    steps: Vec<Record>,
    commitments: usize,
    marked: BTreeSet<Uuid>,
    newest: Option<DateTime<Utc>>,
}

impl OfCountry {
    /// Number and id of the latest cycle.
    fn cycle(&self) -> Option<(i32, Uuid)> {
        self.cycles.iter().map(|(id, number)| (*number, *id)).max()
    }

    /// The step of the latest cycle that runs, else the last one that is done.
    fn step(&self) -> Option<&Record> {
        let (_, latest) = self.cycle()?;
        let of = |wanted: StepStatus| {
            let all = self.steps.iter().filter(move |row| {
                row.read(cycle_step::CYCLE) == Some(latest) && row.text("status") == Some(wanted.code())
            });
            all.max_by_key(|row| {
                row.read(cycle_step::STEP).and_then(|step| entity::vocab::CycleStage::DEF.rank(step.code()))
            })
        };
        of(StepStatus::Running).or_else(|| of(StepStatus::Done))
    }
}

/// What the caller sees of countries' own records, by country.
struct Own {
    by_country: HashMap<String, OfCountry>,
}

impl Own {
    async fn of(ctx: &Ctx) -> Result<Self> {
        let mut all: HashMap<String, OfCountry> = HashMap::new();
        let mut take = |row: Record, keep: fn(&mut OfCountry, Record)| {
            let told = all.entry(row.owner().to_owned()).or_default();
            told.newest = told.newest.max(row.instant("updated_at"));
            keep(told, row);
        };
        for row in everything(ctx, Plan::def()).await? {
            take(row, |told, row| told.plans.push(row));
        }
        for row in everything(ctx, Cycle::def()).await? {
            take(row, |told, row| {
                told.cycles.insert(row.id(), row.read(cycle::NUMBER).unwrap_or_default());
            });
        }
        for row in everything(ctx, CycleStep::def()).await? {
            take(row, |told, row| told.steps.push(row));
        }
        for row in everything(ctx, Commitment::def()).await? {
            take(row, |told, _| told.commitments += 1);
        }
        for row in everything(ctx, CoverageMark::def()).await? {
            take(row, |told, row| {
                let is_marked = row.text("mark") != Some(Mark::NotAssessed.code());
                told.marked.extend(row.uuid("obligation_id").filter(|_| is_marked));
            });
        }
        for row in everything(ctx, Participation::def()).await? {
            take(row, |_, _| {});
        }
        Ok(Self { by_country: all })
    }
}

/// The memberships of today, by country and code of the region, and what regions are called.
struct Members {
    of: HashMap<(Uuid, String), Record>,
    names: HashMap<String, String>,
}

impl Members {
    async fn of(ctx: &Ctx) -> Result<Self> {
        let regions = everything(ctx, Region::def()).await?;
        let renderer = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
        let code = |row: &Record| row.read(region::CODE).unwrap_or_default();
        let names = regions.iter().filter_map(|row| Some((code(row), renderer.named(row).name?))).collect();
        let codes: HashMap<Uuid, String> = regions.iter().map(|row| (row.id(), code(row))).collect();
        let today = ctx.clock.today();
        let mut of = HashMap::new();
        for row in everything(ctx, RegionMembership::def()).await? {
            let is_over = [row.read(region_membership::UNTIL_ON), row.date("valid_until")]
                .iter()
                .flatten()
                .any(|day| *day < today);
            let place = row
                .read(region_membership::COUNTRY)
                .zip(row.read(region_membership::REGION).and_then(|id| codes.get(&id).cloned()));
            if let Some(place) = place.filter(|_| !is_over) {
                of.insert(place, row);
            }
        }
        Ok(Self { of, names })
    }
}
