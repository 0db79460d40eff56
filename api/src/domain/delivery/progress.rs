//! Progress of a plan: counts and shares by pillar, objective, agency and domain, over what the caller may see.

mod counting;
mod shares;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use entity::vocab::Domain;
use kernel::{Ctx, Result, row::Row, scalar::Ref};
use model::Vocabulary;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::figures::Frame;
use counting::Counted;
use shares::Sum;
pub use shares::{ActionFigures, Progress, TaskFigures};

/// How far a plan is, over the actions and tasks that the caller may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct PlanProgress {
    /// The plan.
    pub id: Uuid,
    /// Day by which things are late: today in the time zone of the plan's country.
    #[schema(format = Date, example = "2026-11-26")]
    pub as_of: String,
    /// Of the whole plan.
    pub whole: Progress,
    /// By pillar, in order.
    pub pillars: Vec<PillarProgress>,
    /// By objective, in order.
    pub objectives: Vec<ObjectiveProgress>,
    /// By the agency that leads: of actions theirs, of tasks theirs.
    pub agencies: Vec<AgencyProgress>,
    /// By hazard domain: those of the obligations that an action serves; it counts in each of them, and with its tasks.
    pub domains: Vec<DomainProgress>,
}

/// How far a pillar is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct PillarProgress {
    /// The pillar.
    pub pillar: Ref,
    /// What is computed.
    pub computed: Progress,
    /// What its owner tells instead, in percent; null where it tells nothing.
    pub override_percent: Option<i32>,
    /// Why.
    pub override_reason: Option<String>,
}

/// How far an objective is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ObjectiveProgress {
    /// The objective.
    pub objective: Ref,
    /// Id of its pillar.
    pub pillar: Uuid,
    /// What is computed.
    pub computed: Progress,
    /// What its owner tells instead, in percent; null where it tells nothing.
    pub override_percent: Option<i32>,
    /// Why.
    pub override_reason: Option<String>,
}

/// How far an agency is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AgencyProgress {
    /// The agency; null for what nobody leads, or an agency that the caller does not see.
    pub agency: Option<Ref>,
    /// What is computed.
    pub computed: Progress,
}

/// How far the work on a hazard domain is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct DomainProgress {
    /// Code of the domain; null for actions that serve no obligation, and for tasks without action.
    pub domain: Option<String>,
    /// What is computed.
    pub computed: Progress,
}

/// How far actions are, whatever plans they belong to: the mean of their percents, and their counts.
pub(in crate::domain) fn of_actions(rows: &[&Row], today: NaiveDate) -> (Option<i32>, ActionFigures) {
    let mut sum = Sum::default();
    for row in rows {
        sum.add_actions(&Counted::of_action(row, today));
    }
    let shown = sum.shown();
    (shown.percent, shown.actions)
}

/// The sums of one division of a plan, by what it divides by.
type Sums<K> = BTreeMap<K, Sum>;

/// All sums of a plan.
#[derive(Default)]
struct Whole {
    all: Sum,
    pillars: HashMap<Uuid, Sum>,
    objectives: HashMap<Uuid, Sum>,
    agencies: Sums<Option<Uuid>>,
    domains: Sums<Option<&'static str>>,
}

/// Reads how far a visible plan is; statements are as many whatever its size.
///
/// # Errors
/// `NotFound` if the plan is not visible.
pub async fn progress(ctx: &Ctx, id: Uuid) -> Result<PlanProgress> {
    let frame = Frame::of(ctx, id).await?;
    let pillars = frame.pillar_of();
    let mut whole = Whole::default();
    for counted in counting::actions(ctx, &frame).await? {
        whole.add(&counted, &pillars, Sum::add_actions);
    }
    for counted in counting::tasks(ctx, &frame).await? {
        whole.add(&counted, &pillars, Sum::add_tasks);
    }
    let leads: BTreeSet<Uuid> = whole.agencies.keys().filter_map(|id| *id).collect();
    let named = frame.agencies(ctx, leads).await?;
    Ok(PlanProgress {
        id,
        as_of: frame.today.to_string(),
        whole: whole.all.shown(),
        pillars: frame.pillars.iter().map(|row| pillar(&frame, row, &whole)).collect(),
        objectives: frame.objectives.iter().filter_map(|row| objective(&frame, row, &whole)).collect(),
        agencies: by_agency(&whole, &named),
        domains: by_domain(&whole),
    })
}

impl Whole {
    fn add(&mut self, counted: &Counted, pillars: &HashMap<Uuid, Uuid>, add: fn(&mut Sum, &Counted)) {
        add(&mut self.all, counted);
        add(self.agencies.entry(counted.agency).or_default(), counted);
        if let Some(objective) = counted.objective {
            add(self.objectives.entry(objective).or_default(), counted);
            if let Some(pillar) = pillars.get(&objective) {
                add(self.pillars.entry(*pillar).or_default(), counted);
            }
        }
        let is_in =
            |at: usize| counted.domains.checked_shr(u32::try_from(at).unwrap_or(63)).unwrap_or(0) & 1 == 1;
        let of = Domain::DEF.terms.iter().enumerate().filter(|(at, _)| is_in(*at)).map(|(_, term)| term.code);
        let of: Vec<&'static str> = of.collect();
        if of.is_empty() {
            add(self.domains.entry(None).or_default(), counted);
        }
        for code in of {
            add(self.domains.entry(Some(code)).or_default(), counted);
        }
    }
}

fn told(row: &Row) -> (Option<i32>, Option<String>) {
    let reason = row.text("progress_override_reason").map(str::to_owned);
    (row.int("progress_override_percent"), reason)
}

fn pillar(frame: &Frame, row: &Row, whole: &Whole) -> PillarProgress {
    let (override_percent, override_reason) = told(row);
    let computed = whole.pillars.get(&row.id()).cloned().unwrap_or_default().shown();
    PillarProgress { pillar: frame.name(row), computed, override_percent, override_reason }
}

fn objective(frame: &Frame, row: &Row, whole: &Whole) -> Option<ObjectiveProgress> {
    let (override_percent, override_reason) = told(row);
    let computed = whole.objectives.get(&row.id()).cloned().unwrap_or_default().shown();
    let pillar = row.read(entity::objective::PILLAR)?;
    Some(ObjectiveProgress {
        objective: frame.name(row),
        pillar,
        computed,
        override_percent,
        override_reason,
    })
}

/// The agencies by name, and last what the caller cannot tell whose it is.
fn by_agency(whole: &Whole, named: &HashMap<Uuid, Ref>) -> Vec<AgencyProgress> {
    let mut nobody = Sum::default();
    let mut all = Vec::new();
    for (id, sum) in &whole.agencies {
        match id.and_then(|id| named.get(&id)) {
            Some(agency) => {
                all.push(AgencyProgress { agency: Some(agency.clone()), computed: sum.shown() });
            }
            None => nobody.join(sum),
        }
    }
    let name = |one: &AgencyProgress| one.agency.as_ref().map(|agency| (agency.name.clone(), agency.id));
    all.sort_by_key(name);
    all.extend((!nobody.is_empty()).then(|| AgencyProgress { agency: None, computed: nobody.shown() }));
    all
}

/// The domains in the order of their list, and last what has none.
fn by_domain(whole: &Whole) -> Vec<DomainProgress> {
    let codes = Domain::DEF.terms.iter().map(|term| Some(term.code)).chain([None]);
    let of = |domain: Option<&'static str>| {
        let computed = whole.domains.get(&domain)?.shown();
        Some(DomainProgress { domain: domain.map(str::to_owned), computed })
    };
    codes.filter_map(of).collect()
}
