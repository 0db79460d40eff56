//! The rows of a table that are asked for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{
    Code, Ctx, Error, KindDef, Result,
    filter::Narrowing,
    page::{Page, SortKey},
    render::{Known, Renderer},
    row::Row as Record,
    store,
};

use super::{Column, Row, Source, Table, Test, held};
use crate::domain::exchange::{
    columns::{Cell, Columns, Kept, look_along},
    export::Listed,
};

/// Which rows are asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What they meet.
    pub test: Option<Test>,
    /// Regions of which their countries are members now.
    pub regions: Vec<String>,
    /// Columns that they are ordered by, by their places, and whether the greatest comes first.
    pub sort: Vec<(usize, bool)>,
    /// How many at most.
    pub limit: usize,
    /// How many are passed over.
    pub skip: usize,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// Whether all are counted.
    pub is_counted: bool,
}

/// Rows that were found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The rows.
    pub rows: Vec<Row>,
    /// Where the next page begins; none where there is none.
    pub next: Option<String>,
    /// How many there are on all pages, if asked.
    pub total: Option<u64>,
}

/// A part of the rows, with how they are taken: what files are made of.
pub type Taken = (Listed, Columns);

impl Asked {
    /// What of the records of a kind is asked for.
    fn narrowing(&self, columns: &Columns, table: &Table) -> Result<Narrowing> {
        let def = columns.def;
        let given: Vec<_> = self.regions.iter().map(|code| ("region".to_owned(), code.clone())).collect();
        let mut faults = Vec::new();
        let filters = Narrowing::read(def, &given, &mut faults);
        if !faults.is_empty() {
            return Err(Error::BadRequest(faults));
        }
        let predicate = match &self.test {
            None => None,
            Some(test) => Some(test.predicate(columns).ok_or_else(|| {
                let name = test.unfit(table).unwrap_or_default();
                Error::bad_request("?", Code::RuleBroken, format!("rows are not narrowed by `{name}`"))
            })?),
        };
        Ok(filters.and(predicate))
    }

    /// The lists that the rows are read from, one after the other.
    ///
    /// # Errors
    /// `BadRequest` for a column that no filter compares.
    pub fn taken(&self, table: &Table) -> Result<Vec<Taken>> {
        let Source::Kinds(parts) = &table.source else { return Ok(Vec::new()) };
        let one = |columns: &Columns| {
            let filters = self.narrowing(columns, table)?;
            let sort = sort_keys(columns, &self.sort);
            Ok((Listed { def: columns.def, filters, sort }, columns.clone()))
        };
        parts.iter().map(one).collect()
    }
}

fn sort_keys(columns: &Columns, sort: &[(usize, bool)]) -> Vec<SortKey> {
    let key = |(at, descending): &(usize, bool)| {
        let column = columns.all.get(*at)?.order(columns.def)?;
        Some(SortKey { column, descending: *descending })
    };
    // The id follows always, and nothing matters behind it.
    sort.iter().filter_map(key).take_while(|key| key.column != "id" || key.descending).collect()
}

fn bad_cursor() -> Error {
    let text = "the cursor was not made for these rows; begin without one";
    Error::bad_request("?after", Code::CursorInvalid, text)
}

fn written(place: usize, text: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{place} {text}"))
}

fn read(cursor: &str) -> Option<(usize, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (place, text) = text.split_once(' ')?;
    Some((place.parse().ok()?, text.to_owned()))
}

/// The rows that are asked for.
///
/// # Errors
/// `BadRequest` for a cursor that was made for other rows, and for a column that no filter compares.
pub async fn find(ctx: &Ctx, table: &Table, asked: &Asked) -> Result<Found> {
    let from = asked.cursor.as_deref().map(|cursor| read(cursor).ok_or_else(bad_cursor)).transpose()?;
    match &table.source {
        Source::Made(make) => {
            let rows = held::narrowed(make(ctx).await?, table, asked);
            let total = asked.is_counted.then(|| u64::try_from(rows.len()).unwrap_or_default());
            Ok(Found { total, ..page(rows, asked, from)? })
        }
        Source::Kinds(_) => listed(ctx, asked, asked.taken(table)?, from).await,
    }
}

/// How many rows there are.
///
/// # Errors
/// As [`find`].
pub async fn count(ctx: &Ctx, table: &Table, asked: &Asked) -> Result<u64> {
    let asked =
        Asked { limit: 0, is_counted: true, skip: 0, cursor: None, sort: Vec::new(), ..asked.clone() };
    Ok(find(ctx, table, &asked).await?.total.unwrap_or_default())
}

/// A page of rows that are there.
fn page(rows: Vec<Row>, asked: &Asked, from: Option<(usize, String)>) -> Result<Found> {
    let key = |row: &Row| row.first().map(text).unwrap_or_default();
    let start = match from {
        None => asked.skip,
        Some((_, last)) => rows.iter().position(|row| key(row) == last).ok_or_else(bad_cursor)? + 1,
    };
    let left = rows.len().saturating_sub(start);
    let rows: Vec<Row> = rows.into_iter().skip(start).take(asked.limit).collect();
    let next = rows.last().filter(|_| left > asked.limit).map(|row| written(0, &key(row)));
    Ok(Found { rows, next, total: None })
}

/// A cell as a text.
pub(super) fn text(cell: &Cell<'_>) -> String {
    let mut bytes = Vec::new();
    cell.write(&mut bytes);
    String::from_utf8(bytes).unwrap_or_default()
}

/// A page of the lists, one after the other.
async fn listed(ctx: &Ctx, asked: &Asked, parts: Vec<Taken>, from: Option<(usize, String)>) -> Result<Found> {
    let mut found = Found::default();
    let (first, mut cursor) = match from {
        Some((place, cursor)) if place < parts.len() => (place, Some(cursor).filter(|text| !text.is_empty())),
        Some(_) => return Err(bad_cursor()),
        None => (0, None),
    };
    let mut skip = asked.skip;
    let is_counted = asked.is_counted || (skip > 0 && parts.len() > 1);
    let (mut total, mut looked_up) = (0_u64, (Known::default(), Kept::new()));
    let last = parts.len().saturating_sub(1);
    for (place, (listed, columns)) in parts.into_iter().enumerate() {
        let left = asked.limit.saturating_sub(found.rows.len());
        let is_read = place >= first && found.next.is_none() && left > 0;
        if !is_read && !is_counted {
            continue;
        }
        let limit = if is_read { left } else { 1 };
        let page = Page {
            limit,
            cursor: cursor.take().filter(|_| is_read),
            sort: listed.sort.clone(),
            skip,
            total: is_counted,
            ..Page::default()
        };
        let wanted = store::Wanted { def: listed.def, columns: columns.read() };
        let slice = store::list(ctx, wanted, &listed.filters, &page).await?;
        total = total.saturating_add(slice.total.unwrap_or_default());
        if !is_read {
            continue;
        }
        let passed = slice.total.and_then(|total| usize::try_from(total).ok()).unwrap_or(skip);
        skip = skip.saturating_sub(passed);
        let next = slice.rows.last().filter(|_| slice.has_more).map(|row| page.cursor_at(ctx, row));
        let rows = cells(ctx, (listed.def, &columns), &slice.rows, &mut looked_up).await?;
        found.rows.extend(rows);
        found.next = match next {
            Some(cursor) => Some(written(place, &cursor)),
            None if found.rows.len() >= asked.limit && place < last => Some(written(place + 1, "")),
            None => None,
        };
    }
    found.total = asked.is_counted.then_some(total);
    Ok(found)
}

/// The cells of records.
async fn cells(
    ctx: &Ctx,
    (def, columns): (&'static KindDef, &Columns),
    rows: &[Record],
    (known, kept): &mut (Known, Kept),
) -> Result<Vec<Row>> {
    let mut renderer = Renderer::onward(ctx, (def, rows), &ctx.locale, known).await?;
    look_along(ctx, columns, rows, (&mut renderer, kept)).await?;
    let row = |row| columns.all.iter().map(|column| column.cell(&renderer, row).into_owned()).collect();
    Ok(rows.iter().map(row).collect())
}

/// The place of a column in a table, for a parameter that names it.
///
/// # Errors
/// What to tell whoever named it.
pub fn place<'a>(table: &'a Table, name: &str) -> std::result::Result<(usize, &'a Column), String> {
    let found = table.columns.iter().enumerate().find(|(_, column)| column.name == name);
    found.ok_or_else(|| {
        let near = kernel::input::hint(name, table.columns.iter().map(|column| column.name.as_str()));
        format!("{} is no column of {}{near}", kernel::input::cut(&name.into()), table.name)
    })
}
