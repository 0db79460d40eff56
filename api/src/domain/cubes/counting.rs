//! What there is to count: the records that owners let count, by the codes of each cube, and by who else reads them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use entity::{
    CapabilityArea, CoverageMark, Cycle, CycleStep, Framework, Gap, Obligation, Region, cycle, obligation,
    vocab::{CycleStage, StepStatus},
};
use kernel::{
    Actor, Ctx, KindDef, Result,
    figures::{Amount, Asked, Group, Grouping, Key as Told, Measure, Step, dimensions, figures},
    filter::Narrowing,
    store,
};
use model::{Vocabulary, access::Handling};
use sea_orm::sea_query::Cond;
use uuid::Uuid;

use super::{
    CUBES, Cube, Dimension,
    guard::{Cells, Counted, Share},
};
use crate::{
    domain::{Registered, exchange::export::snapshot, sharing::disclosure},
    signin::circles::{Counting, counting},
};

/// Quarters that are told of, the one that runs among them.
const QUARTERS: i32 = 12;
/// Rows of a statement: more than there are of any of these.
pub(super) const MOST: u64 = 1_000_000;

/// Records of one circle of readers.
#[derive(Clone, Copy)]
enum Circle {
    Open,
    Shared,
    Closed,
}

impl Circle {
    const fn share(self, count: i64) -> Share {
        let none = Share { open: 0, shared: 0, closed: 0 };
        match self {
            Self::Open => Share { open: count, ..none },
            Self::Shared => Share { shared: count, ..none },
            Self::Closed => Share { closed: count, ..none },
        }
    }
}

/// How far a step is: number of its cycle, whether it runs, place in the order of steps.
type Place = (i32, bool, usize);

/// Records of a country that have the same codes.
struct Part {
    country: String,
    codes: Vec<Option<Told>>,
    share: Share,
    circle: Circle,
}

/// What each cube counts now, in one snapshot.
///
/// # Errors
/// What the database says.
pub(super) async fn count(ctx: &Ctx) -> Result<Vec<Counted>> {
    let ctx = snapshot(&ctx.acting(Actor::anonymous())).await?;
    let reader = Reader::of(&ctx).await?;
    let mut all = Vec::new();
    for cube in &CUBES {
        let cells = match cube.name {
            super::STEPS => reader.steps().await?,
            _ => reader.records(cube).await?,
        };
        let by_region = cube.dimensions.first() == Some(&Dimension::Region);
        let axes = cube.dimensions.iter().map(|one| reader.axis(*one)).collect();
        all.push(Counted { of: cube.of, by_region, axes, cells });
    }
    Ok(all)
}

/// The quarters that are told of on a day, the earliest first.
pub(super) fn quarters(today: NaiveDate) -> Vec<String> {
    let month = i32::try_from(today.month0()).unwrap_or_default();
    let now = today.year().saturating_mul(4).saturating_add(month / 3);
    let all = (0..QUARTERS).rev().map(|back| now.saturating_sub(back));
    all.map(|at| format!("{}-Q{}", at.div_euclid(4), at.rem_euclid(4) + 1)).collect()
}

/// Reads as nobody in particular who is let see what counts.
struct Reader {
    circles: Vec<(Circle, Ctx)>,
    regions: Vec<String>,
    areas: HashMap<Uuid, String>,
    frameworks: Vec<String>,
    /// Codes of the frameworks of obligations.
    obligations: HashMap<Uuid, String>,
    quarters: Vec<String>,
}

impl Reader {
    async fn of(ctx: &Ctx) -> Result<Self> {
        let Counting { open, shared, closed } = counting(ctx).await?;
        let withheld = disclosure::in_force(ctx.db.reading(), None, ctx.clock.now()).await?;
        let seeing = |sets: BTreeSet<Uuid>| {
            let mut actor = Actor::anonymous();
            actor.standing.release_sets = sets;
            actor.standing.withheld.clone_from(&withheld);
            ctx.acting(actor)
        };
        let circles = [(Circle::Open, open), (Circle::Shared, shared), (Circle::Closed, closed)];
        let circles = circles.into_iter().map(|(circle, sets)| (circle, seeing(sets))).collect();
        let regions: Vec<String> = codes(ctx, Region::def()).await?.into_values().collect();
        let areas = codes(ctx, CapabilityArea::def()).await?;
        let known = codes(ctx, Framework::def()).await?;
        let rows = store::seen(ctx, Obligation::def(), Cond::all(), MOST).await?;
        let framework = |id| known.get(&id).cloned();
        let obligations = rows
            .iter()
            .filter_map(|row| Some((row.id(), framework(row.read(obligation::FRAMEWORK)?)?)))
            .collect();
        let frameworks: Vec<String> = known.into_values().collect();
        Ok(Self { circles, regions, areas, frameworks, obligations, quarters: quarters(ctx.clock.today()) })
    }

    /// The codes of a dimension, whatever there is to count: those that a cube is told by.
    fn axis(&self, dimension: Dimension) -> Vec<String> {
        if let Some(list) = dimension.list() {
            return list.terms.iter().map(|term| term.code.to_owned()).collect();
        }
        match dimension {
            Dimension::Region => self.regions.clone(),
            Dimension::Area => self.areas.values().cloned().collect(),
            Dimension::Framework => self.frameworks.clone(),
            _ => self.quarters.clone(),
        }
    }

    /// The records of a kind by country and these fields; those that ask for care are left out.
    async fn parts(&self, def: &'static KindDef, fields: &[&str]) -> Result<Vec<Part>> {
        let offered = dimensions(def);
        let names = ["country", "handling"].iter().chain(fields);
        let groupings = names.filter_map(|name| {
            let of = *offered.iter().find(|one| one.name == *name)?;
            Some(Grouping { of, step: if of.has_steps() { Step::Quarter } else { Step::Day } })
        });
        let asked = Asked {
            def,
            by: groupings.collect(),
            measures: vec![Measure::Count],
            filters: Narrowing::read(def, &[], &mut Vec::new()),
            zone: Tz::UTC,
            times: Vec::new(),
        };
        let mut all = Vec::new();
        for (circle, ctx) in &self.circles {
            let found = figures(ctx, &asked).await?;
            all.extend(found.groups.into_iter().filter_map(|group| Part::of(*circle, group)));
        }
        Ok(all)
    }

    /// The cells of a cube that counts records.
    async fn records(&self, cube: &Cube) -> Result<Cells> {
        let (def, fields): (_, Vec<&str>) = match cube.of {
            super::MARKS => (CoverageMark::def(), vec!["obligation", "mark"]),
            _ => (Gap::def(), cube.dimensions.iter().map(|one| one.field()).collect()),
        };
        let mut cells = Cells::new();
        for part in self.parts(def, &fields).await? {
            let codes = cube.dimensions.iter().zip(part.codes);
            let key: Option<Vec<String>> = codes.map(|(one, told)| self.code(*one, told?)).collect();
            if let Some(key) = key {
                cells.entry(key).or_default().entry(part.country).or_default().add(part.share);
            }
        }
        Ok(cells)
    }

    /// The code of a key, where it is one that is told of.
    fn code(&self, dimension: Dimension, told: Told) -> Option<String> {
        match (dimension, told) {
            (Dimension::Area, Told::Record(id)) => self.areas.get(&id).cloned(),
            (Dimension::Framework, Told::Record(id)) => self.obligations.get(&id).cloned(),
            (Dimension::Quarter, Told::Text(quarter)) => {
                Some(quarter).filter(|quarter| self.quarters.contains(quarter))
            }
            (_, Told::Text(code)) => Some(code),
            _ => None,
        }
    }

    /// Countries by region and the step that they stand at: of their last cycle the last step that runs, else the last that is done.
    async fn steps(&self) -> Result<Cells> {
        let mut numbers = HashMap::new();
        for (_, ctx) in &self.circles {
            let rows = store::seen(ctx, Cycle::def(), Cond::all(), MOST).await?;
            numbers.extend(rows.iter().filter_map(|row| Some((row.id(), row.read(cycle::NUMBER)?))));
        }
        let mut at: BTreeMap<(String, String), (Place, Circle)> = BTreeMap::new();
        for part in self.parts(CycleStep::def(), &["region", "cycle", "step", "status"]).await? {
            let [
                Some(Told::Text(region)),
                Some(Told::Record(cycle)),
                Some(Told::Text(step)),
                Some(Told::Text(status)),
            ] = part.codes.as_slice()
            else {
                continue;
            };
            let is_running = *status == StepStatus::Running.code();
            let (Some(number), Some(rank)) = (numbers.get(cycle), CycleStage::DEF.rank(step)) else {
                continue;
            };
            if is_running || *status == StepStatus::Done.code() {
                let place = (*number, is_running, rank);
                let known = at.entry((part.country, region.clone())).or_insert((place, part.circle));
                if place > known.0 {
                    *known = (place, part.circle);
                }
            }
        }
        let mut cells = Cells::new();
        for ((country, region), ((.., rank), circle)) in at {
            let Some(step) = CycleStage::ALL.get(rank) else { continue };
            let key = vec![region, step.code().to_owned()];
            cells.entry(key).or_default().insert(country, circle.share(1));
        }
        Ok(cells)
    }
}

impl Part {
    /// A group of records of a country that do not ask for care.
    fn of(circle: Circle, group: Group) -> Option<Self> {
        let mut keys = group.keys.into_iter();
        let (Some(Told::Text(country)), Some(Told::Text(handling))) = (keys.next(), keys.next()) else {
            return None;
        };
        let Some(Amount::Count(count)) = group.amounts.first() else { return None };
        let codes = keys.map(|key| Some(key).filter(|key| *key != Told::None)).collect();
        let is_normal = handling == Handling::Normal.code();
        is_normal.then_some(Self { country, codes, share: circle.share(*count), circle })
    }
}

/// The codes of records of reference data by their ids.
async fn codes(ctx: &Ctx, def: &'static KindDef) -> Result<HashMap<Uuid, String>> {
    let rows = store::seen(ctx, def, Cond::all(), MOST).await?;
    Ok(rows.iter().filter_map(|row| Some((row.id(), row.text(def.code?)?.to_owned()))).collect())
}
