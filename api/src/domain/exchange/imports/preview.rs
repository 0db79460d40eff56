//! A file looked at before it is imported: where its table stands, what its columns hold, and its first rows as understood.

use std::{fs::File, ops::ControlFlow, sync::Arc};

use async_graphql::SimpleObject;
use kernel::{Code, Ctx, Error, KindDef, Result, scalar::Object};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use tabular::{Cells, Item, Merged, Row};
use utoipa::ToSchema;

use super::{
    ImportError, ImportOptions, Nulls, Sent,
    columns::{self, Column, Mapped, Role},
    entry::{self, Entry},
    kinds::{self, kind_named},
    layout::{Layout, Place},
    mapping::{self, Mapping},
    members::of_members,
    read::Reading,
    rejected::as_sent,
    spool::Table,
    start::copy,
    suggest::{SEARCHED, names, suggestion},
};
use crate::domain::KINDS;

/// Rows that are shown of a table.
const SHOWN: usize = 20;
/// Tables that are shown.
const TABLES: usize = 50;

/// A file as an import would understand it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, SimpleObject)]
pub struct ImportPreview {
    /// Form of the file, as it was found out.
    pub format: String,
    /// The tables that are read.
    pub tables: Vec<PreviewTable>,
    /// Names of tables that are left out.
    pub left_out: Vec<String>,
    /// A mapping that would read the first table, to be looked at and sent to `POST /import-mappings`; null where the file needs
    /// none, or a mapping was given.
    #[schema(value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub suggested: Option<Object>,
}

/// A table of a file.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, SimpleObject)]
pub struct PreviewTable {
    /// Name of the sheet or part, where the file has several.
    pub name: Option<String>,
    /// Kind of its rows.
    pub kind: String,
    /// Line, or row of the sheet, that names the columns; null where rows are objects.
    pub header_row: Option<i64>,
    /// Its columns.
    pub columns: Vec<PreviewColumn>,
    /// Its first rows, 20 at most.
    pub rows: Vec<PreviewRow>,
    /// A mapping that would read this table; null where it needs none.
    #[schema(value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub suggested: Option<Object>,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct PreviewColumn {
    /// Its name.
    pub column: String,
    /// Field that it holds; null where it is not known.
    pub field: Option<String>,
    /// Whether it is left alone: nobody writes it, or it is the sender's own.
    pub is_left_alone: bool,
}

/// A row of a file, as it is understood.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, SimpleObject)]
pub struct PreviewRow {
    /// Number of the row in its table, from 1.
    pub row: i32,
    /// Physical line of the file, or row of the sheet.
    pub line: i64,
    /// What it says.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub fields: Object,
    /// What cannot be read in it. A dry run finds what else is wrong.
    pub errors: Vec<ImportError>,
}

/// The beginning of a table.
pub(super) struct Begun {
    pub(super) name: Option<String>,
    pub(super) merged: Vec<Merged>,
    pub(super) rows: Vec<Row>,
}

/// Looks at a file.
///
/// # Errors
/// `BadRequest` for settings that do not go together, and a mapping that is not there; `Invalid` for a file that cannot be read.
pub async fn preview(ctx: &Ctx, sent: Sent, options: ImportOptions) -> Result<ImportPreview> {
    ctx.actor.must_be_itself()?;
    options.check(&KINDS)?;
    let mapping = match &options.mapping {
        Some(name) => Some(Mapping::named(ctx, name).await?),
        None => None,
    };
    let is_mapped = mapping.is_some();
    let agencies = mapping::agencies(ctx).await?;
    let how = options.reading(&KINDS, mapping.map(|mapping| (Arc::new(mapping), agencies.clone())))?;
    let file = copy(&sent.file)?;
    let skipped = how.mapped.as_ref().map_or(0, |(mapping, _)| mapping.first_line());
    let settings = how.file;
    let begun = tokio::task::spawn_blocking(move || begun(file, settings, skipped)).await;
    let (found, begun) =
        begun.map_err(|error| Error::Internal(format!("a file could not be looked at: {error}")))??;
    let (mut tables, mut left_out): (Vec<PreviewTable>, _) = (Vec::new(), found.left_out);
    let mut layout = Layout::of(how.mapped.as_ref().map(|(mapping, _)| mapping.clone()));
    for table in begun {
        if !layout.table(table.name.clone(), table.merged.clone()) {
            left_out.extend(table.name);
            continue;
        }
        let def = kind_of(&how, table.name.as_deref())?;
        let own = if is_mapped { None } else { suggestion(def, &table, &options, tables.len() + 1) };
        let mapped = match &own {
            Some(own) => Some((Arc::new(Mapping::suggested(own)?), agencies.clone())),
            None => how.mapped.clone(),
        };
        let shown = shown(def, table, mapped.as_ref(), how.nulls);
        tables.push(PreviewTable { suggested: own.map(Object), ..shown });
    }
    let format = format!("{:?}", found.format).to_ascii_lowercase();
    let suggested = tables.first().and_then(|table| table.suggested.clone());
    Ok(ImportPreview { format, tables, left_out, suggested })
}

/// The first rows of each table.
fn begun(file: File, settings: tabular::Options, skipped: u64) -> Result<(tabular::Found, Vec<Begun>)> {
    let mut all: Vec<Begun> = Vec::new();
    let most = SEARCHED + SHOWN + 1;
    let found = tabular::read(file, &settings, &mut |item| {
        match item {
            Item::Table { .. } if all.len() >= TABLES => return ControlFlow::Break(()),
            Item::Table { name, merged, .. } => all.push(Begun { name, merged, rows: Vec::new() }),
            Item::Row(row) => {
                let Some(table) = all.last_mut() else { return ControlFlow::Break(()) };
                if row.line >= skipped && table.rows.len() < most {
                    table.rows.push(row);
                } else if table.rows.len() >= most && table.name.is_none() {
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    });
    let found = found.map_err(|fault| super::read::unreadable(&fault))?;
    Ok((found, all))
}

fn kind_of(how: &Reading, name: Option<&str>) -> Result<&'static KindDef> {
    let named = name.filter(|_| how.mapped.is_none()).map(|name| kind_named(&KINDS, name));
    let unknown = |text: String| Error::bad_request("?kind", Code::Required, text);
    match (named, how.kind) {
        (Some(Ok(def)), _) | (_, Some(def)) => Ok(def),
        (Some(Err(text)), None) => Err(unknown(text)),
        (None, None) => Err(unknown("say by `kind` of which kind the rows are".into())),
    }
}

/// The kind of an object of a table of such: the one that it says.
fn kind_of_row(
    def: &'static KindDef,
    members: &Map<String, Json>,
    mapped: Option<&Mapped>,
) -> &'static KindDef {
    let said = kinds::said(Some(def), members).filter(|_| mapped.is_none());
    said.and_then(|said| kinds::meant(said).ok()).unwrap_or(def)
}

/// A table as it is understood.
fn shown(def: &'static KindDef, table: Begun, mapped: Option<&Mapped>, nulls: Nulls) -> PreviewTable {
    let mut layout = Layout::of(mapped.map(|(mapping, _)| mapping.clone()));
    layout.table(table.name.clone(), table.merged);
    let mut made = PreviewTable {
        name: table.name,
        kind: def.collection.to_owned(),
        header_row: None,
        columns: Vec::new(),
        rows: Vec::new(),
        suggested: None,
    };
    let (mut header, mut named): (Vec<Column>, Vec<(String, String)>) = (Vec::new(), Vec::new());
    let mut read = Table::new(made.name.clone(), def);
    for row in table.rows {
        match layout.row(row) {
            Place::Header(cells, line) => {
                made.header_row = i64::try_from(line).ok();
                let row = Row {
                    line,
                    cells: Cells::Cells(cells),
                    formulas: Vec::new(),
                    after_gap: false,
                    raw: None,
                };
                header = names(&row).iter().map(|name| columns::or_own(def, name, mapped)).collect();
                super::shown::leave(def, &mut header);
                named = header.iter().map(|one| (one.field.clone(), one.name.clone())).collect();
                made.columns = header.iter().map(column).collect();
            }
            Place::Data(row) if made.rows.len() < SHOWN => {
                let number = u32::try_from(made.rows.len() + 1).unwrap_or(u32::MAX);
                let place = (number, row.line);
                let entry = match as_sent(row.cells) {
                    Cells::Cells(cells) => entry::of_cells(def, &header, (&cells, nulls), place),
                    Cells::Members(members) => {
                        let def = kind_of_row(def, &members, mapped);
                        of_members(def, (members, nulls), place, &mut read)
                    }
                    Cells::Bad(bad) => {
                        let def = kind_of_row(def, &bad.rest, mapped);
                        entry::bad(def, (bad, nulls), place, &mut read)
                    }
                };
                made.rows.push(understood(entry, &named));
            }
            Place::Data(_) | Place::Above(_) | Place::Outside => {}
        }
    }
    made
}

fn column(column: &Column) -> PreviewColumn {
    let is_known = column.role != Role::Own;
    PreviewColumn {
        column: column.name.clone(),
        field: is_known.then(|| column.field.clone()),
        is_left_alone: matches!(column.role, Role::Own | Role::Told),
    }
}

fn understood(entry: Entry, columns: &[(String, String)]) -> PreviewRow {
    let errors = entry.faults.iter().map(|fault| ImportError::of(fault, &entry, columns)).collect();
    let mut fields = Map::new();
    if let entry::Which::Id(id) = entry.which {
        fields.insert("id".into(), json!(id));
    }
    fields.extend(entry.version.map(|version| ("version".to_owned(), json!(version))));
    fields.extend(entry.fields);
    PreviewRow {
        row: i32::try_from(entry.row).unwrap_or(i32::MAX),
        line: i64::try_from(entry.line).unwrap_or(i64::MAX),
        fields: Object(Json::Object(fields)),
        errors,
    }
}
