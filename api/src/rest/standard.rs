//! The standard operations of every kind; `rest_kind!` gives them names and documentation.

use kernel::{
    Ctx, Error, KindDef, Record, Result,
    filter::Where,
    lens::{Detail, Lens},
    record::{Op, OutcomeKind},
    row::Row,
    store,
};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    listing::{Listing, Pages},
    problem::Problem,
    saved::{Address, Listed, Page, PageInfo, Saved},
};
use crate::domain::history::{HistoryEntry, history};

/// Lists records.
pub async fn list<R: Record>(listing: Listing<R>, address: Address) -> Result<Listed<R>, Problem> {
    let Listing { ctx, filter, page } = listing;
    let def = R::def();
    let slice = store::list(&ctx, def, Where::of(def, &ctx, &filter)?, &page).await?;
    let next = slice.rows.last().filter(|_| slice.has_more).map(|row| page.cursor_at(&ctx, row));
    let lens = Lens::on(&ctx, def, &slice.rows, Detail::List).await?;
    let language = language(&lens, &slice.rows);
    let items = lens.views::<R>(slice.rows)?;
    let info = PageInfo { next: next.clone(), limit: page.limit, total: slice.total };
    let next = next.map(|cursor| address.with_cursor(&cursor));
    Ok(Listed { page: Page { items, page: info }, next, language })
}

/// The language of the texts that name these records, where it is one.
fn language(lens: &Lens, rows: &[Row]) -> Option<String> {
    let mut tags = rows.iter().map(|row| lens.language(row));
    let first = tags.next()??;
    tags.all(|tag| tag.as_ref() == Some(&first)).then_some(first)
}

/// The visible record at an address: a code where the kind has one for the whole installation, else an id.
pub async fn find(ctx: &Ctx, def: &'static KindDef, address: &str) -> Result<Row> {
    match address.parse() {
        Ok(id) => store::get(ctx, def, id).await,
        Err(_) if def.code.is_some() && !def.code_per_owner => store::by_code(ctx, def, address).await,
        Err(_) => Err(Error::NotFound),
    }
}

/// The id at an address, for writes: an id as it is, a code looked up.
async fn id_at(ctx: &Ctx, def: &'static KindDef, address: &str) -> Result<Uuid> {
    match address.parse() {
        Ok(id) => Ok(id),
        Err(_) => Ok(find(ctx, def, address).await?.id()),
    }
}

/// Renders one record.
pub async fn saved<R: Record>(ctx: &Ctx, row: Row, is_new: bool) -> Result<Saved<R>, Problem> {
    let def = R::def();
    let address = match def.code {
        Some(code) if !def.code_per_owner => row.text(code).unwrap_or_default().to_owned(),
        _ => row.id().to_string(),
    };
    let location = is_new.then(|| format!("/api/v1/{}/{address}", def.collection));
    let lens = Lens::on(ctx, def, std::slice::from_ref(&row), Detail::Single).await?;
    let language = lens.language(&row);
    let body = R::from_row(row, &lens)?;
    Ok(Saved { version: body.meta().version, body, language, location })
}

/// Reads one record.
pub async fn get<R: Record>(ctx: &Ctx, address: &str) -> Result<Saved<R>, Problem> {
    let row = find(ctx, R::def(), address).await?;
    saved(ctx, row, false).await
}

/// Creates a record.
pub async fn create<R: Record>(ctx: &Ctx, fields: Map<String, Json>) -> Result<Saved<R>, Problem> {
    write(ctx, Op::Create(fields)).await
}

/// Edits a record.
pub async fn update<R: Record>(
    ctx: &Ctx,
    address: &str,
    version: Option<i32>,
    fields: Map<String, Json>,
) -> Result<Saved<R>, Problem> {
    let id = match id_at(ctx, R::def(), address).await {
        // The shape of the body is judged before the address is.
        Err(Error::NotFound) => {
            let faults = R::def().schemas.patch.violations(&Json::Object(fields), "");
            return Err(if faults.is_empty() { Error::NotFound } else { Error::Invalid(faults) }.into());
        }
        found => found?,
    };
    write(ctx, Op::Update { id, version, fields }).await
}

/// Deletes a record.
pub async fn delete<R: Record>(ctx: &Ctx, address: &str, version: Option<i32>) -> Result<(), Problem> {
    let id = id_at(ctx, R::def(), address).await?;
    ctx.write(async move |unit| unit.apply_one(R::def(), Op::Delete { id, version }).await).await?;
    Ok(())
}

/// Reads the record with an external key.
pub async fn by_key<R: Record>(ctx: &Ctx, system: &str, key: &str) -> Result<Saved<R>, Problem> {
    let row = store::by_key(ctx, R::def(), None, system, key).await?;
    saved(ctx, row, false).await
}

/// Creates or edits the record with an external key.
pub async fn put_by_key<R: Record>(
    ctx: &Ctx,
    source_system: String,
    external_key: String,
    fields: Map<String, Json>,
) -> Result<Saved<R>, Problem> {
    write(ctx, Op::Upsert { source_system, external_key, fields }).await
}

/// Makes one write and renders what came of it.
pub async fn write<R: Record>(ctx: &Ctx, op: Op) -> Result<Saved<R>, Problem> {
    let outcome = ctx.write(async move |unit| unit.apply_one(R::def(), op.clone()).await).await?;
    let is_new = matches!(outcome.kind, OutcomeKind::Created);
    let row = outcome.row.ok_or_else(|| Error::Internal("a write has no row".into()))?;
    saved(ctx, row, is_new).await
}

/// Reads the history of a record.
pub async fn past<R: Record>(
    pages: Pages,
    id: &str,
    address: Address,
) -> Result<Listed<HistoryEntry>, Problem> {
    let Pages { ctx, page } = pages;
    let id = id_at(&ctx, R::def(), id).await?;
    let past = history::<R>(&ctx, id, &page).await?;
    let next = past.items.last().filter(|_| past.has_more).map(HistoryEntry::cursor);
    let info = PageInfo { next: next.clone(), limit: page.limit, total: page.total.then_some(past.total) };
    Ok(Listed {
        page: Page { items: past.items, page: info },
        next: next.map(|cursor| address.with_cursor(&cursor)),
        language: None,
    })
}
