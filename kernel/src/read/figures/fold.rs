//! Groups are put together from the parts that a statement gives.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, hash_map::Entry},
};

use chrono::{DateTime, Utc};
use sea_orm::{QueryResult, TryGetable, Value};
use uuid::Uuid;

use super::{Asked, By, Figures, MOST_GROUPS, MOST_PARTS, Measure, Step, Way, past::Told, select, too_many};
use crate::{
    error::{Error, Result},
    owners::Owners,
    view::View,
};

/// What the records of a group have in common in one dimension.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Nothing is there, or nothing that the caller sees.
    #[default]
    None,
    /// Whether something is so.
    Truth(bool),
    /// A whole number, or the place of a point in time.
    Number(i64),
    /// A code, a text or a period.
    Text(String),
    /// A record.
    Record(Uuid),
}

/// What a measure comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// How many there are.
    Count(i64),
    /// A sum; none of nothing.
    Sum(Option<i128>),
    /// A sum, and of how many.
    Mean(i128, i64),
    /// The least or greatest number.
    Number(Way, Option<i128>),
    /// The first or last day.
    Day(Way, Option<String>),
}

/// Records that have something in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they have in common, by the dimensions that were asked for.
    pub keys: Vec<Key>,
    /// What is told of them, by the measures that were asked for.
    pub amounts: Vec<Amount>,
}

/// Groups being put together.
pub(super) struct Folding<'a> {
    view: &'a View,
    pub(super) asked: &'a Asked,
    owners: &'a Owners,
    groups: HashMap<Vec<Key>, Vec<Amount>>,
    countries: BTreeSet<String>,
    newest: Option<DateTime<Utc>>,
}

impl<'a> Folding<'a> {
    pub(super) fn new(view: &'a View, asked: &'a Asked, owners: &'a Owners) -> Self {
        let (groups, countries) = (HashMap::new(), BTreeSet::new());
        Self { view, asked, owners, groups, countries, newest: None }
    }

    /// Takes the parts that a statement gave, whose columns begin at a place.
    pub(super) fn take(&mut self, found: &[QueryResult], from: usize) -> Result<()> {
        if found.len() > MOST_PARTS {
            return Err(too_many());
        }
        found.iter().try_for_each(|row| self.part(row, from, &Told::default()))
    }

    /// Takes one part; what is not told of it counts as empty.
    pub(super) fn part(&mut self, row: &QueryResult, from: usize, told: &Told) -> Result<()> {
        let mut at = from;
        let mut keys: Vec<Key> = told.place.into_iter().map(Key::Number).collect();
        for grouping in &self.asked.by {
            let text = get::<String>(row, &mut at)?.filter(|text| !text.is_empty());
            let text = text.filter(|_| !told.is_withheld(grouping.of.name));
            keys.push(key(text, grouping.of.by, grouping.step)?);
        }
        let country = self.country(get(row, &mut at)?);
        let mut amounts = Vec::new();
        for measure in &self.asked.measures {
            amounts.push(amount(measure, row, &mut at, told)?);
        }
        let count: i64 = get(row, &mut at)?.unwrap_or_default();
        for amount in &mut amounts {
            if let Amount::Count(all @ 0) = amount {
                *all = count;
            }
        }
        self.newest = self.newest.max(get(row, &mut at)?);
        let (code, regions) = country.unwrap_or_default();
        self.countries.extend((!code.is_empty()).then(|| code.clone()));
        for keys in self.placed(keys, &code, &regions) {
            self.add(keys, &amounts)?;
        }
        Ok(())
    }

    /// The country that a column says, and its regions now.
    fn country(&self, of: Option<String>) -> Option<(String, Vec<String>)> {
        let of = of?;
        let is_owner = self.asked.def.country_column() == Some("owner");
        let value = if is_owner { Value::from(of) } else { Value::Uuid(of.parse().ok()) };
        let country = self.owners.country(&value)?;
        let regions = country.regions(self.view.clock.today()).map(str::to_owned).collect();
        Some((country.code.clone(), regions))
    }

    /// The keys with country and regions in their places: once for each region that is asked for.
    fn placed(&self, keys: Vec<Key>, country: &str, regions: &[String]) -> Vec<Vec<Key>> {
        let first = keys.len().saturating_sub(self.asked.by.len());
        let text = |text: &str| if text.is_empty() { Key::None } else { Key::Text(text.to_owned()) };
        let mut all = vec![keys];
        for (at, grouping) in (first..).zip(&self.asked.by) {
            let values: Cow<'_, [Key]> = match grouping.of.by {
                By::Country => Cow::Owned(vec![text(country)]),
                By::Region if regions.is_empty() => Cow::Owned(vec![Key::None]),
                By::Region => Cow::Owned(regions.iter().map(|code| text(code)).collect()),
                _ => continue,
            };
            let put = |keys: Vec<Key>| {
                let with = |value: &Key| {
                    let mut keys = keys.clone();
                    if let Some(slot) = keys.get_mut(at) {
                        slot.clone_from(value);
                    }
                    keys
                };
                values.iter().map(with).collect::<Vec<_>>()
            };
            all = all.into_iter().flat_map(put).collect();
        }
        all
    }

    fn add(&mut self, keys: Vec<Key>, amounts: &[Amount]) -> Result<()> {
        let is_full = self.groups.len() >= MOST_GROUPS;
        match self.groups.entry(keys) {
            Entry::Occupied(mut known) => {
                known.get_mut().iter_mut().zip(amounts).for_each(|(known, more)| known.add(more));
            }
            Entry::Vacant(_) if is_full => return Err(too_many()),
            Entry::Vacant(free) => drop(free.insert(amounts.to_vec())),
        }
        Ok(())
    }

    /// The figures, of these countries.
    pub(super) fn told(self, members: &BTreeSet<&str>) -> Figures {
        let told = self.countries.iter().filter(|code| members.contains(code.as_str())).count();
        let groups = self.groups.into_iter().map(|(keys, amounts)| Group { keys, amounts }).collect();
        Figures { groups, covered: (told, members.len()), newest: self.newest }
    }
}

impl Amount {
    /// Adds what other records come to.
    fn add(&mut self, other: &Self) {
        match (self, other) {
            (Self::Count(all), Self::Count(more)) => *all = all.saturating_add(*more),
            (Self::Sum(all), Self::Sum(Some(more))) => {
                *all = Some(all.unwrap_or_default().saturating_add(*more));
            }
            (Self::Mean(all, of), Self::Mean(more, among)) => {
                *all = all.saturating_add(*more);
                *of = of.saturating_add(*among);
            }
            (Self::Number(way, all), Self::Number(_, more)) => extreme(*way, all, more.as_ref()),
            (Self::Day(way, all), Self::Day(_, more)) => extreme(*way, all, more.as_ref()),
            _ => {}
        }
    }
}

fn extreme<T: Ord + Clone>(way: Way, all: &mut Option<T>, more: Option<&T>) {
    let Some(new) = more else { return };
    let is_further = all.as_ref().is_none_or(|old| if way == Way::Min { new < old } else { new > old });
    if is_further {
        *all = Some(new.clone());
    }
}

fn get<T: TryGetable>(row: &QueryResult, at: &mut usize) -> Result<Option<T>> {
    let value = row.try_get_by_index(*at)?;
    *at = at.saturating_add(1);
    Ok(value)
}

fn key(text: Option<String>, by: By, step: Step) -> Result<Key> {
    let Some(text) = text else { return Ok(Key::None) };
    let wrong = || Error::Internal(format!("a group has the key {text}"));
    Ok(match by {
        By::Ref(..) | By::Refs(..) => Key::Record(text.parse().map_err(|_| wrong())?),
        By::Number(_) => Key::Number(text.parse().map_err(|_| wrong())?),
        By::Truth(_) | By::Holds(..) => Key::Truth(matches!(text.as_str(), "true" | "t" | "1")),
        By::Day(_) | By::Instant(_) if step == Step::Quarter => Key::Text(quarter(&text).ok_or_else(wrong)?),
        _ => Key::Text(text),
    })
}

/// The quarter of a month: `2026-Q4` of `2026-11`.
pub(super) fn quarter(month: &str) -> Option<String> {
    let (year, month) = month.split_once('-')?;
    let month: u8 = month.parse().ok()?;
    Some(format!("{year}-Q{}", month.checked_sub(1)? / 3 + 1))
}

fn amount(measure: &Measure, row: &QueryResult, at: &mut usize, told: &Told) -> Result<Amount> {
    let is_told = match measure {
        Measure::Of(_, field) => !told.is_withheld(field.name),
        Measure::Count | Measure::Late(_) => true,
    };
    let mut texts = Vec::new();
    for _ in 0..select::columns_of(measure) {
        texts.push(get::<String>(row, at)?.filter(|_| is_told));
    }
    let number = |place: usize| texts.get(place).and_then(|text| select::sum(text.as_deref()?));
    let small =
        |place: usize| number(place).and_then(|number| i64::try_from(number).ok()).unwrap_or_default();
    Ok(match measure {
        Measure::Count => Amount::Count(0),
        Measure::Late(_) => Amount::Sum(Some(number(0).unwrap_or_default())),
        Measure::Of(Way::Sum, _) => Amount::Sum(number(0)),
        Measure::Of(Way::Avg, _) => Amount::Mean(number(0).unwrap_or_default(), small(1)),
        Measure::Of(way, field) if field.shape == model::Shape::Date => {
            Amount::Day(*way, texts.into_iter().next().flatten())
        }
        Measure::Of(way, _) => Amount::Number(*way, number(0)),
    })
}

#[cfg(test)]
mod tests {
    use super::{Amount, Way, quarter};

    #[test]
    fn months_are_put_together_to_quarters() {
        let of = |month: &str| quarter(month).unwrap_or_default();

        assert_eq!(
            ["2026-01", "2026-03", "2026-04", "2026-12"].map(of),
            ["2026-Q1", "2026-Q1", "2026-Q2", "2026-Q4"]
        );
    }

    #[test]
    fn what_is_empty_changes_no_extreme() {
        let mut least = Amount::Number(Way::Min, None);
        for more in [Some(4), None, Some(2), Some(9)] {
            least.add(&Amount::Number(Way::Min, more));
        }

        assert_eq!(least, Amount::Number(Way::Min, Some(2)));
    }
}
