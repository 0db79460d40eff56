//! What is asked of a list: filters with their values.

use std::fmt;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{Accepts, Filter, Predicate};
use crate::{
    dates,
    error::{Code, Error, Result, Violation},
    input::{cut, form, listed},
    record::KindDef,
};

/// The filters that are given, each with its values in wire form, and a condition of the caller's own.
#[derive(Clone, Default)]
pub struct Narrowing {
    given: Vec<(&'static Filter, Vec<String>)>,
    predicate: Option<Predicate>,
}

impl fmt::Debug for Narrowing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.given.iter().map(|(filter, values)| (filter.name, values))).finish()?;
        self.predicate.iter().try_for_each(|predicate| write!(f, " {predicate:?}"))
    }
}

impl PartialEq for Narrowing {
    fn eq(&self, other: &Self) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }
}

impl Narrowing {
    /// Reads the filters of a kind among the parameters of an address; others are left alone.
    pub fn read(def: &'static KindDef, given: &[(String, String)], faults: &mut Vec<Violation>) -> Self {
        let mut found = Vec::new();
        for filter in def.filters.iter().filter(|filter| filter.applies) {
            let values: Vec<String> = given
                .iter()
                .filter(|(name, value)| {
                    // An empty truth value was never given.
                    name == filter.name && !(filter.accepts == Accepts::Bool && value.is_empty())
                })
                .map(|(_, value)| filter.accepts.kept(value))
                .collect();
            if values.len() > 1 && !filter.accepts.is_list() {
                let detail = format!("`{}` is given once", filter.name);
                faults.push(Violation::new(format!("?{}", filter.name), Code::BadFormat, detail));
                continue;
            }
            let wrong = values.iter().filter_map(|value| {
                let why = fault(filter.accepts, value)?;
                let detail = format!("`{}`: {why}", filter.name);
                Some(Violation::new(format!("?{}", filter.name), Code::BadFormat, detail))
            });
            let before = faults.len();
            faults.extend(wrong);
            if !values.is_empty() && faults.len() == before {
                found.push((filter, values));
            }
        }
        Self { given: found, predicate: None }
    }

    /// One filter with one value.
    ///
    /// # Errors
    /// As [`Narrowing::from_json`].
    pub fn of(def: &'static KindDef, name: &str, value: String) -> Result<Self> {
        Self::from_json(def, &Map::from_iter([(name.to_owned(), Json::String(value))]))
    }

    /// Reads filters from a checked input; null and empty lists narrow nothing.
    ///
    /// # Errors
    /// `BadRequest` for a member that is no filter of the kind, and for a value no filter takes.
    pub fn from_json(def: &'static KindDef, input: &Map<String, Json>) -> Result<Self> {
        let (mut found, mut faults) = (Vec::new(), Vec::new());
        for (name, value) in input {
            let Some(filter) = def.filters.iter().find(|filter| filter.name == name) else {
                let detail = format!("`{name}` is no filter of {}", def.collection);
                faults.push(Violation::new(format!("?{name}"), Code::UnknownParameter, detail));
                continue;
            };
            let values: Vec<String> = match value {
                Json::Null => continue,
                Json::Array(items) => items.iter().map(|one| filter.accepts.kept(&text(one))).collect(),
                one => vec![filter.accepts.kept(&text(one))],
            };
            faults.extend(values.iter().filter_map(|value| {
                let why = fault(filter.accepts, value)?;
                Some(Violation::new(format!("?{name}"), Code::BadFormat, format!("`{name}`: {why}")))
            }));
            if !values.is_empty() {
                found.push((filter, values));
            }
        }
        if faults.is_empty() {
            Ok(Self { given: found, predicate: None })
        } else {
            Err(Error::BadRequest(faults))
        }
    }

    /// Narrows further to what a condition says.
    #[must_use]
    pub fn and(mut self, predicate: Option<Predicate>) -> Self {
        self.predicate = match (self.predicate, predicate) {
            (Some(one), Some(other)) => Some(Predicate::All(vec![one, other])),
            (one, other) => one.or(other),
        };
        self
    }

    /// The condition of the caller's own.
    pub(crate) fn predicate(&self) -> Option<&Predicate> {
        self.predicate.as_ref()
    }

    /// The filters with their values.
    pub(crate) fn given(&self) -> &[(&'static Filter, Vec<String>)] {
        &self.given
    }

    /// Puts another value in the place of one.
    pub(crate) fn put(&mut self, filter: usize, value: usize, code: String) {
        if let Some(old) = self.given.get_mut(filter).and_then(|(_, values)| values.get_mut(value)) {
            *old = code;
        }
    }

    /// The values of a filter.
    pub(crate) fn values(&self, name: &str) -> &[String] {
        self.given.iter().find(|(filter, _)| filter.name == name).map_or(&[], |(_, values)| values.as_slice())
    }
}

fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Why a filter does not take a value.
fn fault(accepts: Accepts, value: &str) -> Option<String> {
    let given = Json::from(value);
    let wants = |is_good: bool, form: &str| (!is_good).then(|| format!("{} is not {form}", cut(&given)));
    match accepts {
        Accepts::Texts | Accepts::Words => None,
        Accepts::Ids => wants(value.parse::<Uuid>().is_ok(), &form("uuid")),
        Accepts::Codes(list) => {
            let codes = || list.terms.iter().map(|term| term.code).collect();
            list.rank(value).is_none().then(|| format!("{} is {}", cut(&given), listed(&given, &codes())))
        }
        Accepts::Bool => wants(matches!(value, "true" | "false"), "`true` or `false`"),
        Accepts::Day => wants(dates::day(value).is_some(), dates::DAY),
        Accepts::Instant => wants(dates::instant(value).is_some(), dates::INSTANT),
    }
}
