//! What is said of the columns of a template beside their own texts, in the language that is wanted.

use std::{collections::HashMap, sync::LazyLock};

use super::templates::Takes;
use crate::domain::plans::document::words::Speech;

/// The notes by key, in four languages.
const NOTES: &str = include_str!("../../../../data/template_notes.csv");

static TEXTS: LazyLock<HashMap<String, [String; 4]>> = LazyLock::new(|| {
    let lines = csv::Reader::from_reader(NOTES.as_bytes()).into_deserialize().filter_map(Result::ok);
    lines
        .map(|(key, en, ru, ky, fr): (String, String, String, String, String)| (key, [en, ru, ky, fr]))
        .collect()
});

/// How the cells of a column are written, and whether a new record needs one.
pub(super) fn of(holds: Takes, is_required: bool, speech: &Speech) -> Vec<&'static str> {
    let written = match holds {
        Takes::List => Some("list"),
        Takes::Day => Some("day"),
        Takes::Instant => Some("instant"),
        Takes::Truth => Some("truth"),
        Takes::Json => Some("json"),
        Takes::Text | Takes::Whole | Takes::Decimal => None,
    };
    let keys = written.into_iter().chain(is_required.then_some("needed"));
    keys.filter_map(|key| Some(speech.pick(TEXTS.get(key)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::TEXTS;

    #[test]
    fn every_note_is_there_in_every_language() {
        for key in ["list", "day", "instant", "truth", "json", "needed"] {
            assert!(TEXTS[key].iter().all(|text| !text.is_empty()), "{key}");
        }
    }
}
