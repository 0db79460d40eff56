//! What people write for the codes of closed lists, besides their labels.

use std::{collections::HashMap, sync::LazyLock};

use kernel::KindDef;
use model::{Shape, VocabularyDef};

use super::mapping::{Names, same};
use crate::domain::vocabularies::{list_name, terms};

/// A list, a code, and the words for it in each language, parted by `|`.
const WORDS: &str = include_str!("../../../../data/value_words.csv");

/// By the name of a list: words, and the codes that they mean.
static USUAL: LazyLock<HashMap<String, Names>> = LazyLock::new(|| {
    let mut all = HashMap::<String, Names>::new();
    let lines = csv::Reader::from_reader(WORDS.as_bytes()).into_records().filter_map(Result::ok);
    for line in lines {
        let (Some(list), Some(code)) = (line.get(0), line.get(1)) else { continue };
        let words = line.iter().skip(2).flat_map(|cell| cell.split('|')).filter(|word| !word.is_empty());
        let names = all.entry(list.to_owned()).or_default();
        names.extend(words.map(|word| (same(word), code.to_owned())));
    }
    all
});

/// The labels of a closed list in every language, and the usual words, with the codes that they mean.
pub(super) fn labels(list: &VocabularyDef) -> Names {
    let name = list_name(list);
    let mut all = Names::new();
    for term in terms().iter().filter(|term| term.vocabulary == name) {
        let others = [&term.label_ru, &term.label_ky, &term.label_fr].into_iter().flatten();
        for label in others.chain([&term.label_en]).filter(|label| !label.is_empty()) {
            all.entry(same(label)).or_insert_with(|| term.code.clone());
        }
    }
    for (word, code) in USUAL.get(&name).into_iter().flatten() {
        all.entry(word.clone()).or_insert_with(|| code.clone());
    }
    all
}

/// The closed list of a field.
pub(super) fn list_of(def: &KindDef, field: &str) -> Option<&'static VocabularyDef> {
    match def.declared.field(field)?.shape {
        Shape::Code(list) | Shape::Codes(list) | Shape::Mask(list) => Some(list),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use entity::vocab::{ActionStatus, TaskStatus};
    use model::Vocabulary;

    use super::*;

    #[test]
    fn usual_words_for_states_are_known_in_four_languages() {
        let task = labels(TaskStatus::DEF);
        let action = labels(ActionStatus::DEF);
        let of = |names: &Names, word: &str| names.get(&same(word)).cloned().unwrap_or_default();

        for (word, code) in [
            ("Выполнено", "done"),
            ("выполнена", "done"),
            ("в работе", "in_progress"),
            ("запланировано", "planned"),
            ("не начато", "planned"),
            ("отложено", "blocked"),
            ("отменён", "cancelled"),
            ("аткарылган", "done"),
            ("иштелип жатат", "in_progress"),
            ("баштала элек", "planned"),
            ("Not started", "planned"),
            ("Ongoing", "in_progress"),
            ("achevé", "done"),
            ("annulé", "cancelled"),
        ] {
            assert_eq!(of(&task, word), code, "{word}");
        }
        assert_eq!([of(&action, "отложено"), of(&action, "Завершено")], ["planned", "done"]);
    }

    #[test]
    fn every_line_is_of_a_code_and_no_word_means_two() {
        let mut met = HashMap::new();
        for line in csv::Reader::from_reader(WORDS.as_bytes()).into_records() {
            let line = line.unwrap();
            let (list, code) = (&line[0], &line[1]);
            let is_term = terms().iter().any(|term| term.vocabulary == list && term.code == code);
            assert!(is_term, "{list} {code}");
            for word in line.iter().skip(2).flat_map(|cell| cell.split('|')).filter(|word| !word.is_empty()) {
                assert_eq!(
                    met.insert((list.to_owned(), same(word)), code.to_owned()),
                    None,
                    "{list}: {word}"
                );
            }
        }
    }
}
