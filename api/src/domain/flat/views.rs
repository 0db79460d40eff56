//! The views: their names, and what stands in their columns. Names stay; a column that goes is announced first.

use std::{collections::HashMap, sync::Arc};

use chrono::NaiveDate;
use entity::{Action, Deadline, Exercise, Milestone, Task};
use kernel::{KindDef, figures::Late};

use super::{
    Column, Make, Source, Table, described,
    made::{obligations, overview, participations},
};
use crate::domain::{
    KINDS, Registered,
    exchange::columns::{self, Columns, Type},
    plans::document::words::Speech,
};

/// A view.
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub doc: &'static str,
    rows: Rows,
}

/// What a column of a view is called, and what stands in it: a column of the kind's files, with the fields that lead to another
/// record before it (`objective>pillar>title`); `@country` is the name of its country, `@late` whether it is late; what
/// follows `=` is the same in every row, and an empty text nothing.
type Places = &'static [(&'static str, &'static str)];

/// A column of a view whose rows are made.
pub(super) type Told = (&'static str, Type, &'static str);

/// A kind, with the columns that stand elsewhere in its records than in those of others.
type OfKind = (fn() -> &'static KindDef, Places);

enum Rows {
    Kinds(Places, &'static [OfKind]),
    Made(Make, &'static [Told]),
}

/// Every view, by name.
pub const VIEWS: [View; 6] = [
    View {
        name: "calendar_flat",
        doc: "Days on which something is due or takes place: deadlines, milestones, tasks and exercises that have one.",
        rows: Rows::Kinds(
            DAYS,
            &[
                (Deadline::def, DEADLINES),
                (Milestone::def, MILESTONES),
                (Task::def, DUE_TASKS),
                (Exercise::def, EXERCISES),
            ],
        ),
    },
    View {
        name: "country_overview_flat",
        doc: "Countries, one in a row: region, membership, step of the cycle, and what of its plans, participations and marks the caller sees.",
        rows: Rows::Made(overview::rows, overview::COLUMNS),
    },
    View {
        name: "obligation_status_flat",
        doc: "Countries by obligations: what is recorded, from responsibility to deadlines and marks, and where nothing is.",
        rows: Rows::Made(obligations::rows, obligations::COLUMNS),
    },
    View {
        name: "participation_flat",
        doc: "Countries by frameworks: how each stands today, with its source, and where nothing is recorded.",
        rows: Rows::Made(participations::rows, participations::COLUMNS),
    },
    View {
        name: "plan_action_flat",
        doc: "Actions, with the plan, pillar and objective that they stand below.",
        rows: Rows::Kinds(ACTIONS, &[(Action::def, &[])]),
    },
    View {
        name: "task_flat",
        doc: "Tasks, with the plan and the action that they carry out.",
        rows: Rows::Kinds(TASKS, &[(Task::def, &[])]),
    },
];

const ACTIONS: Places = &[
    ("id", "id"),
    ("code", "code"),
    ("title", "title"),
    ("status", "status"),
    ("status_label", "status.label"),
    ("country", "owner_country"),
    ("country_name", "@country"),
    ("regions", "regions"),
    ("owner", "owner"),
    ("plan_id", "plan.id"),
    ("plan_title", "plan.name"),
    ("plan_kind", "plan>kind"),
    ("plan_kind_label", "plan>kind.label"),
    ("plan_edition", "plan>edition"),
    ("plan_status", "plan>status"),
    ("plan_status_label", "plan>status.label"),
    ("pillar_id", "objective>pillar>id"),
    ("pillar_code", "objective>pillar>code"),
    ("pillar_title", "objective>pillar>title"),
    ("objective_id", "objective.id"),
    ("objective_code", "objective>code"),
    ("objective_title", "objective.name"),
    ("lead_agency_id", "lead_agency.id"),
    ("lead_agency_code", "lead_agency"),
    ("lead_agency_name", "lead_agency.name"),
    ("contributing_agencies", "contributing_agencies"),
    ("obligations", "obligations"),
    ("starts_on", "starts_on"),
    ("ends_on", "ends_on"),
    ("is_late", "@late"),
    ("progress_percent", "progress_percent"),
    ("cost_amount", "cost.amount"),
    ("cost_currency", "cost.currency"),
    ("funding_source", "funding_source"),
    ("visibility", "visibility"),
    ("handling", "handling"),
    ("created_at", "created_at"),
    ("updated_at", "updated_at"),
];

const TASKS: Places = &[
    ("id", "id"),
    ("external_key", "external_key"),
    ("title", "title"),
    ("status", "status"),
    ("status_label", "status.label"),
    ("priority", "priority"),
    ("priority_label", "priority.label"),
    ("family", "family"),
    ("family_label", "family.label"),
    ("country", "owner_country"),
    ("country_name", "@country"),
    ("regions", "regions"),
    ("owner", "owner"),
    ("lead_agency_id", "lead_agency.id"),
    ("lead_agency_code", "lead_agency"),
    ("lead_agency_name", "lead_agency.name"),
    ("contributing_agencies", "contributing_agencies"),
    ("plan_id", "plan.id"),
    ("plan_title", "plan.name"),
    ("plan_status", "plan>status"),
    ("plan_status_label", "plan>status.label"),
    ("action_id", "action.id"),
    ("action_code", "action>code"),
    ("action_title", "action.name"),
    ("due_on", "due_on"),
    ("completed_on", "completed_on"),
    ("is_late", "@late"),
    ("progress_percent", "progress_percent"),
    ("estimate_days", "estimate_days"),
    ("visibility", "visibility"),
    ("handling", "handling"),
    ("created_at", "created_at"),
    ("updated_at", "updated_at"),
];

/// Of all kinds of the calendar.
const DAYS: Places = &[
    ("id", "id"),
    ("kind", ""),
    ("title", "title"),
    ("due_on", "due_on"),
    ("status", "status"),
    ("status_label", "status.label"),
    ("is_late", "@late"),
    ("country", "owner_country"),
    ("country_name", "@country"),
    ("regions", "regions"),
    ("owner", "owner"),
    ("framework_code", ""),
    ("obligation_code", ""),
    ("lead_agency_id", "lead_agency.id"),
    ("lead_agency_code", "lead_agency"),
    ("lead_agency_name", "lead_agency.name"),
    ("plan_id", ""),
    ("updated_at", "updated_at"),
];

const DEADLINES: Places = &[
    ("kind", "=deadline"),
    ("title", "obligation.name"),
    ("framework_code", "framework"),
    ("obligation_code", "obligation"),
];

const MILESTONES: Places = &[
    ("kind", "=milestone"),
    ("lead_agency_id", "agency.id"),
    ("lead_agency_code", "agency"),
    ("lead_agency_name", "agency.name"),
];

const DUE_TASKS: Places = &[("kind", "=task"), ("plan_id", "plan.id")];

const EXERCISES: Places = &[("kind", "=exercise"), ("due_on", "held_on"), ("is_late", "")];

impl View {
    /// Whether its rows are made of many records together.
    pub(super) const fn is_made(&self) -> bool {
        matches!(self.rows, Rows::Made(..))
    }

    /// The columns of a view, with labels and names of countries in the caller's language.
    pub(super) fn table(
        &self,
        speech: &Speech,
        names: &Arc<HashMap<String, String>>,
        today: NaiveDate,
    ) -> Table {
        let (columns, source) = match &self.rows {
            Rows::Made(make, told) => {
                let column = |(name, ty, doc): &Told| Column {
                    name: (*name).to_owned(),
                    doc: (*doc).to_owned(),
                    ty: *ty,
                    is_filter: true,
                    is_sort: true,
                    target: None,
                };
                (told.iter().map(column).collect(), Source::Made(*make))
            }
            Rows::Kinds(places, parts) => {
                let mut making = Making { speech, names, today, known: HashMap::new() };
                let part = |(def, others): &OfKind| {
                    let def = def();
                    let find = |(name, place): &(&str, &'static str)| {
                        let other = others.iter().find(|(of, _)| of == name).map(|(_, place)| *place);
                        making.column(def, (name, other.unwrap_or(place)))
                    };
                    Columns { def, all: places.iter().filter_map(find).collect() }
                };
                let parts: Vec<Columns> = parts.iter().map(part).collect();
                (joined(&parts), Source::Kinds(parts))
            }
        };
        Table { name: self.name, doc: self.doc, columns, source }
    }
}

/// What the columns of a view are made with.
struct Making<'a> {
    speech: &'a Speech,
    names: &'a Arc<HashMap<String, String>>,
    today: NaiveDate,
    /// Every column of the kinds that were looked at, each made once.
    known: HashMap<&'static str, Columns>,
}

impl Making<'_> {
    /// A column of the files of a kind.
    fn own(&mut self, def: &'static KindDef, name: &str) -> Option<columns::Column> {
        let speech = self.speech;
        let every = self.known.entry(def.name).or_insert_with(|| Columns::every(def, speech));
        every.all.iter().find(|column| column.name == name).cloned()
    }

    /// The column of a view that stands in a place.
    fn column(
        &mut self,
        def: &'static KindDef,
        (name, place): (&str, &'static str),
    ) -> Option<columns::Column> {
        if let Some(text) = place.strip_prefix('=') {
            return Some(columns::Column::always(name, text));
        }
        match place {
            "" => Some(columns::Column::always(name, "")),
            "@country" => Some(self.own(def, "owner_country")?.with_country(self.names.clone()).named(name)),
            "@late" => Some(columns::Column::late(name, Late::of(def)?, self.today)),
            _ => {
                let mut steps: Vec<&str> = place.split('>').collect();
                let last = steps.pop()?;
                let (mut at, mut path) = (def, Vec::new());
                for step in steps {
                    let field = at.declared.field(step)?;
                    path.push(field.column);
                    at = KINDS.get(field.shape.target()?)?;
                }
                Some(self.own(at, last)?.along(path).named(name))
            }
        }
    }
}

/// The columns of several kinds together: what one of them says, and what all of them are narrowed by. Of several kinds the order is
/// that of the kinds.
fn joined(parts: &[Columns]) -> Vec<Column> {
    let each: Vec<Vec<Column>> = parts.iter().map(described).collect();
    let Some((first, others)) = each.split_first() else { return Vec::new() };
    let mut all = first.clone();
    for (at, column) in all.iter_mut().enumerate() {
        let is_fixed = |part: usize| {
            parts.get(part).and_then(|part| part.all.get(at)).is_some_and(columns::Column::is_fixed)
        };
        let told = (0..each.len()).find(|part| !is_fixed(*part)).and_then(|part| each.get(part)?.get(at));
        if let Some(told) = told.filter(|_| is_fixed(0)) {
            (column.ty, column.doc) = (told.ty, told.doc.clone());
        }
        column.is_filter |= is_fixed(0);
        for (part, other) in (1..).zip(others) {
            column.is_filter &= is_fixed(part) || other.get(at).is_some_and(|other| other.is_filter);
        }
        column.is_sort &= others.is_empty();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_a_column_and_those_of_one_view_are_called_alike() {
        for view in &VIEWS {
            let Rows::Kinds(places, parts) = &view.rows else { continue };
            let table = view.table(
                &Speech::of(&kernel::view::Locale::default(), &[]),
                &Arc::default(),
                NaiveDate::default(),
            );
            let Source::Kinds(made) = &table.source else { panic!("{}", view.name) };
            for ((def, _), columns) in parts.iter().zip(made) {
                let names: Vec<&str> = places.iter().map(|(name, _)| *name).collect();
                assert_eq!(columns.names().collect::<Vec<_>>(), names, "{} of {}", view.name, def().name);
                assert_eq!(
                    table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
                    names
                );
            }
        }
    }
}
