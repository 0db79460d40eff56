//! Figures as a table: keys with their labels, measures in the units of their fields.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use kernel::{
    Ctx, Error, Result, decimal,
    figures::{Amount, By, Figures, Group, Grouping, Key, Measure},
    render::{Detail, Renderer},
    scalar::{Money, Ref},
    store,
};
use model::{Shape, VocabularyDef};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    DefinitionEdition, FigureColumn,
    asked::{Having, Read},
    edition,
};
use crate::domain::{
    KINDS, exchange::columns::Labels, plans::document::words::Speech, vocabularies::list_name,
};

/// The name of the column with the buckets of a series.
const BUCKET: &str = "bucket";

/// The columns of figures.
pub(super) fn columns(read: &Read) -> Vec<FigureColumn> {
    let column = |name: String, role: &str| FigureColumn { name, role: role.to_owned() };
    let bucket = (!read.buckets.is_empty()).then(|| column(BUCKET.to_owned(), "key"));
    let mut all: Vec<FigureColumn> = bucket.into_iter().collect();
    for Grouping { of, .. } in &read.asked.by {
        all.push(column(of.name.to_owned(), "key"));
        if read.labels == Labels::Both && has_label(of.by) {
            all.push(column(format!("{}_label", of.name), "label"));
        }
    }
    all.extend(read.asked.measures.iter().map(|measure| column(measure.column(), "measure")));
    all
}

const fn has_label(by: By) -> bool {
    !matches!(by, By::Truth(_) | By::Holds(..) | By::Number(_) | By::Text(_) | By::Day(_) | By::Instant(_))
}

const fn list_of(by: By) -> Option<&'static VocabularyDef> {
    match by {
        By::Code(_, list) | By::Codes(_, list) | By::Mask(_, list) => Some(list),
        _ => None,
    }
}

/// The editions of the closed lists that are told.
pub(super) fn editions(read: &Read) -> Vec<DefinitionEdition> {
    let lists: BTreeSet<String> =
        read.asked.by.iter().filter_map(|one| list_of(one.of.by)).map(list_name).collect();
    lists.into_iter().map(edition).collect()
}

/// What the records that keys name are called.
#[derive(Default)]
struct Names {
    by_id: HashMap<Uuid, Ref>,
    by_code: HashMap<(&'static str, String), Option<String>>,
}

impl Names {
    /// Looks up what is called by name: a statement for each kind.
    async fn of(ctx: &Ctx, read: &Read, groups: &[Group]) -> Result<Self> {
        let mut ids: BTreeMap<&str, BTreeSet<Uuid>> = BTreeMap::new();
        let mut codes: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        let first = usize::from(!read.asked.times.is_empty());
        for (at, grouping) in (first..).zip(&read.asked.by) {
            let keys = || groups.iter().filter_map(|group| group.keys.get(at));
            match grouping.of.by {
                By::Ref(_, kind) | By::Refs(_, kind) => {
                    ids.entry(kind).or_default().extend(keys().filter_map(|key| match key {
                        Key::Record(id) => Some(*id),
                        _ => None,
                    }));
                }
                _ => {
                    let named = keys().filter_map(|key| coded(grouping.of.by, key));
                    for (kind, code) in named {
                        codes.entry(kind).or_default().insert(code.to_owned());
                    }
                }
            }
        }
        let mut names = Self::default();
        for (kind, ids) in ids {
            let Some(def) = KINDS.get(kind) else { continue };
            let found = store::by_ids(ctx, def, &ids).await?;
            let rows: Vec<_> = found.into_values().collect();
            let renderer = Renderer::on(ctx, def, &rows, Detail::List).await?;
            names.by_id.extend(rows.iter().map(|row| (row.id(), renderer.named(row))));
        }
        for (kind, codes) in codes {
            let Some((def, column)) = KINDS.get(kind).and_then(|def| Some((def, def.code?))) else {
                continue;
            };
            let most = u64::try_from(codes.len()).unwrap_or(u64::MAX);
            let is_one = Cond::all().add(def.col(column).is_in(codes));
            let rows = store::seen(ctx, def, is_one, most).await?;
            let renderer = Renderer::on(ctx, def, &rows, Detail::List).await?;
            let called = rows.iter().map(|row| renderer.named(row));
            names.by_code.extend(called.filter_map(|of| Some(((def.name, of.code?), of.name))));
        }
        Ok(names)
    }

    fn called(&self, by: By, key: &Key) -> Option<String> {
        let (kind, code) = coded(by, key)?;
        self.by_code.get(&(kind, code.to_owned())).cloned().flatten()
    }
}

/// The kind and the code of what is called by its code.
fn coded(by: By, key: &Key) -> Option<(&'static str, &str)> {
    let Key::Text(text) = key else { return None };
    match by {
        By::Country => Some(("country", text)),
        By::Region => Some(("region", text)),
        By::Owner => match text.split_once(':') {
            Some(("region", code)) => Some(("region", code)),
            Some(("org", code)) => Some(("organisation", code)),
            Some(_) => None,
            None => Some(("country", text)),
        },
        _ => None,
    }
}

/// The rows of the table, in order.
pub(super) async fn table(
    ctx: &Ctx,
    read: &Read,
    figures: Figures,
) -> Result<(Vec<FigureColumn>, Vec<Map<String, Json>>)> {
    let columns = columns(read);
    let names = Names::of(ctx, read, &figures.groups).await?;
    let speech = Speech::of(&ctx.locale, &[]);
    let rows = figures.groups.iter().map(|group| row(read, (&names, &speech), group));
    let mut rows = rows.collect::<Result<Vec<_>>>()?;
    if rows.is_empty() && read.asked.by.is_empty() && read.buckets.is_empty() {
        rows.push(nothing(read));
    }
    let measures: Vec<String> = read.asked.measures.iter().map(Measure::column).collect();
    rows.retain(|row| read.having.iter().all(|one| meets(one, &measures, row)));
    let mut sort = read.sort.clone();
    if sort.is_empty() && read.top.is_some() {
        sort.extend(measures.first().map(|measure| (measure.clone(), true)));
    }
    let keys =
        columns.iter().filter(|column| column.role == "key").map(|column| (column.name.clone(), false));
    sort.extend(keys);
    rows.sort_by(|one, other| order(&sort, one, other));
    rows.truncate(read.top.unwrap_or(usize::MAX));
    Ok((columns, rows))
}

/// What is told where no record counts.
fn nothing(read: &Read) -> Map<String, Json> {
    let told = |measure: &Measure| match measure {
        Measure::Count | Measure::Late(_) => Json::from(0),
        Measure::Of(..) => Json::Null,
    };
    read.asked.measures.iter().map(|measure| (measure.column(), told(measure))).collect()
}

fn row(read: &Read, (names, speech): (&Names, &Speech), group: &Group) -> Result<Map<String, Json>> {
    let mut row = Map::new();
    let mut keys = group.keys.iter();
    if !read.asked.times.is_empty() {
        let place = keys.next().and_then(|key| match key {
            Key::Number(place) => usize::try_from(*place).ok(),
            _ => None,
        });
        if let Some(bucket) = place.and_then(|place| read.buckets.get(place)) {
            row.insert(BUCKET.to_owned(), bucket.name.clone().into());
        }
    }
    let mut currency = None;
    for (grouping, key) in read.asked.by.iter().zip(keys) {
        let (of, by) = (grouping.of.name, grouping.of.by);
        let code = match key {
            Key::None => Json::Null,
            Key::Truth(truth) => Json::from(*truth),
            Key::Number(number) => Json::from(*number),
            Key::Text(text) => Json::from(text.as_str()),
            Key::Record(id) => {
                let code = names.by_id.get(id).and_then(|of| of.code.clone());
                Json::from(code.unwrap_or_else(|| id.to_string()))
            }
        };
        let label = || match (key, list_of(by)) {
            (Key::Text(code), Some(list)) => Some(speech.label(&list_name(list), code).label),
            (Key::Record(id), _) => names.by_id.get(id).and_then(|of| of.name.clone()),
            _ => names.called(by, key),
        };
        if of.ends_with("_currency") {
            currency = code.as_str().map(str::to_owned);
        }
        let shown = if read.labels == Labels::Labels && has_label(by) {
            label().map_or(code, Json::from)
        } else {
            if read.labels == Labels::Both && has_label(by) {
                row.insert(format!("{of}_label"), label().into());
            }
            code
        };
        row.insert(of.to_owned(), shown);
    }
    for (measure, amount) in read.asked.measures.iter().zip(&group.amounts) {
        row.insert(measure.column(), told(measure, amount, currency.as_deref())?);
    }
    Ok(row)
}

/// What a measure comes to, in the unit of its field.
fn told(measure: &Measure, amount: &Amount, currency: Option<&str>) -> Result<Json> {
    let whole = |number: i128| -> Result<Json> {
        Ok(match measure {
            Measure::Of(_, field) if field.shape == Shape::Decimal => decimal::written(number).into(),
            Measure::Of(_, field) if field.shape == Shape::Money => {
                Money::from_minor(number, currency.unwrap_or_default()).amount.into()
            }
            // Of whole numbers of 32 bits the sum has no more than 64.
            _ => i64::try_from(number).map_err(|_| Error::Internal("a sum is too great".into()))?.into(),
        })
    };
    Ok(match amount {
        Amount::Count(count) => (*count).into(),
        Amount::Sum(number) | Amount::Number(_, number) => number.map(whole).transpose()?.into(),
        Amount::Day(_, day) => day.clone().into(),
        Amount::Mean(_, 0) => Json::Null,
        Amount::Mean(sum, of) => {
            let unit = match measure {
                Measure::Of(_, field) if field.shape == Shape::Decimal => 1_000_000,
                Measure::Of(_, field) if field.shape == Shape::Money => {
                    10_i128.pow(Money::decimals(currency.unwrap_or_default()))
                }
                _ => 1,
            };
            let by = i128::from(*of).saturating_mul(unit);
            let millionths =
                sum.saturating_mul(2_000_000).saturating_add(by).div_euclid(by.saturating_mul(2));
            decimal::written(millionths).parse::<f64>().map_or(Json::Null, Json::from)
        }
    })
}

/// A number, however it is told.
fn number(value: Option<&Json>) -> Option<f64> {
    let value = value?;
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn meets(having: &Having, measures: &[String], row: &Map<String, Json>) -> bool {
    let Some(told) = measures.get(having.measure).and_then(|name| number(row.get(name))) else {
        return false;
    };
    match (told.total_cmp(&having.value), having.by) {
        (Ordering::Equal, by) => by.contains('='),
        (Ordering::Less, by) => by.starts_with('<'),
        (Ordering::Greater, by) => by.starts_with('>'),
    }
}

/// The order of two rows: nothing comes last.
fn order(sort: &[(String, bool)], one: &Map<String, Json>, other: &Map<String, Json>) -> Ordering {
    let keys = sort.iter().map(|(name, is_down)| {
        let (one, other) = (
            one.get(name).filter(|value| !value.is_null()),
            other.get(name).filter(|value| !value.is_null()),
        );
        match (one, other) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(one), Some(other)) => {
                let order = match (number(Some(one)), number(Some(other))) {
                    (Some(one), Some(other)) => one.total_cmp(&other),
                    _ => one.to_string().cmp(&other.to_string()),
                };
                if *is_down { order.reverse() } else { order }
            }
        }
    });
    keys.fold(Ordering::Equal, Ordering::then)
}
