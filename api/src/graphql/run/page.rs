//! Pages: which part of a list is asked for, and what is known of it.

use std::sync::Arc;

use kernel::{
    Code, Ctx, Error, KindDef, Result,
    page::{DEFAULT_FIRST, Page, Slice},
};
use serde_json::{Map, Value as Json};

use super::Source;
use crate::graphql::{
    selection::{Item, Sel, What},
    types::{Does, OfPage},
};

/// A part of a list.
#[derive(Debug)]
pub(super) struct Paged {
    /// The records.
    pub(super) nodes: Vec<Source>,
    /// Where their cursors are from.
    cursors: Cursors,
    /// Whether records follow.
    pub(super) has_next: bool,
    /// Whether records come before.
    pub(super) has_previous: bool,
    /// How many there are altogether, if asked.
    pub(super) total: Option<u64>,
}

/// Where the cursors of a page are from.
#[derive(Debug)]
enum Cursors {
    /// Signed when they are shown.
    Signed(Page),
    /// Known.
    Known(Vec<String>),
}

impl Paged {
    /// A part of the list of a kind.
    pub(super) fn of_rows(slice: Slice, page: &Page) -> Self {
        let nodes = slice.rows.into_iter().map(|row| Source::Row(Arc::new(row))).collect();
        Self::new((nodes, Cursors::Signed(page.clone())), page, slice.has_more, slice.total)
    }

    /// A part of a list of other values with their cursors.
    pub(super) fn of_values(
        all: Vec<(String, Arc<Json>)>,
        page: &Page,
        has_more: bool,
        total: Option<u64>,
    ) -> Self {
        let (cursors, nodes) = all.into_iter().map(|(cursor, value)| (cursor, Source::Json(value))).unzip();
        Self::new((nodes, Cursors::Known(cursors)), page, has_more, total)
    }

    fn new(
        (nodes, cursors): (Vec<Source>, Cursors),
        page: &Page,
        has_more: bool,
        total: Option<u64>,
    ) -> Self {
        let resumed = page.cursor.is_some();
        Self {
            nodes,
            cursors,
            has_next: if page.backwards { resumed } else { has_more },
            has_previous: if page.backwards { has_more } else { resumed },
            total,
        }
    }

    /// The cursor of the record at a place.
    pub(super) fn cursor(&self, ctx: &Ctx, at: usize) -> Option<String> {
        match (&self.cursors, self.nodes.get(at)) {
            (Cursors::Known(all), _) => all.get(at).cloned(),
            (Cursors::Signed(page), Some(Source::Row(row))) => Some(page.cursor_at(ctx, row)),
            _ => None,
        }
    }
}

/// The page that arguments ask for, in the order of these languages.
///
/// # Errors
/// `BadRequest` for sizes outside their range and for both directions at once.
pub(super) fn page(def: &KindDef, item: &Item, languages: &[String]) -> Result<Page> {
    let given = |name: &str| item.arguments.get(name).filter(|value| !value.is_null());
    let backwards = given("last").is_some() || given("before").is_some();
    if backwards && (given("first").is_some() || given("after").is_some()) {
        let text = "a connection is read forwards (`first`, `after`) or backwards (`last`, `before`)";
        return Err(Error::bad_request("?last", Code::BadRequest, text));
    }
    let (size, cursor) = if backwards { ("last", "before") } else { ("first", "after") };
    let limit = match given(size).and_then(Json::as_i64) {
        Some(number) => Page::check_limit(size, number)?,
        None => DEFAULT_FIRST,
    };
    let keys = given("sort").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    let sort = Page::parse_sort(def, &keys.collect::<Vec<_>>().join(","), languages)?;
    let cursor = given(cursor).and_then(Json::as_str).map(str::to_owned);
    Ok(Page { limit, cursor, backwards, sort, total: counted(item), skip: 0 })
}

/// Whether the whole list of a field is counted.
pub(super) fn counted(item: &Item) -> bool {
    item.below.on("").is_some_and(counts)
}

/// Whether the whole list is counted.
fn counts(sel: &Sel) -> bool {
    sel.items.iter().any(|item| match item.what {
        What::Field(field) => matches!(field.does, Does::Page(OfPage::Total)),
        _ => false,
    })
}

/// The filter that is given; empty where there is none.
pub(super) fn filter(item: &Item) -> Map<String, Json> {
    item.arguments.get("filter").and_then(Json::as_object).cloned().unwrap_or_default()
}
