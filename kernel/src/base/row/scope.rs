//! What the policy asks of a row.

use model::{
    Class,
    declaration::standard::{DRAFTED_IN, NAMED},
};
use serde_json::Value as Json;

use super::{Row, is_null};
use crate::policy::{ACCEPTED, CONSENT, Scope};

impl Row {
    /// The facts the policy needs, read from the columns by their names.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let code = |column| self.text(column).map(|code| Json::String(code.to_owned()));
        Scope {
            owner: self.owner().to_owned(),
            level: code("visibility").and_then(|level| serde_json::from_value(level).ok()),
            agency: self.def.lead.and_then(|column| self.uuid(column)),
            contributors: self.def.contributors.map(|column| self.ids(column)).unwrap_or_default(),
            shared_set: self.uuid("shared_set_id"),
            release_set: self.uuid("release_set_id"),
            plan: self.def.plan_column().and_then(|column| self.uuid(column)),
            person: match self.def.class {
                Class::Person => self.uuid("id"),
                Class::Comment => self.uuid("created_by"),
                _ => self.uuid("user_id"),
            },
            role: code("role").and_then(|role| serde_json::from_value(role).ok()),
            is_offered: self.text(CONSENT).is_some_and(|consent| consent != ACCEPTED),
            // A read of what is in force selects no such column.
            is_drafted: self.def.at(DRAFTED_IN).is_some_and(|at| self.held.has(at) && !is_null(self.at(at))),
            named: self.def.declared.named.and_then(|_| self.text(NAMED)).map(str::to_owned),
            is_unsettled: self.is_unsettled(),
            is_inside: false,
            holdings: Vec::new(),
        }
    }

    /// Whether the record is in a state in which only its owner and the country it names see it.
    fn is_unsettled(&self) -> bool {
        let is_shown = |(column, states): (&str, &[&str])| {
            self.text(column).is_some_and(|state| states.contains(&state))
        };
        self.def.shown_in().is_some_and(|shown| !is_shown(shown))
    }
}
