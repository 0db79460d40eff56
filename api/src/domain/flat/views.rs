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

/// A kind with the columns that a view has of its records.
type OfKind = (fn() -> &'static KindDef, Places);

enum Rows {
    Kinds(&'static [OfKind]),
    Made(Make, &'static [Told]),
}

/// Every view, by name.
pub const VIEWS: [View; 6] = [
    View {
        name: "calendar_flat",
        doc: "Days on which something is due or takes place: deadlines, milestones, tasks and exercises that have one.",
        rows: Rows::Kinds(&[
            (Deadline::def, DEADLINES),
            (Milestone::def, MILESTONES),
            (Task::def, DUE_TASKS),
            (Exercise::def, EXERCISES),
        ]),
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
        rows: Rows::Kinds(&[(Action::def, ACTIONS)]),
    },
    View {
        name: "task_flat",
        doc: "Tasks, with the plan and the action that they carry out.",
        rows: Rows::Kinds(&[(Task::def, TASKS)]),
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
    ("pillar_id", "objective>pillar.id"),
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

const DEADLINES: Places = &[
    ("id", "id"),
    ("kind", "=deadline"),
    ("title", "obligation.name"),
    ("due_on", "due_on"),
    ("status", "status"),
    ("status_label", "status.label"),
    ("is_late", "@late"),
    ("country", "owner_country"),
    ("country_name", "@country"),
    ("regions", "regions"),
    ("owner", "owner"),
    ("framework_code", "framework"),
    ("obligation_code", "obligation"),
    ("lead_agency_id", "lead_agency.id"),
    ("lead_agency_code", "lead_agency"),
    ("lead_agency_name", "lead_agency.name"),
    ("plan_id", ""),
    ("updated_at", "updated_at"),
];

const MILESTONES: Places = &[
    ("id", "id"),
    ("kind", "=milestone"),
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
    ("lead_agency_id", "agency.id"),
    ("lead_agency_code", "agency"),
    ("lead_agency_name", "agency.name"),
    ("plan_id", ""),
    ("updated_at", "updated_at"),
];

const DUE_TASKS: Places = &[
    ("id", "id"),
    ("kind", "=task"),
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
    ("plan_id", "plan.id"),
    ("updated_at", "updated_at"),
];

const EXERCISES: Places = &[
    ("id", "id"),
    ("kind", "=exercise"),
    ("title", "title"),
    ("due_on", "held_on"),
    ("status", "status"),
    ("status_label", "status.label"),
    ("is_late", ""),
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

impl View {
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
            Rows::Kinds(parts) => {
                let part = |(def, places): &OfKind| {
                    let def = def();
                    let find = |(name, place): &(&str, &'static str)| {
                        column(def, (name, place), (speech, names, today))
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

/// The column of a view that stands in a place.
fn column(
    def: &'static KindDef,
    (name, place): (&str, &'static str),
    (speech, names, today): (&Speech, &Arc<HashMap<String, String>>, NaiveDate),
) -> Option<columns::Column> {
    if let Some(text) = place.strip_prefix('=') {
        return Some(columns::Column::always(name, text));
    }
    let own = |def: &'static KindDef, of: &str| {
        Columns::every(def, speech).all.into_iter().find(|column| column.name == of)
    };
    match place {
        "" => Some(columns::Column::always(name, "")),
        "@country" => Some(own(def, "owner_country")?.with_country(names.clone()).named(name)),
        "@late" => Some(columns::Column::late(name, Late::of(def)?, today)),
        _ => {
            let (mut at, mut path) = (def, Vec::new());
            let mut steps = place.split('>').peekable();
            while let Some(step) = steps.next() {
                if steps.peek().is_none() {
                    return Some(own(at, step)?.along(path).named(name));
                }
                let field = at.declared.field(step)?;
                path.push(field.column);
                at = KINDS.get(field.shape.target()?)?;
            }
            None
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
            let Rows::Kinds(parts) = &view.rows else { continue };
            let table = view.table(
                &Speech::of(&kernel::view::Locale::default(), &[]),
                &Arc::default(),
                NaiveDate::default(),
            );
            let Source::Kinds(made) = &table.source else { panic!("{}", view.name) };
            for ((def, places), columns) in parts.iter().zip(made) {
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
