//! What is asked of a list, read from texts: every name is held against what the list offers.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use kernel::{
    Code, Ctx, Error, KindDef, Result, Violation, dates,
    figures::{
        Asked, By, Dimension, Grouping, MOST_DIMENSIONS, MOST_GROUPS, MOST_MEASURES, Measure, Step,
        dimensions, measures,
    },
    filter::Narrowing,
    input::{cut, hint},
};
use model::Shape;
use serde_json::Value as Json;

use super::points::{self, Bucket};
use crate::domain::exchange::columns::Labels;

/// A question to a list, as it was written.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Dimensions, those of days with what they are put together to (`due_on:month`).
    pub group_by: Vec<String>,
    /// Measures: `count`, `late`, or a way and a field (`sum:estimate_days`).
    pub measure: Vec<String>,
    /// Conditions on measures (`count>=3`), all of which a group meets.
    pub having: Vec<String>,
    /// How many groups at most, the first ones in order.
    pub top: Option<i64>,
    /// Columns that the groups are ordered by, a leading minus for descending.
    pub sort: Vec<String>,
    /// IANA name of the zone whose days instants fall into.
    pub time_zone: Option<String>,
    /// The instant whose state is told; none for the present.
    pub as_of: Option<String>,
    /// What is written of codes and references.
    pub labels: Labels,
    /// Where figures are told over time.
    pub over: Option<Spread>,
}

/// Points in time that figures are told of.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    /// What lies between two points: `day`, `month`, `quarter` or `year`.
    pub bucket: Option<String>,
    /// Day in the first bucket.
    pub from: Option<String>,
    /// Day in the last bucket.
    pub to: Option<String>,
}

/// A condition on a measure.
#[derive(Clone, Debug)]
pub(super) struct Having {
    /// Place of the measure.
    pub(super) measure: usize,
    /// What it is compared by.
    pub(super) by: &'static str,
    /// What it is compared with.
    pub(super) value: f64,
}

/// A question that was read.
pub(super) struct Read {
    pub(super) asked: Asked,
    pub(super) having: Vec<Having>,
    pub(super) top: Option<usize>,
    pub(super) sort: Vec<(String, bool)>,
    pub(super) labels: Labels,
    pub(super) buckets: Vec<Bucket>,
}

/// Names are found, and what is wrong with them is gathered.
struct Reading {
    faults: Vec<Violation>,
}

impl Read {
    pub(super) fn of(
        ctx: &Ctx,
        def: &'static KindDef,
        question: &Question,
        given: &[(String, String)],
        faults: Vec<Violation>,
    ) -> Result<Self> {
        let mut reading = Reading { faults };
        let filters = Narrowing::read(def, given, &mut reading.faults);
        let zone = reading.zone(question.time_zone.as_deref());
        let measures = reading.measures(def, &question.measure);
        let mut by = reading.groupings(def, &question.group_by, question.over.is_some());
        by.extend(currencies(def, &measures, &by));
        let (times, buckets) = match &question.over {
            Some(spread) => reading.spread(ctx, spread, zone),
            None => (reading.as_of(ctx, question.as_of.as_deref()), Vec::new()),
        };
        let having = reading.having(&measures, &question.having);
        let top = reading.top(question.top);
        let sort =
            question.sort.iter().filter(|key| !key.is_empty()).map(|key| match key.strip_prefix('-') {
                Some(key) => (key.to_owned(), true),
                None => (key.clone(), false),
            });
        let sort = sort.collect();
        let asked = Asked { def, by, measures, filters, zone, times };
        let read = Self { asked, having, top, sort, labels: question.labels, buckets };
        let columns: Vec<String> =
            super::told::columns(&read).into_iter().map(|column| column.name).collect();
        for (key, _) in &read.sort {
            if !columns.contains(key) {
                reading.unknown("sort", key, "column of these figures", columns.iter().map(String::as_str));
            }
        }
        if reading.faults.is_empty() { Ok(read) } else { Err(Error::BadRequest(reading.faults)) }
    }
}

/// Amounts of money are told for each currency.
fn currencies(def: &'static KindDef, measures: &[Measure], by: &[Grouping]) -> Vec<Grouping> {
    let mut all = Vec::new();
    for name in measures.iter().filter_map(Measure::currency) {
        let Some(column) = def.column(&name).map(|column| column.name) else { continue };
        let of = Dimension { name: column, doc: "Currency of the amounts (ISO 4217).", by: By::Text(column) };
        let new = Grouping { of, step: Step::Day };
        if !by.contains(&new) && !all.contains(&new) {
            all.push(new);
        }
    }
    all
}

impl Reading {
    fn fault(&mut self, at: &str, code: Code, text: String) {
        self.faults.push(Violation::new(format!("?{at}"), code, text));
    }

    fn unknown<'a>(
        &mut self,
        at: &str,
        name: &str,
        what: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) {
        let shown = cut(&Json::from(name));
        let near = hint(name, known.clone());
        let all: Vec<&str> = known.collect();
        let text = format!("{shown} is no {what}; there are {}{near}", all.join(", "));
        self.fault(at, Code::NotInList, text);
    }

    fn zone(&mut self, name: Option<&str>) -> Tz {
        let Some(name) = name.filter(|name| !name.is_empty()) else { return Tz::UTC };
        name.parse().unwrap_or_else(|_| {
            let shown = cut(&Json::from(name));
            self.fault("time_zone", Code::BadFormat, format!("{shown} is no zone of the IANA list"));
            Tz::UTC
        })
    }

    fn groupings(&mut self, def: &'static KindDef, names: &[String], is_over_time: bool) -> Vec<Grouping> {
        let offered = dimensions(def);
        if names.is_empty() && is_over_time {
            let state = def.lifecycle.map(|cycle| cycle.state);
            let of = offered
                .into_iter()
                .find(|one| matches!(one.by, By::Code(column, _) if Some(column) == state));
            return of.map(|of| Grouping { of, step: Step::Day }).into_iter().collect();
        }
        if names.len() > MOST_DIMENSIONS {
            self.fault("group_by", Code::OutOfRange, format!("at most {MOST_DIMENSIONS} dimensions"));
        }
        let mut all: Vec<Grouping> = Vec::new();
        for name in names.iter().take(MOST_DIMENSIONS) {
            let (field, step) =
                name.split_once(':').map_or((name.as_str(), None), |(field, step)| (field, Some(step)));
            let Some(of) = offered.iter().find(|one| one.name == field) else {
                self.unknown("group_by", field, "dimension of this list", offered.iter().map(|one| one.name));
                continue;
            };
            let step = match step {
                Some(step) if of.has_steps() => self.step("group_by", step),
                Some(_) => {
                    self.fault(
                        "group_by",
                        Code::BadFormat,
                        format!("`{field}` has no days to put together: leave out what follows the colon"),
                    );
                    continue;
                }
                None => Step::Day,
            };
            if all.iter().any(|one| one.of.name == of.name) {
                self.fault("group_by", Code::DuplicateMember, format!("`{field}` is there twice"));
                continue;
            }
            all.push(Grouping { of: *of, step });
        }
        all
    }

    fn step(&mut self, at: &str, name: &str) -> Step {
        let known = Step::ALL.into_iter().find(|(known, _)| *known == name);
        if known.is_none() {
            self.unknown(at, name, "step", Step::ALL.iter().map(|(name, _)| *name));
        }
        known.map_or(Step::Day, |(_, step)| step)
    }

    fn measures(&mut self, def: &'static KindDef, names: &[String]) -> Vec<Measure> {
        if names.is_empty() {
            return vec![Measure::Count];
        }
        let offered = measures(def);
        if names.len() > MOST_MEASURES {
            self.fault("measure", Code::OutOfRange, format!("at most {MOST_MEASURES} measures"));
        }
        let mut all = Vec::new();
        for name in names.iter().take(MOST_MEASURES) {
            match offered.iter().find(|one| one.name() == *name) {
                Some(found) if all.contains(found) => {
                    self.fault("measure", Code::DuplicateMember, format!("`{name}` is there twice"));
                }
                Some(found) => all.push(found.clone()),
                None => {
                    let known: Vec<String> = offered.iter().map(Measure::name).collect();
                    self.unknown("measure", name, "measure of this list", known.iter().map(String::as_str));
                }
            }
        }
        all
    }

    fn having(&mut self, measures: &[Measure], conditions: &[String]) -> Vec<Having> {
        let mut all = Vec::new();
        for text in conditions.iter().filter(|text| !text.is_empty()) {
            let split =
                [">=", "<=", ">", "<", "="].into_iter().find_map(|by| Some((by, text.split_once(by)?)));
            let read = split
                .and_then(|(by, (name, value))| Some((by, name.trim(), value.trim().parse::<f64>().ok()?)));
            let Some((by, name, value)) = read.filter(|(.., value)| value.is_finite()) else {
                let shown = cut(&Json::from(text.as_str()));
                self.fault(
                    "having",
                    Code::BadFormat,
                    format!("{shown} is not a measure, one of >= <= > < =, and a number, such as `count>=3`"),
                );
                continue;
            };
            let is_number =
                |one: &Measure| !matches!(one, Measure::Of(_, field) if field.shape == Shape::Date);
            let found = measures.iter().position(|one| one.name() == name && is_number(one));
            all.extend(found.map(|measure| Having { measure, by, value }));
            if found.is_none() {
                let known: Vec<String> =
                    measures.iter().filter(|one| is_number(one)).map(Measure::name).collect();
                let what = "number among the measures asked for";
                self.unknown("having", name, what, known.iter().map(String::as_str));
            }
        }
        all
    }

    fn top(&mut self, top: Option<i64>) -> Option<usize> {
        let top = top?;
        let read = usize::try_from(top).ok().filter(|top| (1..=MOST_GROUPS).contains(top));
        if read.is_none() {
            self.fault("top", Code::OutOfRange, format!("`top` is from 1 to {MOST_GROUPS}"));
        }
        read
    }

    fn as_of(&mut self, ctx: &Ctx, text: Option<&str>) -> Vec<DateTime<Utc>> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Vec::new() };
        let Some(at) = dates::instant(text) else {
            let shown = cut(&Json::from(text));
            self.fault("as_of", Code::BadFormat, format!("{shown} is not {}", dates::INSTANT));
            return Vec::new();
        };
        if at > ctx.clock.now() {
            self.fault("as_of", Code::OutOfRange, "nothing is known of the future".to_owned());
        }
        vec![at]
    }

    fn spread(&mut self, ctx: &Ctx, spread: &Spread, zone: Tz) -> (Vec<DateTime<Utc>>, Vec<Bucket>) {
        let step = spread.bucket.as_deref().map_or(Step::Month, |name| self.step("bucket", name));
        let from = self.day("from", spread.from.as_deref());
        let to = self.day("to", spread.to.as_deref());
        match points::buckets(ctx.clock.now(), (from, to), step, zone) {
            Ok(buckets) => (buckets.iter().map(|one| one.end).collect(), buckets),
            Err(fault) => {
                self.faults.push(fault);
                (vec![ctx.clock.now()], Vec::new())
            }
        }
    }

    fn day(&mut self, at: &str, text: Option<&str>) -> Option<NaiveDate> {
        let text = text.filter(|text| !text.is_empty())?;
        let day = dates::day(text);
        if day.is_none() {
            let shown = cut(&Json::from(text));
            self.fault(at, Code::BadFormat, format!("{shown} is not {}", dates::DAY));
        }
        day
    }
}
