//! Files as rows: what each row is about and says, kept beside the memory, and the order in which to write them.

use std::{collections::HashMap, fs::File, ops::ControlFlow};

use kernel::{
    Code, Error, KindDef, Result, Violation,
    input::{cut, did_you_mean, nearest},
    kinds::Kinds,
};
use serde_json::{Map, Value as Json};
use tabular::{Cells, Item, RowFaultCode};

use super::{
    Nulls,
    circles::{self, OnCircles},
    columns::{Column, Mapped, Role, columns},
    entry::{self, Entry, Which},
    fault::RowFault,
    layout::{Layout, Place},
    members::of_members,
    order::{Names, order, token},
    original,
    spool::{Spool, Table, Writing},
};

/// The member of an object that says of which kind it is, where kinds may have a member `kind`.
pub(super) const RECORD_KIND: &str = "record_kind";

/// How a file is to be read.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// The kind of every row that does not say its own.
    pub(super) kind: Option<&'static KindDef>,
    /// What an empty cell says.
    pub(super) nulls: Nulls,
    /// Form, characters, separator and bounds.
    pub(super) file: tabular::Options,
    /// The kinds there are.
    pub(super) kinds: &'static Kinds,
    /// How people write, where a mapping says it.
    pub(super) mapped: Option<Mapped>,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub(super) struct Read {
    /// Its rows.
    pub(super) spool: Spool,
    /// Its tables.
    pub(super) tables: Vec<Table>,
    /// Places of the rows in the order in which they are written.
    pub(super) order: Vec<u32>,
    /// The rows that refer to each other in circles.
    pub(super) circles: OnCircles,
    /// Whether rows refer to others of the file, so that some can only be judged when others are written.
    pub(super) builds_on_itself: bool,
    /// What was found out about the file.
    pub(super) found: tabular::Found,
    /// Names of tables that are left out.
    pub(super) left_out: Vec<String>,
    /// Rows below the empty row that ends the table, which are left out, and the line of the first one.
    pub(super) below: (u64, u64),
}

/// Reads a file.
///
/// # Errors
/// `Invalid` with everything that is wrong with the file as a whole: one that cannot be read, unknown columns, kinds.
pub(super) fn read(file: File, how: &Reading) -> Result<Read> {
    let mut reader = Reader::new(how)?;
    let found = each(file, &how.file, |item| reader.take(item))?;
    reader.done(found)
}

/// Hands every table and row of a file on, until one is refused.
///
/// # Errors
/// What it is refused with; `Invalid` for a file that cannot be read.
pub(super) fn each(
    file: File,
    settings: &tabular::Options,
    mut take: impl FnMut(Item) -> Result<()>,
) -> Result<tabular::Found> {
    let mut stopped = None;
    let found = tabular::read(file, settings, &mut |item| match take(item) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            stopped = Some(error);
            ControlFlow::Break(())
        }
    });
    match stopped {
        Some(error) => Err(error),
        None => found.map_err(|fault| unreadable(&fault)),
    }
}

/// What is said of a file that cannot be read.
pub(super) fn unreadable(fault: &tabular::Fault) -> Error {
    let place = fault.line.map_or_else(String::new, |line| format!("/lines/{line}"));
    Error::invalid(&place, Code::BadFormat, &*fault.text)
}

/// Reads a file beside the threads that serve.
///
/// # Errors
/// As [`read`].
pub(super) async fn apart(file: File, how: Reading) -> Result<Read> {
    let read = tokio::task::spawn_blocking(move || read(file, &how)).await;
    read.map_err(|error| Error::Internal(format!("a file could not be read: {error}")))?
}

/// The kind that callers call so; else what is said of the name.
pub(super) fn kind_named(kinds: &Kinds, name: &str) -> Result<&'static KindDef, String> {
    kinds.served_as(name).or_else(|| kinds.served_as(first_of_series(name)?)).ok_or_else(|| {
        let near = did_you_mean(nearest(name, kinds.served().map(|def| def.collection)));
        format!("there is no kind {}{near}", cut(&name.into()))
    })
}

/// The name of the sheet that others go on with: `tasks` of `tasks (2)`, as exports of many rows have them.
fn first_of_series(name: &str) -> Option<&str> {
    let (first, number) = name.strip_suffix(')')?.rsplit_once(" (")?;
    number.bytes().all(|digit| digit.is_ascii_digit()).then_some(first)
}

/// The code of what is wrong with a row or a cell.
pub(super) const fn code(of: RowFaultCode) -> Code {
    match of {
        RowFaultCode::CellTooLong | RowFaultCode::RowTooLong => Code::TooLong,
        RowFaultCode::Nul => Code::NullCharacter,
        RowFaultCode::NotJson => Code::MalformedJson,
        RowFaultCode::NotAnObject => Code::WrongType,
        RowFaultCode::DuplicateMember => Code::DuplicateMember,
        RowFaultCode::NotText
        | RowFaultCode::TextAfterQuote
        | RowFaultCode::ErrorValue
        | RowFaultCode::NoResult
        | RowFaultCode::BadValue => Code::BadFormat,
    }
}

struct Reader<'a> {
    how: &'a Reading,
    writing: Writing,
    tables: Vec<Table>,
    columns: Vec<Column>,
    layout: Layout,
    row: u32,
    names: Names,
    /// Rows by what they are about, in short, to tell doubles.
    seen: HashMap<u64, (u32, u64)>,
    wrong: Vec<Violation>,
}

impl<'a> Reader<'a> {
    fn new(how: &'a Reading) -> Result<Self> {
        Ok(Self {
            how,
            writing: Writing::new()?,
            tables: Vec::new(),
            columns: Vec::new(),
            layout: Layout::of(how.mapped.as_ref().map(|(mapping, _)| mapping.clone())),
            row: 0,
            names: Names::default(),
            seen: HashMap::new(),
            wrong: Vec::new(),
        })
    }

    fn take(&mut self, item: Item) -> Result<()> {
        match item {
            Item::Table { name, merged } => {
                self.layout.table(name, merged);
                self.row = 0;
                self.columns.clear();
                Ok(())
            }
            Item::Row(row) => match self.layout.row(row) {
                Place::Header(cells, line) => {
                    self.header(&cells, line);
                    Ok(())
                }
                Place::Data(row) => self.data(row.cells, row.line),
                Place::Above(_) | Place::Outside => Ok(()),
            },
        }
    }

    fn data(&mut self, cells: Cells, line: u64) -> Result<()> {
        match cells {
            Cells::Cells(_) if self.columns.is_empty() => Ok(()),
            Cells::Cells(cells) => self.cells(&cells, line),
            Cells::Members(members) => self.members(members, line),
            Cells::Bad(bad) => {
                let Some(table) = self.table_of_rows(&Map::new()) else { return Ok(()) };
                self.row += 1;
                self.add(table, entry::bad(bad.faults, (self.row, line)))
            }
        }
    }

    /// The kind that a table is of, by its name or as the call says.
    fn kind_of(&mut self, named: Option<&str>, place: &str) -> Option<&'static KindDef> {
        if let Some((mapping, _)) = &self.how.mapped {
            return self.how.kinds.served_as(&mapping.kind);
        }
        if let Some(name) = named {
            return match kind_named(self.how.kinds, name) {
                Ok(def) => Some(def),
                Err(_) if self.how.kind.is_some() && place.is_empty() => self.how.kind,
                Err(text) => {
                    self.wrong.push(Violation::new(format!("{place}/kind"), Code::NotInList, text));
                    None
                }
            };
        }
        if self.how.kind.is_none() {
            let text = "the file does not say of which kind its rows are: give `kind`, or name the sheet or member by it";
            let fault = Violation::new("?kind", Code::Required, text);
            if !self.wrong.contains(&fault) {
                self.wrong.push(fault);
            }
        }
        self.how.kind
    }

    /// Begins a table with a row of names.
    fn header(&mut self, cells: &[tabular::Cell], line: u64) {
        let names: Vec<String> = cells
            .iter()
            .map(|cell| match super::cells::read(super::cells::Form::Text, cell) {
                Some(Json::String(name)) => name.trim().to_owned(),
                _ => String::new(),
            })
            .collect();
        // Programs write separators behind the last column.
        let last = names.iter().rposition(|name| !name.is_empty()).map_or(0, |at| at + 1);
        let names = names.get(..last).unwrap_or_default().to_vec();
        let name = self.layout.name.clone();
        let place = if self.how.kind.is_some() && self.tables.is_empty() { "" } else { "/tables" };
        let Some(def) = self.kind_of(name.as_deref(), place) else { return };
        match columns(def, &names, self.how.mapped.as_ref()) {
            Ok(columns) => {
                let of = |role| columns.iter().filter(move |column| column.role == role);
                let told = of(Role::Told).map(|column| column.name.clone()).collect();
                let others =
                    of(Role::Own).filter(|column| !column.field.starts_with("x_") && !column.name.is_empty());
                let left_out = others.map(|column| column.name.clone()).collect();
                let names =
                    columns.iter().map(|column| (column.field.clone(), column.name.clone())).collect();
                self.tables.push(Table { name, def, columns: names, told, left_out });
                self.columns = columns;
            }
            Err(faults) => self.wrong.extend(faults.into_iter().map(|fault| {
                let column = fault.column.unwrap_or_default();
                Violation::new(format!("/lines/{line}/columns/{column}"), fault.code, fault.text)
            })),
        }
    }

    fn cells(&mut self, cells: &[tabular::Cell], line: u64) -> Result<()> {
        self.row += 1;
        let table = self.tables.len().saturating_sub(1);
        let Some(def) = self.tables.get(table).map(|table| table.def) else { return Ok(()) };
        let place = (self.row, line);
        let more = cells.get(self.columns.len()..).unwrap_or_default();
        let is_short = self.layout.name.is_none() && cells.len() < self.columns.len();
        let entry = if is_short || more.iter().any(|cell| !matches!(cell, tabular::Cell::Empty)) {
            let (has, needs) = (cells.len(), self.columns.len());
            let text = format!("the row has {has} cells, the line of names {needs}");
            entry::unread(RowFault::new(None, Code::BadFormat, text).saying(&original::line(cells)), place)
        } else {
            entry::of_cells(def, &self.columns, (cells, self.how.nulls), place)
        };
        self.add(table, entry)
    }

    /// The table that objects of one kind are in.
    fn table_of_rows(&mut self, members: &Map<String, Json>) -> Option<usize> {
        if !self.columns.is_empty() {
            return Some(self.tables.len().saturating_sub(1));
        }
        // An object may say its own kind; some kinds have a member `kind` of their own.
        let said = |name: &str| members.get(name).and_then(Json::as_str);
        let known = |name: &&str| self.how.kinds.served_as(name).is_some();
        let own = said(RECORD_KIND).or_else(|| said("kind").filter(known));
        let name = self.layout.name.clone();
        let own = own.filter(|_| self.how.kind.is_none()).or(name.as_deref());
        let def = self.kind_of(own, "")?;
        if let Some(at) =
            self.tables.iter().position(|table| table.def.name == def.name && table.name == name)
        {
            return Some(at);
        }
        self.tables.push(Table { name, def, columns: Vec::new(), told: Vec::new(), left_out: Vec::new() });
        Some(self.tables.len() - 1)
    }

    fn members(&mut self, members: Map<String, Json>, line: u64) -> Result<()> {
        let Some(table) = self.table_of_rows(&members) else { return Ok(()) };
        let Some(def) = self.tables.get(table).map(|table| table.def) else { return Ok(()) };
        self.row += 1;
        let entry = of_members(def, members, self.how.nulls, (self.row, line));
        self.add(table, entry)
    }

    fn add(&mut self, table: usize, mut entry: Entry) -> Result<()> {
        let Some(def) = self.tables.get(table).map(|table| table.def) else { return Ok(()) };
        let owner = entry.fields.get("owner").and_then(Json::as_str).unwrap_or_default();
        let about = match &entry.which {
            Which::New => None,
            Which::Id(id) => Some(("id", format!("id {id}"))),
            Which::Key(system, key) => Some(("external_key", format!("{owner} key {system} {key}"))),
            Which::Code(code) => {
                def.code.map(|column| (column, format!("{owner} code {}", code.to_uppercase())))
            }
        };
        if let Some((column, about)) = about {
            let about = token(def.name, &about);
            match self.seen.get(&about) {
                Some((row, line)) => {
                    let text = format!("row {row} (line {line}) is about the same record");
                    entry.faults.push(RowFault::at(column, Code::DuplicateItem, text));
                }
                None => drop(self.seen.insert(about, (entry.row, entry.line))),
            }
        }
        if entry.faults.is_empty() {
            let at = u32::try_from(self.writing.len()).unwrap_or(u32::MAX);
            let (only, own) = (self.how.kind, def.name);
            self.names.note(at, def, &entry, |target| only.is_none() || target == own);
        }
        self.writing.add(table, &entry)
    }

    fn done(self, found: tabular::Found) -> Result<Read> {
        let Self { how, writing, tables, names, wrong, layout, .. } = self;
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        if tables.is_empty() {
            let text = "the file has no rows and no line with names of columns";
            return Err(Error::invalid("", Code::Required, text));
        }
        let spool = writing.done()?;
        let order = order(&names, &spool.slots, &tables, |def| how.kinds.place(def));
        if !order.circles.is_empty() {
            let ways = circles::ways(&spool, &tables, order.circles.get(..20).unwrap_or(&order.circles))?;
            let told = ways.into_iter().map(|way| Violation::new("", Code::ReferenceCycle, way));
            return Err(Error::Invalid(told.collect()));
        }
        let circles = circles::rows(&spool, &tables, &order)?;
        let builds_on_itself = names.has_edges() || tables.len() > 1;
        let below = layout.below;
        let left_out = layout.left_out.into_iter().chain(found.left_out.iter().cloned());
        let left_out = left_out.filter(|name| !name.starts_with("x_")).collect();
        Ok(Read { spool, tables, order: order.places, circles, builds_on_itself, found, left_out, below })
    }
}
