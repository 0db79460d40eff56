//! How a kind is made of its declaration, with a line for each thing it does.

use std::collections::{BTreeSet, HashMap};

use model::{
    Class, Code, Declaration, FieldDef, Lifecycle, Need, Shape, Writing,
    declaration::standard::{DRAFTED_IN, PENDING},
    field::Column as Type,
    lifecycle::To,
};

use super::{KindDef, edges::edges};
use crate::{
    filter,
    input::{Schema, Schemas},
    record::{
        Columns,
        column::{AnyLink, Column, Link, Parent},
        part,
    },
    schema,
};

/// The field that says who leads.
const LEAD: &str = "lead_agency";
/// Its column.
const LEAD_COLUMN: &str = "lead_agency_id";

fn keep(name: String) -> &'static str {
    name.leak()
}

/// The columns a field is kept in.
fn columns(field: &'static FieldDef) -> Vec<Column> {
    let parts = field.columns();
    let is_one = parts.len() == 1;
    let made = parts.into_iter().map(|(name, ty)| {
        let name = if name == field.column { field.column } else { keep(name) };
        Column {
            name,
            field: if is_one { field.name } else { name },
            ty,
            nullable: field.is_nullable,
            target: if let Shape::Ref(kind) = field.shape { Some(kind) } else { None },
            is_of_any_owner: field.is_of_any_owner,
            is_text: field.is_text,
            is_derived: false,
            is_unlogged: field.is_unlogged,
            is_inside: field.is_inside,
            is_progress: field.is_progress,
            ranks: if let (Shape::Code(list), true) = (field.shape, field.is_sort) {
                Some(list)
            } else {
                None
            },
        }
    });
    made.collect()
}

fn standard(declared: &Declaration) -> impl Iterator<Item = Column> {
    let derived = declared.derived_columns();
    declared.standard_columns().into_iter().map(move |(name, ty, nullable)| Column {
        name,
        field: name,
        ty,
        nullable,
        target: None,
        is_of_any_owner: false,
        is_text: false,
        is_derived: derived.contains(&name),
        is_unlogged: false,
        is_inside: [PENDING, DRAFTED_IN].contains(&name),
        is_progress: false,
        ranks: None,
    })
}

/// The record that a field says a kind stands below.
fn parent(field: &'static FieldDef, any: &[AnyLink]) -> Option<Parent> {
    let target = field.shape.target();
    let kind = any.iter().find(|one| one.field == field.name).map(|one| one.kind);
    (target.is_some() || kind.is_some()).then(|| Parent {
        field: field.name,
        column: field.column,
        target,
        kind,
        inherits: Vec::new(),
    })
}

impl KindDef {
    /// The kind of a declaration.
    #[must_use]
    pub fn of(declared: &'static Declaration) -> Self {
        let fields = || declared.fields.iter();
        let columns: Vec<Column> = standard(declared).chain(fields().flat_map(columns)).collect();
        let index = columns.iter().enumerate().map(|(at, column)| (column.name, at)).collect();
        // Of several columns of one field the first.
        let fields_at = columns.iter().enumerate().rev().map(|(at, column)| (column.field, at)).collect();
        let link = |field: &FieldDef| {
            let target = if let Shape::Refs(kind) = field.shape { Some(kind) } else { None };
            let is_of_any_owner = field.is_of_any_owner;
            Some(Link { column: field.column, table: field.table?, target, is_of_any_owner })
        };
        let any = fields().filter(|field| field.shape == Shape::AnyRef).map(|field| AnyLink {
            field: field.name,
            kind: keep(format!("{}_kind", field.name)),
            id: field.column,
            is_checked: field.is_of_any_owner || declared.below.contains(&field.name),
            is_of_any_owner: field.is_of_any_owner,
            shows: fields().find(|one| one.shown_with == Some(field.name)).map(|one| one.name),
        });
        let any: Vec<AnyLink> = any.collect();
        let first = |is: fn(&&FieldDef) -> bool| fields().find(is).map(|field| field.column);
        let mut sortable = vec!["created_at", "updated_at"];
        sortable.extend(fields().filter(|field| field.is_sort).map(|field| field.column));
        let column = |name: &'static str| declared.field(name).map_or(name, |field| field.column);
        let mut unique: Vec<Vec<&'static str>> = vec![vec!["owner", "source_system", "external_key"]];
        unique.extend(declared.code.map(|code| match code {
            Code::Everywhere => vec!["code"],
            Code::PerOwner => vec!["owner", "code"],
        }));
        unique.extend(declared.unique.iter().map(|key| key.iter().map(|name| column(name)).collect()));
        unique.extend(fields().filter(|field| field.is_unique).map(|field| vec![field.column]));
        Self {
            declared,
            name: declared.name,
            collection: declared.plural,
            table: declared.name,
            class: declared.class,
            columns,
            index,
            fields_at,
            links: fields().filter_map(link).collect(),
            parent: declared.below.iter().filter_map(|name| parent(declared.field(name)?, &any)).collect(),
            any,
            code: declared.code.map(|_| "code"),
            lead: first(|field| field.is_lead),
            contributors: first(|field| field.is_contributors),
            label: first(|field| field.is_label).or(first(|field| field.is_text)),
            sortable,
            progress: fields()
                .filter(|field| field.is_progress && field.writing == Writing::Always)
                // Of other kinds it says only what may be edited after a plan's adoption.
                .filter(|_| declared.class == Class::Work)
                .map(|field| field.name)
                .collect(),
            fixed_owner: declared.fixed,
            unique,
            filters: Vec::new(),
            parts: Vec::new(),
            edges: Vec::new(),
            lifecycle: declared.moves,
            schemas: Schemas::of(declared),
            move_schemas: HashMap::new(),
        }
    }

    /// Puts in what follows from other declarations.
    pub(in crate::base) fn connect(&mut self, all: &[&'static Declaration]) -> Result<(), String> {
        self.edges = edges(self.declared, all)?;
        for at in 0..self.parent.len() {
            let target = self.parent.get(at).and_then(|parent| parent.target);
            if target.is_none() {
                continue;
            }
            let above = all.iter().find(|one| Some(one.name) == target);
            let above = above.ok_or_else(|| format!("{}: it stands below no kind", self.name))?;
            let has_plan = self.has("plan_id") && above.field("plan").is_some();
            // A lead agency that nobody gives is that of the record above.
            let has_lead = self.declared.field(LEAD).is_some_and(|field| field.writing == Writing::Never)
                && above.field(LEAD).is_some();
            let plan = has_plan.then_some(("plan_id", "plan_id"));
            let lead = has_lead.then_some((LEAD_COLUMN, LEAD_COLUMN));
            // Where it stands below others too, these are those of the nearest one.
            let farther = self.declared.below.iter().skip(at + 1).filter(|name| **name != "plan");
            let farther = farther
                .filter_map(|name| Some((self.declared.field(name)?.column, above.field(name)?.column)));
            let inherits = plan.into_iter().chain(farther).chain(lead).collect();
            if let Some(parent) = self.parent.get_mut(at) {
                parent.inherits = inherits;
            }
        }
        self.filters = filter::filters(self, all)?;
        self.parts = part::parts(self);
        self.move_schemas = self.compile_moves();
        self.check_sound()
    }

    fn compile_moves(&self) -> HashMap<String, Schema> {
        let steps = self.lifecycle.into_iter().flat_map(|cycle| cycle.moves);
        let mut named = schema::shared();
        named.insert("RecordedInput".into(), schema::recorded_input());
        let compiled = steps.map(|step| {
            let input = schema::move_input(self, step);
            (schema::move_input_name(self, step), Schema::compile(&input, named.clone()))
        });
        compiled.collect()
    }

    /// Says what is wrong with a declaration.
    fn check_sound(&self) -> Result<(), String> {
        let wrong = |text: String| Err(format!("{}: {text}", self.name));
        if self.columns.len() > Columns::MOST {
            return wrong(format!("a kind has at most {} columns", Columns::MOST));
        }
        if self.parent.len() != self.declared.below.len() {
            return wrong("it stands below what is no record".into());
        }
        let names: BTreeSet<&str> = self.filters.iter().map(|filter| filter.name).collect();
        if names.len() != self.filters.len() {
            return wrong("two of its filters have one name".into());
        }
        for column in self.unique.iter().flatten().chain(&self.sortable) {
            if !self.has(column) {
                return wrong(format!("there is no column `{column}`"));
            }
        }
        for field in self.declared.fields {
            let of_day = |name: &str| self.column(name).is_some_and(|column| column.ty == Type::Date);
            if field.not_before.is_some_and(|name| !of_day(name)) {
                return wrong(format!("`{}` is compared with no day", field.name));
            }
            let is_plain = field.shape.target().is_none() && !field.shape.is_list() && !field.is_sort;
            if field.is_disclosable && !(field.is_nullable && is_plain) {
                return wrong(format!(
                    "`{}` may be withheld, and is no plain field that may be empty",
                    field.name
                ));
            }
            let of_any = |name: &str| self.any.iter().any(|any| any.field == name);
            if field
                .shown_with
                .is_some_and(|name| !of_any(name) || !field.is_disclosable || self.is_of_editions())
            {
                return wrong(format!("`{}` cannot be shown with another record", field.name));
            }
            if field.is.is_some_and(|(name, _)| self.declared.field(name).is_none()) {
                return wrong(format!("`{}` follows from no field", field.name));
            }
            let has_states = |(name, over): (&str, &[&str])| {
                let list = self.declared.field(name).and_then(|state| state.shape.vocabulary());
                field.shape == Shape::Date
                    && list.is_some_and(|list| over.iter().all(|code| list.rank(code).is_some()))
            };
            if field.late.is_some_and(|late| !has_states(late)) {
                return wrong(format!(
                    "nothing is late by `{}`, or over in states that there are not",
                    field.name
                ));
            }
            if matches!(field.shape, Shape::Refs(_)) && field.table.is_none() {
                return wrong(format!("`{}` names no link table", field.name));
            }
        }
        if self.class == Class::Work && self.lead.is_none() {
            return wrong("a kind of work has a lead agency".into());
        }
        let is_comment = self.parent.first().is_some_and(|parent| parent.kind.is_some());
        let has_circle = self.lead.is_some() && self.contributors.is_some() && self.has("plan_id");
        if self.class == Class::Comment && !(is_comment && has_circle) {
            return wrong("a comment stands below any record, whose agencies and plan it takes over".into());
        }
        if self
            .declared
            .named
            .is_some_and(|name| self.declared.field(name).is_none_or(|f| f.shape != Shape::Ref("country")))
        {
            return wrong("what it names is no country".into());
        }
        self.lifecycle.map_or(Ok(()), |cycle| self.check_lifecycle(cycle))
    }

    fn check_lifecycle(&self, cycle: &Lifecycle) -> Result<(), String> {
        let wrong = |text: String| Err(format!("{}: {text}", self.name));
        let (working, reason) = cycle.working.unzip();
        let columns = [Some(cycle.state), Some(cycle.reason), cycle.before, working, reason];
        for column in columns.into_iter().flatten() {
            if !self.has(column) {
                return wrong(format!("its lifecycle knows no column `{column}`"));
            }
        }
        let states = self.declared.field(cycle.state).and_then(|field| field.shape.vocabulary());
        let mut of_states = self.declared.fields.iter().filter_map(|field| field.of_state);
        if let Some(state) = of_states.find(|state| states.is_none_or(|list| list.rank(state).is_none())) {
            return wrong(format!("a field belongs to the state `{state}`, which there is not"));
        }
        for step in cycle.moves {
            let to = if let To::State(state) = step.to { Some(state) } else { None };
            if let Some(state) =
                step.from.iter().copied().chain(to).find(|s| states.is_none_or(|l| l.rank(s).is_none()))
            {
                return wrong(format!("`{}` knows no state `{state}`", step.name));
            }
            let unmet = step.needs.iter().find(|need| match need {
                Need::Field(name) => !self.has(name) && self.declared.field(name).is_none(),
                Need::Fact(_) | Need::Reason => false,
            });
            if let Some(need) = unmet {
                return wrong(format!("`{}` needs {need:?}, which nothing finds out", step.name));
            }
            if cycle.before.is_none() && (step.is_remembered || matches!(step.to, To::Back)) {
                return wrong(format!("`{}` goes back to a state that is not remembered", step.name));
            }
            if let Some(taken) = step.takes.iter().find(|taken| self.declared.field(taken.field).is_none()) {
                return wrong(format!("`{}` takes no field `{}`", step.name, taken.field));
            }
        }
        Ok(())
    }
}
