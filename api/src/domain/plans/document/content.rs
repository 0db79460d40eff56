//! Pillars, objectives and actions of a document, and what follows from them.

use std::collections::{BTreeMap, HashMap};

use entity::{action, objective, pillar, vocab::ActionStatus};
use kernel::{row::Row, scalar::Ref};
use model::Vocabulary;
use uuid::Uuid;

use super::{ActionEntry, Count, Figures, ObjectiveEntry, PillarEntry, Rows, Scribe, Served};

/// The content of a document.
pub(super) struct Content {
    pub(super) figures: Figures,
    pub(super) pillars: Vec<PillarEntry>,
    pub(super) obligations: Vec<Served>,
}

/// Rows by the record each stands below.
type ByParent<'a> = HashMap<Uuid, Vec<&'a Row>>;

fn by_parent<'a>(rows: &'a [Row], column: &str) -> ByParent<'a> {
    let mut all = ByParent::new();
    for row in rows {
        all.entry(row.uuid(column).unwrap_or_default()).or_default().push(row);
    }
    all
}

/// Numbers of siblings: their codes; where none has one, their places below the number of what they stand below.
///
/// Places count what the reader sees: the gaps that stored positions leave would tell of what is hidden.
fn numbers(siblings: &[&Row], column: &str, above: Option<&str>) -> Vec<Option<String>> {
    if siblings.iter().any(|row| row.text(column).is_some()) {
        return siblings.iter().map(|row| row.text(column).map(str::to_owned)).collect();
    }
    let below = |place: usize| match above {
        Some(above) => format!("{}.{place}", above.trim_end_matches('.')),
        None => place.to_string(),
    };
    (1..).map(|place| Some(below(place))).take(siblings.len()).collect()
}

impl Content {
    /// Puts rows in their places; a row whose parent is not among them has none.
    pub(super) fn of(scribe: &Scribe<'_>, rows: &Rows) -> Self {
        let objectives = by_parent(&rows.objectives, objective::PILLAR.column);
        let actions = by_parent(&rows.actions, action::OBJECTIVE.column);
        let all: Vec<&Row> = rows.pillars.iter().collect();
        let places = numbers(&all, pillar::CODE.column, None);
        let (mut pillars, mut sums) = (Vec::new(), Sums::default());
        for (row, number) in all.into_iter().zip(places) {
            let own = objectives.get(&row.id()).map_or(&[][..], Vec::as_slice);
            let (objectives, own) = below_pillar(scribe, (own, number.as_deref()), &actions);
            sums.add(&own);
            pillars.push(PillarEntry {
                id: row.id(),
                number,
                title: scribe.title(row, pillar::TITLE.column),
                description: scribe.text(row, pillar::DESCRIPTION.column),
                figures: own.figures(scribe),
                objectives,
            });
        }
        Self { figures: sums.figures(scribe), obligations: served(&pillars), pillars }
    }
}

fn below_pillar(
    scribe: &Scribe<'_>,
    (rows, above): (&[&Row], Option<&str>),
    actions: &ByParent<'_>,
) -> (Vec<ObjectiveEntry>, Sums) {
    let mut sums = Sums::default();
    let places = numbers(rows, objective::CODE.column, above);
    let made = rows.iter().zip(places).map(|(row, number)| {
        let own = actions.get(&row.id()).map_or(&[][..], Vec::as_slice);
        for action in own {
            sums.count(action);
        }
        let places = numbers(own, action::CODE.column, number.as_deref());
        let actions = own.iter().zip(places).map(|(row, number)| entry(scribe, row, number));
        ObjectiveEntry {
            id: row.id(),
            title: scribe.title(row, objective::TITLE.column),
            description: scribe.text(row, objective::DESCRIPTION.column),
            actions: actions.collect(),
            number,
        }
    });
    (made.collect(), sums)
}

fn entry(scribe: &Scribe<'_>, row: &Row, number: Option<String>) -> ActionEntry {
    let speech = &scribe.speech;
    let named = |ids: Vec<Uuid>| -> Vec<Ref> {
        ids.into_iter().filter_map(|id| scribe.renderer.reference(Some(id))).collect()
    };
    let progress_percent = row.read(action::PROGRESS_PERCENT).unwrap_or_default();
    ActionEntry {
        id: row.id(),
        number,
        title: scribe.title(row, action::TITLE.column),
        description: scribe.text(row, action::DESCRIPTION.column),
        lead: scribe.renderer.reference(row.read(action::LEAD_AGENCY)),
        partners: named(row.read(action::CONTRIBUTING_AGENCIES).unwrap_or_default()),
        period: speech.period(row.read(action::STARTS_ON), row.read(action::ENDS_ON)),
        cost: cost(row).map(|(minor, currency)| speech.amount(minor, currency)),
        funding_source: row.read(action::FUNDING_SOURCE),
        status: speech.label("action_status", row.text(action::STATUS.column).unwrap_or_default()),
        progress_percent,
        progress_text: speech.percent(progress_percent),
        progress_note: row.read(action::PROGRESS_NOTE),
        obligations: named(row.read(action::OBLIGATIONS).unwrap_or_default()),
    }
}

/// The cost of an action in minor units, with its currency.
fn cost(row: &Row) -> Option<(i64, &str)> {
    Some((row.read(action::COST)?, row.text("cost_currency")?))
}

/// Actions counted by state, and their costs added up by currency.
#[derive(Default)]
struct Sums {
    states: HashMap<String, usize>,
    costs: BTreeMap<String, i64>,
}

impl Sums {
    fn count(&mut self, action: &Row) {
        let state = action.text(action::STATUS.column).unwrap_or_default();
        *self.states.entry(state.to_owned()).or_default() += 1;
        if let Some((minor, currency)) = cost(action) {
            let sum = self.costs.entry(currency.to_owned()).or_default();
            *sum = sum.saturating_add(minor);
        }
    }

    fn add(&mut self, other: &Self) {
        for (state, count) in &other.states {
            *self.states.entry(state.clone()).or_default() += count;
        }
        for (currency, minor) in &other.costs {
            let sum = self.costs.entry(currency.clone()).or_default();
            *sum = sum.saturating_add(*minor);
        }
    }

    fn figures(&self, scribe: &Scribe<'_>) -> Figures {
        let count = |state: &ActionStatus| {
            let actions = self.states.get(state.code()).copied()?;
            Some(Count { status: scribe.speech.label("action_status", state.code()), actions })
        };
        Figures {
            actions: self.states.values().sum(),
            by_status: ActionStatus::ALL.iter().filter_map(count).collect(),
            costs: self.costs.iter().map(|(of, minor)| scribe.speech.amount(*minor, of)).collect(),
        }
    }
}

/// The obligations that actions serve, by code, each with these actions.
fn served(pillars: &[PillarEntry]) -> Vec<Served> {
    let mut all: BTreeMap<(String, Uuid), Served> = BTreeMap::new();
    let objectives = pillars.iter().flat_map(|pillar| &pillar.objectives);
    for action in objectives.flat_map(|objective| &objective.actions) {
        let name = action.number.as_ref().unwrap_or(&action.title.text);
        for obligation in &action.obligations {
            let key = (obligation.code.clone().unwrap_or_default(), obligation.id);
            let new = || Served { obligation: obligation.clone(), actions: Vec::new() };
            all.entry(key).or_insert_with(new).actions.push(name.clone());
        }
    }
    all.into_values().collect()
}
