//! Texts as somebody was shown them, in translation: no texts to be kept.

use kernel::KindDef;
use serde_json::{Map, Value as Json};

use super::columns::{Column, Role};

/// The column of an export that says in which language its texts are shown.
pub(super) const SHOWN_IN: &str = "shown_in";
/// The member of a record that says which of its texts are shown in translation: field -> language.
const LANGUAGES: &str = "languages";

/// The texts of a kind.
fn all(def: &KindDef) -> impl Iterator<Item = &'static str> {
    def.columns.iter().filter(|column| column.is_text).map(|column| column.field)
}

/// Leaves the texts of a table alone, where a column says in which language they are shown.
pub(super) fn leave(def: &KindDef, columns: &mut [Column]) {
    if columns.iter().any(|column| column.field == SHOWN_IN) {
        let is_text = |name: &str| all(def).any(|text| text == name);
        let texts = columns.iter_mut().filter(|column| is_text(&column.field));
        texts.for_each(|column| column.role = Role::Told);
    }
}

/// The texts of an object that are shown in translation: those that `languages` names, and all of a row that says in
/// which language it is shown, as those of tables do.
pub(super) fn texts(def: &KindDef, members: &Map<String, Json>) -> Vec<&'static str> {
    let is_whole = members.contains_key(SHOWN_IN);
    let named = members.get(LANGUAGES).and_then(Json::as_object).filter(|all| !all.is_empty());
    if !is_whole && named.is_none() {
        return Vec::new();
    }
    let is_shown = |text: &&str| {
        members.contains_key(*text) && (is_whole || named.is_some_and(|all| all.contains_key(*text)))
    };
    all(def).filter(is_shown).collect()
}

#[cfg(test)]
mod tests {
    use entity::Task;
    use serde_json::json;

    use super::*;
    use crate::domain::Registered;

    fn left(members: &Json) -> Vec<&'static str> {
        texts(Task::def(), members.as_object().unwrap())
    }

    #[test]
    fn a_record_says_which_of_its_texts_are_translated() {
        let of = |languages: Json| left(&json!({"title": "T", "description": "D", "languages": languages}));

        assert_eq!(of(json!({"title": "ru", "status": "ru", "progress_note": "ru"})), ["title"]);
        assert!(of(json!({})).is_empty() && of(json!(null)).is_empty() && of(json!("ru")).is_empty());
        assert!(left(&json!({"title": "T"})).is_empty());
    }

    #[test]
    fn a_row_that_says_in_which_language_it_is_shown_has_no_text_to_keep() {
        let mut found = left(&json!({"title": "T", "description": "D", "status": "done", "shown_in": null}));
        found.sort_unstable();

        assert_eq!(found, ["description", "title"]);
    }
}
