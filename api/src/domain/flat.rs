//! Flat tables, made for programs that draw figures: every list, and views that put several of them together. A row has a cell
//! for each column; what is referred to has columns for its id, code and name, all null where the caller sees none.

mod filters;
mod held;
mod made;
mod rows;
mod test;
mod views;

use std::{collections::HashMap, sync::Arc};

use entity::{Country, country};
use futures_util::future::BoxFuture;
use kernel::{
    Code, Ctx, Error, KindDef, Result,
    filter::Narrowing,
    page::Page,
    record::part::Form,
    render::{PartValue, Renderer, Told},
    row::Row as Record,
    store,
};
use uuid::Uuid;

use super::{
    Registered,
    exchange::columns::{Cell, Columns, Type},
    plans::document::words::Speech,
};
pub use filters::{Filter, How, REGION, cell, filters, page_size};
pub use held::{Aggregate, Aggregated, Way, aggregated, beyond, sort};
pub use rows::{Asked, Found, Taken, count, find, place};
pub use test::Test;
pub use views::{VIEWS, View};

/// Rows of a page of a flat table at most.
pub const MOST_ROWS: usize = 10_000;
/// Records that a view which is made looks at of one kind, at most.
const MOST: usize = 100_000;

/// The cells of a row, in the order of the columns.
pub type Row = Vec<Cell<'static>>;

/// A column of a flat table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, for good.
    pub name: String,
    /// What it holds.
    pub doc: String,
    /// What its cells are.
    pub ty: Type,
    /// Whether lists are narrowed by it.
    pub is_filter: bool,
    /// Whether lists are sorted by it.
    pub is_sort: bool,
    /// Kind of the records that its ids name.
    pub target: Option<&'static KindDef>,
}

/// How the rows of a view come about that are made of many records.
pub type Make = for<'a> fn(&'a Ctx) -> BoxFuture<'a, Result<Vec<Row>>>;

/// Where the rows of a table come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// From records of these kinds, one kind after the other.
    Kinds(Vec<Columns>),
    /// They are made of many records together.
    Made(Make),
}

/// A flat table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name in addresses.
    pub name: &'static str,
    /// What a row is.
    pub doc: &'static str,
    /// Its columns; the first one tells rows apart.
    pub columns: Vec<Column>,
    /// Where its rows come from.
    pub source: Source,
}

impl Table {
    /// The place of a column.
    #[must_use]
    pub fn at(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The table of a kind: every column that its files have, and the ids of what is referred to.
    #[must_use]
    pub fn of_kind(ctx: &Ctx, def: &'static KindDef) -> Self {
        let every = Columns::every(def, &speech(ctx));
        let all = every.all.into_iter().map(|column| {
            let is_one = matches!(def.parts.iter().find(|part| part.name == column.name), Some(part) if matches!(part.form, Form::Ref(_)));
            let end = if is_one && column.is_code_of_reference() { "_code" } else { "" };
            let name = format!("{}{end}", column.name.replace('.', "_"));
            column.named(name)
        });
        let has_no_code = |name: &str| {
            let of = name.strip_suffix("_code").and_then(|name| def.declared.field(name));
            of.and_then(|field| super::KINDS.get(field.shape.target()?))
                .is_some_and(|target| target.code.is_none())
        };
        let columns = Columns { def, all: all.filter(|column| !has_no_code(&column.name)).collect() };
        let doc = def.declared.doc;
        Self { name: def.collection, doc, columns: described(&columns), source: Source::Kinds(vec![columns]) }
    }
}

/// What columns of records are to programs.
fn described(columns: &Columns) -> Vec<Column> {
    let def = columns.def;
    let one = |column: &super::exchange::columns::Column| Column {
        name: column.name.clone(),
        doc: column.doc(def),
        ty: column.ty(def),
        is_filter: column.operand(def).is_some(),
        is_sort: column.order(def).is_some(),
        target: column.target(def),
    };
    columns.all.iter().map(one).collect()
}

/// The language of labels.
fn speech(ctx: &Ctx) -> Speech {
    Speech::of(&ctx.locale, &[])
}

/// A view by its name.
///
/// # Errors
/// What the database says.
pub async fn view(ctx: &Ctx, name: &str) -> Result<Option<Table>> {
    let Some(view) = VIEWS.iter().find(|view| view.name == name) else { return Ok(None) };
    // Views that are made name countries themselves.
    let known = if view.is_made() { Vec::new() } else { countries(ctx).await? };
    let names = Arc::new(known.into_iter().map(|one| (one.code, one.name)).collect());
    Ok(Some(view.table(&speech(ctx), &names, ctx.clock.today())))
}

/// A view as contracts tell of it: names and types, without labels.
#[must_use]
pub fn described_view(name: &str) -> Option<Table> {
    let view = VIEWS.iter().find(|view| view.name == name)?;
    let day = chrono::NaiveDate::default();
    Some(view.table(&Speech::of(&kernel::view::Locale::default(), &[]), &Arc::default(), day))
}

/// A country, as views name it.
struct Named {
    id: Uuid,
    code: String,
    name: String,
    regions: Vec<String>,
    is_partner: bool,
    is_demo: bool,
}

impl Named {
    /// Whether views tell of the country: partners of the initiative, and those of the demonstration.
    const fn is_shown(&self) -> bool {
        self.is_partner || self.is_demo
    }
}

/// All countries, by code, named in the caller's language: two statements.
async fn countries(ctx: &Ctx) -> Result<Vec<Named>> {
    let def = Country::def();
    let rows = everything(ctx, def).await?;
    let renderer = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
    let regions = def.parts.iter().find(|part| part.name == "regions");
    let mut all: Vec<Named> = rows
        .iter()
        .filter_map(|row| {
            let code = row.read(country::CODE)?;
            let name = renderer.named(row).name.unwrap_or_else(|| code.clone());
            let told = regions.map(|part| renderer.part(row, part));
            let regions = match told.as_ref().map(PartValue::told) {
                Some(Told::Regions(regions)) => regions.codes().map(str::to_owned).collect(),
                _ => Vec::new(),
            };
            Some(Named {
                id: row.id(),
                code,
                name,
                regions,
                is_partner: row.read(country::IS_PARTNER).unwrap_or_default(),
                is_demo: row.read(country::IS_DEMO).unwrap_or_default(),
            })
        })
        .collect();
    all.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(all)
}

/// The records of a kind that the caller sees, as many as a view looks at.
async fn everything(ctx: &Ctx, def: &'static KindDef) -> Result<Vec<Record>> {
    let found = store::list(ctx, def, &Narrowing::default(), &Page::first(MOST)).await?;
    if found.has_more {
        let text = format!("the view puts at most {MOST} {} together", def.declared.plural_words());
        return Err(Error::Conflict(Code::ResultTooLarge, text));
    }
    Ok(found.rows)
}

/// Names by id, for what views refer to.
type Names = HashMap<Uuid, kernel::scalar::Ref>;
