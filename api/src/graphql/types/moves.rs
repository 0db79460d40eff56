//! The inputs of moves.

use async_graphql::registry::MetaInputValue;
use kernel::{
    KindDef,
    schema::{PAPER, RECORDED, must_give, reason_text, takes_paper, takes_reason},
};
use model::Move;

use super::{Types, entry::input, inputs::taken};
use crate::graphql::names::{camel, capital};

impl Types<'_> {
    /// The inputs of a kind's moves: one for those that take nothing of their own, one for each of the others.
    pub(super) fn moves(&mut self, def: &'static KindDef) {
        let text = format!("The {} to move, and what the move takes.", def.declared.words());
        for step in def.lifecycle.into_iter().flat_map(|cycle| cycle.moves) {
            self.put_input(&input_name(def, step), &text, members(def, step));
        }
    }

    /// The paper a move was made on.
    pub(super) fn paper(&mut self) {
        let member = |(name, text, most): (&str, &str, Option<i64>)| {
            input(&camel(name), text, if most.is_some() { "String!" } else { "Date!" })
        };
        self.put_input("RecordedInput", "The paper a move was made on.", PAPER.map(member).to_vec());
    }
}

/// Name of the input of a move.
pub(super) fn input_name(def: &KindDef, step: &Move) -> String {
    let verb = if step.takes.is_empty() { "Move".to_owned() } else { capital(&camel(step.name)) };
    format!("{verb}{}Input", def.declared.type_name)
}

fn members(def: &KindDef, step: &Move) -> Vec<MetaInputValue> {
    let mut all = vec![
        input("id", &format!("The {}.", def.declared.words()), "ID!"),
        input("expectedVersion", "Version that was read.", "Int!"),
    ];
    for taken_field in step.takes {
        if let Some(field) = def.declared.field(taken_field.field) {
            let end = if must_give(step, taken_field) { "!" } else { "" };
            all.push(input(&camel(field.name), field.doc, format!("{}{end}", taken(field))));
        }
    }
    if takes_reason(def, step) {
        all.push(input("reason", &reason_text(def), "String"));
    }
    if takes_paper(def, step) {
        all.push(input("recorded", RECORDED, "RecordedInput"));
    }
    all
}
