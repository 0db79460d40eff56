//! Schemas of what moves take.

use model::{Move, Need, lifecycle::Taken};
use serde_json::{Map, Value as Json, json};

use super::{closed, inputs::value, link, or_null, with};
use crate::record::KindDef;

/// Name of the input of a move: its own where it takes fields, else the one all such moves share.
#[must_use]
pub fn move_input_name(def: &KindDef, step: &Move) -> String {
    let kind = def.declared.type_name;
    if step.takes.is_empty() {
        format!("{kind}MoveInput")
    } else {
        format!("{}{kind}Input", capital(step.name))
    }
}

/// `enter_into_force` as `EnterIntoForce`.
#[must_use]
pub fn capital(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
            .unwrap_or_default()
    };
    name.split('_').map(word).collect()
}

/// What a move takes.
#[must_use]
pub fn move_input(def: &KindDef, step: &Move) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let optional = |schema: Json| with(or_null(schema), json!({ "default": null }));
    for taken in step.takes {
        let Some(field) = def.declared.field(taken.field) else { continue };
        let schema = if must_give(step, taken) { value(field) } else { optional(value(field)) };
        properties.insert(taken.field.to_owned(), schema);
        required.extend(must_give(step, taken).then_some(taken.field));
    }
    if takes_reason(def, step) {
        let text =
            json!({ "description": reason_text(def), "maxLength": 5000, "minLength": 1, "type": "string" });
        properties.insert("reason".into(), optional(text));
    }
    if takes_paper(def, step) {
        let paper = with(link("RecordedInput"), json!({ "description": RECORDED }));
        properties.insert("recorded".into(), optional(paper));
    }
    let words = def.declared.words();
    let text = if step.takes.is_empty() {
        format!("What a move of a {words} takes.")
    } else {
        format!("What the move `{}` of a {words} takes.", step.name)
    };
    closed(&text, properties, &required)
}

/// Whether a reason comes with a move.
#[must_use]
pub fn takes_reason(def: &KindDef, step: &Move) -> bool {
    let needs = |step: &Move| step.needs.contains(&Need::Reason);
    let shares = || def.lifecycle.is_some_and(|cycle| cycle.moves.iter().any(needs));
    if step.takes.is_empty() { shares() } else { needs(step) }
}

/// Whether the paper it was made on comes with a move.
#[must_use]
pub fn takes_paper(def: &KindDef, step: &Move) -> bool {
    (step.takes.is_empty() || step.is_act) && def.lifecycle.is_some_and(|cycle| cycle.is_recorded)
}

/// Whether a call gives a field that comes with the move: a legal act comes with its paper instead, if there is one.
#[must_use]
pub const fn must_give(step: &Move, taken: &Taken) -> bool {
    taken.is_required && !step.is_act
}

/// What a move says of the paper it was made on: text of both contracts.
pub const RECORDED: &str = "The paper, where the move was made on paper and is recorded by the focal point.";

/// What a move says of its reason: text of both contracts.
#[must_use]
pub fn reason_text(def: &KindDef) -> String {
    let moves = def.lifecycle.into_iter().flat_map(|cycle| cycle.moves);
    let needing = moves.filter(|step| step.needs.contains(&Need::Reason) && step.takes.is_empty());
    let names: Vec<String> = needing.map(|step| format!("`{}`", step.name)).collect();
    match names.as_slice() {
        [] => "Why.".to_owned(),
        [one] => format!("Why; needed by {one}."),
        [first @ .., last] => format!("Why; needed by {} and {last}.", first.join(", ")),
    }
}

/// The members of the paper a move was made on: name, text of both contracts, longest text; none for the day.
pub const PAPER: [(&str, &str, Option<i64>); 4] = [
    ("act_body", "Body that decided.", Some(300)),
    ("act_number", "Number of the act.", Some(100)),
    ("act_on", "Day of the act.", None),
    ("act_source", "Where the act is published or kept.", Some(1_000)),
];

/// The paper a move was made on.
#[must_use]
pub fn recorded_input() -> Json {
    let member = |(name, text, most): (&str, &str, Option<i64>)| {
        let schema = match most {
            Some(most) => json!({ "description": text, "maxLength": most, "minLength": 1, "type": "string" }),
            None => json!({ "description": text, "format": "date", "type": "string" }),
        };
        (name.to_owned(), schema)
    };
    closed(
        "The paper a move was made on.",
        PAPER.map(member).into_iter().collect(),
        &PAPER.map(|(name, ..)| name),
    )
}

/// A move that a record's lifecycle knows.
pub(super) fn state() -> Json {
    let truth = |text: &str| json!({ "description": text, "type": "boolean" });
    let properties = json!({
        "verb": with(link("Verb"), json!({ "description": "The move." })),
        "to": { "description": "State the record would be in afterwards.", "type": "string" },
        "allowed": truth("Whether the caller can make the move now."),
        "recorded_only": truth("Whether the caller can make it only as a move recorded on paper (`recorded`)."),
        "missing": { "description": "Facts that are missing for it.", "items": { "type": "string" }, "type": "array" },
        "warnings": { "description": "What is open and does not stand in its way.", "items": { "type": "string" }, "type": "array" },
    });
    let properties = properties.as_object().cloned().unwrap_or_default();
    let required = ["verb", "to", "allowed", "recorded_only", "missing", "warnings"];
    super::object("A move that a record's lifecycle knows.", properties, &required)
}
