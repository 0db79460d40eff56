//! Entities as they are answered.

use std::collections::BTreeMap;

use kernel::{Ctx, Error};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    filter::property,
    options::{Expanded, Given, Options, PAGE},
    sets::Set,
};
use crate::{
    domain::{
        exchange::columns::Cell,
        flat::{Asked, Found, Row, Table, Test, count, find, sort},
    },
    rest::problem::Problem,
};

/// Where the service lies, and how much of the protocol's own members is told.
pub(super) struct Frame {
    /// The address of the service document.
    pub(super) root: String,
    /// Whether the address of the metadata is told.
    pub(super) has_context: bool,
}

impl Frame {
    fn context(&self, end: &str) -> Option<(String, Json)> {
        let context = format!("{}/$metadata{end}", self.root);
        self.has_context.then(|| ("@odata.context".to_owned(), context.into()))
    }
}

/// A page of a set.
pub(super) async fn entities(ctx: &Ctx, set: &Set, given: &Given, frame: &Frame) -> Result<Json, Problem> {
    let options = Options::read(&set.table, given)?;
    let shown = options.apply.as_ref().map_or(&set.table, |applied| &applied.table);
    let limit = options.top.map_or(PAGE, |top| top.min(PAGE));
    let found = page(ctx, set, &options, limit).await?;
    let mut rows: Vec<Map<String, Json>> =
        found.rows.iter().map(|row| object(shown, row, &options.select)).collect();
    for way in &options.expand {
        expand(ctx, set, way, (&found.rows, &mut rows)).await?;
    }
    let mut answer: Map<String, Json> =
        frame.context(&format!("#{}", context_of(set, given, &options))).into_iter().collect();
    if let Some(total) = found.total.filter(|_| options.is_counted) {
        answer.insert("@odata.count".into(), total.into());
    }
    let left = options.top.map(|top| top.saturating_sub(rows.len()));
    if let Some(next) = found.next.filter(|_| left != Some(0)) {
        let pairs = given.going_on(&next, left);
        let query = serde_html_form::to_string(&pairs).unwrap_or_default();
        answer.insert("@odata.nextLink".into(), format!("{}/{}?{query}", frame.root, set.name).into());
    }
    answer.insert("value".into(), rows.into_iter().map(Json::Object).collect());
    Ok(Json::Object(answer))
}

/// What of a set is told, as the address of the metadata says it.
fn context_of(set: &Set, given: &Given, options: &Options) -> String {
    let mut told: Vec<String> = Vec::new();
    match &options.apply {
        Some(applied) => told.extend(applied.table.columns.iter().map(|column| column.name.clone())),
        None if given.get("$select").is_some() => {
            let names = options.select.iter().filter_map(|at| set.table.columns.get(*at));
            told.extend(names.map(|column| column.name.clone()));
        }
        None => {}
    }
    told.extend(options.expand.iter().map(|way| {
        let inner = way.select.as_ref().map(|names| names.join(",")).unwrap_or_default();
        format!("{}({inner})", way.name)
    }));
    if told.is_empty() { set.name.clone() } else { format!("{}({})", set.name, told.join(",")) }
}

async fn page(ctx: &Ctx, set: &Set, options: &Options, limit: usize) -> Result<Found, Problem> {
    if let Some(applied) = &options.apply {
        let mut rows = applied.rows(ctx, &set.table).await?;
        rows.retain(|row| options.filter.as_ref().is_none_or(|test| test.holds(row)));
        sort(&mut rows, &options.order);
        let total = u64::try_from(rows.len()).ok();
        let skip = match &options.token {
            None => options.skip,
            Some(token) => token.parse().map_err(|_| bad_token())?,
        };
        let end = skip.saturating_add(limit);
        let next = (end < rows.len()).then(|| end.to_string());
        let rows = rows.into_iter().skip(skip).take(limit).collect();
        return Ok(Found { rows, next, total });
    }
    let asked = Asked {
        test: options.filter.clone(),
        sort: options.order.clone(),
        limit,
        skip: options.skip,
        cursor: options.token.clone(),
        is_counted: options.is_counted,
        ..Asked::default()
    };
    Ok(find(ctx, &set.table, &asked).await?)
}

fn bad_token() -> Error {
    Error::bad_request(
        "?$skiptoken",
        kernel::Code::CursorInvalid,
        "the token was not made for these rows; begin without one",
    )
}

/// How many entities there are.
pub(super) async fn counted(ctx: &Ctx, set: &Set, given: &Given) -> Result<u64, Problem> {
    let options = Options::read(&set.table, given)?;
    if options.apply.is_some() {
        let found = page(ctx, set, &options, usize::MAX).await?;
        return Ok(found.total.unwrap_or_default());
    }
    let asked = Asked { test: options.filter, ..Asked::default() };
    Ok(count(ctx, &set.table, &asked).await?)
}

/// One entity, by its key.
pub(super) async fn entity(
    ctx: &Ctx,
    set: &Set,
    key: Cell<'static>,
    (given, frame): (&Given, &Frame),
) -> Result<Json, Problem> {
    let options = Options::read(&set.table, given)?;
    let is_it = Test::In(0, vec![key]);
    let found = find(ctx, &set.table, &Asked { test: Some(is_it), limit: 1, ..Asked::default() }).await?;
    let row = found.rows.first().ok_or(Error::NotFound)?;
    let mut shown = vec![object(&set.table, row, &options.select)];
    for way in &options.expand {
        expand(ctx, set, way, (&found.rows, &mut shown)).await?;
    }
    let context = frame.context(&format!("#{}/$entity", context_of(set, given, &options)));
    Ok(Json::Object(context.into_iter().chain(shown.into_iter().flatten()).collect()))
}

fn object(table: &Table, row: &Row, select: &[usize]) -> Map<String, Json> {
    let cell = |at: &usize| Some((table.columns.get(*at)?.name.clone(), row.get(*at)?.json()));
    select.iter().filter_map(cell).collect()
}

/// Puts the entities that a way leads to into those that it leads from.
async fn expand(
    ctx: &Ctx,
    set: &Set,
    way: &Expanded,
    (rows, into): (&[Row], &mut [Map<String, Json>]),
) -> Result<(), Problem> {
    let target = set.table.columns.get(way.at).and_then(|column| column.target).ok_or(Error::NotFound)?;
    let table = Table::of_kind(ctx, target);
    let select = match &way.select {
        None => (0..table.columns.len()).collect(),
        Some(names) => {
            let found = names.iter().map(|name| property(&table, "$expand", name).map(|(at, _)| at));
            found.collect::<Result<Vec<usize>, _>>()?
        }
    };
    let id = |row: &Row| match row.get(way.at) {
        Some(Cell::Id(id)) => Some(*id),
        _ => None,
    };
    let mut ids: Vec<Uuid> = rows.iter().filter_map(id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found: BTreeMap<Uuid, Json> = BTreeMap::new();
    if !ids.is_empty() {
        let limit = ids.len();
        let at = table.at("id").ok_or(Error::NotFound)?;
        let test = Test::In(at, ids.into_iter().map(Cell::Id).collect());
        let slice = find(ctx, &table, &Asked { test: Some(test), limit, ..Asked::default() }).await?;
        for row in &slice.rows {
            if let Some(Cell::Id(id)) = row.get(at) {
                found.insert(*id, Json::Object(object(&table, row, &select)));
            }
        }
    }
    for (row, object) in rows.iter().zip(into) {
        let led_to = id(row).and_then(|id| found.get(&id).cloned());
        object.insert(way.name.clone(), led_to.unwrap_or(Json::Null));
    }
    Ok(())
}
