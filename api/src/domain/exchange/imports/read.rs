//! Files as rows: what each row is about and says, kept beside the memory, and the order in which to write them.

use std::{collections::HashMap, fs::File, ops::ControlFlow};

use kernel::{Code, Error, KindDef, Result, Violation, kinds::Kinds};
use serde_json::{Map, Value as Json};
use tabular::{BadRow, Cell, Cells, Format, Item, RowFaultCode};

use super::{
    MAX_COLUMNS, Nulls,
    circles::{self, OnCircles},
    columns::{Column, Mapped},
    entry::{self, Entry, Which},
    fault::{RowFault, code},
    header,
    kinds::{self, kind_named},
    layout::{Layout, Place},
    members::of_members,
    order::{Names, order, token},
    original,
    rejected::{ERRORS, UNREAD, as_sent},
    spool::{Spool, Table, Writing},
};

/// Faults that are told of a file as a whole.
const MOST_FAULTS: usize = 1000;

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
    /// The kind of every row that does not say its own, where that was given.
    pub(super) kind: Option<&'static KindDef>,
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

struct Reader<'a> {
    how: &'a Reading,
    writing: Writing,
    tables: Vec<Table>,
    columns: Vec<Column>,
    /// Places of columns without a name, which hold nothing so far.
    unnamed: Vec<usize>,
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
            unnamed: Vec::new(),
            layout: Layout::of(how.mapped.as_ref().map(|(mapping, _)| mapping.clone())),
            row: 0,
            names: Names::default(),
            seen: HashMap::new(),
            wrong: Vec::new(),
        })
    }

    fn take(&mut self, item: Item) -> Result<()> {
        match item {
            Item::Table { name, merged, .. } => {
                self.layout.table(name, merged);
                self.row = 0;
                self.columns.clear();
                self.unnamed.clear();
                Ok(())
            }
            Item::Row(row) => match self.layout.row(row) {
                Place::Header(cells, line) => self.header(&cells, line),
                Place::Data(row) => self.data(as_sent(row.cells), row.line),
                Place::Above(_) | Place::Outside => Ok(()),
            },
        }
    }

    fn data(&mut self, cells: Cells, line: u64) -> Result<()> {
        match cells {
            // Its line of names refuses the file.
            Cells::Cells(_) if self.columns.is_empty() => Ok(()),
            Cells::Cells(cells) => self.cells(&cells, line),
            Cells::Members(members) => self.members(members, line),
            Cells::Bad(bad) => self.bad(bad, line),
        }
    }

    /// Refuses the file.
    fn refuse(&mut self, fault: Violation) {
        if self.wrong.len() < MOST_FAULTS && !self.wrong.contains(&fault) {
            self.wrong.push(fault);
        }
    }

    /// Refuses the file for names of columns.
    fn refuse_names(&mut self, faults: impl IntoIterator<Item = RowFault>, line: u64) {
        for fault in faults {
            let place = format!("/lines/{line}/columns/{}", fault.column.unwrap_or_default());
            self.refuse(Violation::new(place, fault.code, fault.text));
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
                    self.refuse(Violation::new(format!("{place}/kind"), Code::NotInList, text));
                    None
                }
            };
        }
        if self.how.kind.is_none() {
            let text = "the file does not say of which kind its rows are: give `kind`, or name the sheet or member by it";
            self.refuse(Violation::new("?kind", Code::Required, text));
        }
        self.how.kind
    }

    /// Begins a table with a row of names.
    fn header(&mut self, cells: &[Cell], line: u64) -> Result<()> {
        let names = header::names(cells);
        let own = names.iter().filter(|name| !name.as_deref().is_ok_and(is_told));
        not_too_wide(own.count(), line)?;
        let name = self.layout.name.clone();
        let place = if self.how.kind.is_some() && self.tables.is_empty() { "" } else { "/tables" };
        let Some(def) = self.kind_of(name.as_deref(), place) else {
            self.refuse_names(names.into_iter().filter_map(Result::err), line);
            return Ok(());
        };
        match header::columns(def, &names, self.how.mapped.as_ref()) {
            Ok(columns) => {
                let (table, unnamed) = header::table(name, def, &columns);
                self.tables.push(table);
                (self.columns, self.unnamed) = (columns, unnamed);
            }
            Err(faults) => self.refuse_names(faults, line),
        }
        Ok(())
    }

    fn cells(&mut self, cells: &[Cell], line: u64) -> Result<()> {
        self.row += 1;
        let at = self.tables.len().saturating_sub(1);
        let Some(table) = self.tables.get_mut(at) else { return Ok(()) };
        let is_empty = |at: &usize| cells.get(*at).is_none_or(|cell| matches!(cell, Cell::Empty));
        for held in self.unnamed.extract_if(.., |at| !is_empty(at)) {
            table.left_out.push(format!("column {}", held + 1));
        }
        let place = (self.row, line);
        let more = cells.get(self.columns.len()..).unwrap_or_default();
        let is_short = self.layout.name.is_none() && cells.len() < self.columns.len();
        let is_whole = !matches!(cells, [Cell::Bad(bad)] if bad.code == RowFaultCode::RowTooLong);
        let entry = if is_whole && (is_short || more.iter().any(|cell| !matches!(cell, Cell::Empty))) {
            let (has, needs) = (cells.len(), self.columns.len());
            let told = self.columns.iter().filter(|column| is_told(&column.name)).count();
            not_too_wide(has.saturating_sub(told), line)?;
            let text = format!("the row has {has} cells, the line of names {needs}");
            entry::unread(RowFault::new(None, Code::BadFormat, text).saying(&original::line(cells)), place)
        } else {
            entry::of_cells(table.def, &self.columns, (cells, self.how.nulls), place)
        };
        self.add(at, entry)
    }

    /// The kind of objects that do not say their own.
    fn kind_of_rows(&self) -> Option<&'static KindDef> {
        if let Some((mapping, _)) = &self.how.mapped {
            return self.how.kinds.served_as(&mapping.kind);
        }
        let named = self.layout.name.as_deref().and_then(|name| kind_named(self.how.kinds, name).ok());
        named.or(self.how.kind)
    }

    /// The table that an object is in: each kind has one.
    fn table_of(&mut self, members: &Map<String, Json>, line: u64) -> Option<usize> {
        let usual = self.kind_of_rows();
        let said = kinds::said(usual, members).map(kinds::meant);
        let def = match (said, usual) {
            (Some(Ok(def)), _) if self.how.mapped.is_none() => def,
            // What else it says is wrong with the row alone.
            (_, Some(def)) => def,
            (Some(Err((code, text))), None) => {
                self.refuse(Violation::new(format!("/lines/{line}"), code, text));
                return None;
            }
            (_, None) => {
                let name = self.layout.name.clone();
                self.kind_of(name.as_deref(), "")?
            }
        };
        let name = &self.layout.name;
        let known = self.tables.iter().position(|table| table.def.name == def.name && table.name == *name);
        Some(known.unwrap_or_else(|| {
            self.tables.push(Table::new(name.clone(), def));
            self.tables.len() - 1
        }))
    }

    fn members(&mut self, members: Map<String, Json>, line: u64) -> Result<()> {
        not_too_wide(members.keys().filter(|name| !is_told(name)).count(), line)?;
        let Some(at) = self.table_of(&members, line) else { return Ok(()) };
        let Some(table) = self.tables.get_mut(at) else { return Ok(()) };
        self.row += 1;
        let entry = of_members(table.def, (members, self.how.nulls), (self.row, line), table);
        self.add(at, entry)
    }

    /// An object that cannot be read as a whole: where it cannot even say its kind, it is with those before it.
    fn bad(&mut self, bad: BadRow, line: u64) -> Result<()> {
        let is_of_any = self.layout.name.is_none()
            && self.kind_of_rows().is_none()
            && kinds::said(None, &bad.rest).is_none();
        let at = if is_of_any { self.tables.len().checked_sub(1) } else { self.table_of(&bad.rest, line) };
        let Some(at) = at else {
            for fault in bad.faults {
                self.refuse(Violation::new(format!("/lines/{line}"), code(fault.code), fault.text));
            }
            return Ok(());
        };
        let Some(table) = self.tables.get_mut(at) else { return Ok(()) };
        self.row += 1;
        let entry = entry::bad(table.def, (bad, self.how.nulls), (self.row, line), table);
        self.add(at, entry)
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
                    entry.faults.push(RowFault::within(column, &[column], Code::DuplicateItem, text));
                }
                None => drop(self.seen.insert(about, (entry.row, entry.line))),
            }
        }
        if entry.faults.is_empty() {
            let at = u32::try_from(self.writing.len()).unwrap_or(u32::MAX);
            // A file of one kind refers to others that are there already.
            let is_of_many = self.how.kind.is_none_or(|only| only.name != def.name);
            self.names.note(at, def, &entry, |target| is_of_many || target == def.name);
        }
        self.writing.add(table, &entry)
    }

    fn done(self, found: tabular::Found) -> Result<Read> {
        let Self { how, writing, mut tables, names, wrong, layout, .. } = self;
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        if tables.is_empty() && matches!(found.format, Format::Json | Format::Ndjson | Format::Package) {
            // Objects need no line of names: a file without one is a list without a record.
            let named = || kind_named(how.kinds, layout.name.as_deref()?).ok();
            let def = how.kind.or_else(named);
            tables.extend(def.map(|def| Table::new(layout.name.clone(), def)));
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
        let (kind, below) = (how.kind, layout.below);
        let left_out = layout.left_out.into_iter().chain(found.left_out.iter().cloned());
        let left_out = left_out.filter(|name| !name.starts_with("x_")).collect();
        Ok(Read {
            spool,
            kind,
            tables,
            order: order.places,
            circles,
            builds_on_itself,
            found,
            left_out,
            below,
        })
    }
}

/// Whether a column or member says what was wrong with a row when it was sent before.
fn is_told(name: &str) -> bool {
    name == UNREAD || ERRORS.contains(&name)
}

/// Refuses a file with a row that has more columns of its own than a table may have.
fn not_too_wide(columns: usize, line: u64) -> Result<()> {
    if columns <= MAX_COLUMNS {
        return Ok(());
    }
    let text = format!("more than {MAX_COLUMNS} columns");
    Err(Error::invalid(&format!("/lines/{line}"), Code::BadFormat, text))
}
