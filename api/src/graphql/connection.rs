//! Relay connections, both ways.

use std::borrow::Cow;

use async_graphql::{Context, Object, OutputType, SimpleObject, TypeName};
use kernel::{
    Code, Error, Record, Result,
    page::{DEFAULT_FIRST, Page},
};

use super::sort::Sort;

/// Where a connection stands in its list.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct PageInfo {
    /// Whether there are records after the last one here.
    pub has_next_page: bool,
    /// Whether there are records before the first one here.
    pub has_previous_page: bool,
    /// Cursor of the first record.
    pub start_cursor: Option<String>,
    /// Cursor of the last record.
    pub end_cursor: Option<String>,
}

/// One record of a connection.
pub struct Edge<T> {
    cursor: String,
    node: T,
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// One record of a connection, with its cursor.
#[Object(name_type)]
impl<T: OutputType> Edge<T> {
    /// Cursor of the record.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The record.
    async fn node(&self) -> &T {
        &self.node
    }
}

/// A part of a list.
pub struct Connection<T> {
    edges: Vec<Edge<T>>,
    info: PageInfo,
    total: Option<u64>,
}

impl<T> Connection<T> {
    /// Makes a connection of records with their cursors.
    #[must_use]
    pub fn new(records: Vec<(String, T)>, page: &Page, has_more: bool, total: Option<u64>) -> Self {
        let edges: Vec<Edge<T>> = records.into_iter().map(|(cursor, node)| Edge { cursor, node }).collect();
        let resumed = page.cursor.is_some();
        let info = PageInfo {
            has_next_page: if page.backwards { resumed } else { has_more },
            has_previous_page: if page.backwards { has_more } else { resumed },
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Self { edges, info, total }
    }
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

/// A part of a list, with the way to the rest of it.
#[Object(name_type)]
impl<T: OutputType> Connection<T> {
    /// The records with their cursors.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The records.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where the part stands in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.info
    }

    /// How many records there are altogether; counted only when selected.
    async fn total_count(&self) -> Option<i32> {
        self.total.and_then(|total| i32::try_from(total).ok())
    }
}

/// The arguments of a connection.
pub struct Slicing<R> {
    /// How many from the beginning.
    pub first: Option<i32>,
    /// Cursor to go on after.
    pub after: Option<String>,
    /// How many from the end.
    pub last: Option<i32>,
    /// Cursor to stop before.
    pub before: Option<String>,
    /// The order.
    pub sort: Option<Vec<Sort<R>>>,
}

impl<R: Record> Slicing<R> {
    /// The page these arguments ask for.
    ///
    /// # Errors
    /// `BadRequest` for sizes outside their range and for both directions at once.
    pub fn page(self, ctx: &Context<'_>) -> Result<Page> {
        let backwards = self.last.is_some() || self.before.is_some();
        if backwards && (self.first.is_some() || self.after.is_some()) {
            let text = "a connection is read forwards (`first`, `after`) or backwards (`last`, `before`)";
            return Err(Error::bad_request("?last", Code::BadRequest, text));
        }
        let (name, size) = if backwards { ("last", self.last) } else { ("first", self.first) };
        let limit = size.map_or(Ok(DEFAULT_FIRST), |size| Page::check_limit(name, size.into()))?;
        let cursor = if backwards { self.before } else { self.after };
        let sort: Vec<String> = self.sort.iter().flatten().map(Sort::text).collect();
        let sort = Page::parse_sort(R::def(), &sort.join(","))?;
        Ok(Page { limit, cursor, backwards, sort, total: ctx.look_ahead().field("totalCount").exists() })
    }
}
