//! Which rows a document is made of, besides those of the plan's edition.

use kernel::{
    Ctx, KindDef, Result,
    filter::Narrowing,
    page::{Page, SortKey},
    row::Row,
    store,
};
/// Rows of one statement: a plan of a thousand actions is read in a handful of statements.
const ROWS: usize = 1_000;

/// Every visible row of a kind that passes the filters, in the order of a column.
pub(crate) async fn every(
    ctx: &Ctx,
    def: &'static KindDef,
    narrowing: &Narrowing,
    order: &'static str,
) -> Result<Vec<Row>> {
    let sort = vec![SortKey { column: order, descending: false }];
    let mut page = Page { sort, ..Page::first(ROWS) };
    let mut rows = Vec::new();
    loop {
        let slice = store::list(ctx, store::Wanted::shown(def), narrowing, &page).await?;
        page.cursor = slice.rows.last().map(|row| page.cursor_at(ctx, row));
        rows.extend(slice.rows);
        if !slice.has_more {
            return Ok(rows);
        }
    }
}
