//! Word forms: what the forms of a word have in common, for Russian, English and French.

use std::{collections::BTreeSet, sync::LazyLock};

use icu_casemap::CaseMapper;
use snowball_stemmers_rs::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

use super::fold;

/// Letters a word has at the least: shorter ones have no endings worth the name.
const SHORTEST: usize = 4;

/// What stands before and after every stem, so that one is not found within another.
const MARK: char = '\u{1f}';

/// A language with word forms.
struct Forms {
    tag: &'static str,
    /// Whether its words are written in this letter's script.
    writes: fn(char) -> bool,
    stemmer: Stemmer,
}

fn is_cyrillic(letter: char) -> bool {
    matches!(letter, '\u{400}'..='\u{52f}')
}

fn is_latin(letter: char) -> bool {
    matches!(letter, 'a'..='z' | '\u{df}'..='\u{24f}')
}

static FORMS: LazyLock<[Forms; 3]> = LazyLock::new(|| {
    let of = |tag, writes, algorithm| Forms { tag, writes, stemmer: Stemmer::create(algorithm) };
    [
        of("ru", is_cyrillic, Algorithm::Russian),
        of("en", is_latin, Algorithm::English),
        of("fr", is_latin, Algorithm::French),
    ]
});

impl Forms {
    /// The marked stem of a word in lower case.
    fn marked(&self, word: &str) -> Option<String> {
        let is_long = word.chars().count() >= SHORTEST;
        let stem = (is_long && word.chars().all(self.writes)).then(|| self.stemmer.stem(word))?;
        Some(format!("{MARK}{}:{}{MARK}", self.tag, fold(&stem)))
    }
}

/// The words of a text in lower case.
fn lower(text: &str) -> Vec<String> {
    let text: String =
        text.nfc().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{301}')).collect();
    let text = CaseMapper::new().lowercase_to_string(&text, &icu_locale_core::LanguageIdentifier::UNKNOWN);
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.replace('ё', "е"))
        .collect()
}

/// The stems of a text in this language (BCP 47), each marked; none for languages without.
pub(crate) fn stems(language: &str, text: &str) -> BTreeSet<String> {
    let primary = language.split('-').next().unwrap_or_default();
    let forms = FORMS.iter().find(|forms| forms.tag.eq_ignore_ascii_case(primary));
    forms
        .into_iter()
        .flat_map(|forms| lower(text).into_iter().filter_map(|word| forms.marked(&word)))
        .collect()
}

/// The stems a word of a query may have, in any of the languages; none for what is no single word.
pub(super) fn of_query(word: &str) -> Vec<String> {
    match lower(word).as_slice() {
        [word] => FORMS.iter().filter_map(|forms| forms.marked(word)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{of_query, stems};

    /// Whether a query finds a word of a text by its form.
    fn finds(query: &str, language: &str, text: &str) -> bool {
        let stored = stems(language, text);
        of_query(query).iter().any(|stem| stored.contains(stem))
    }

    #[test]
    fn forms_of_a_word_are_found_in_the_language_of_the_text() {
        assert!(finds("министерства", "ru", "Министерство обороны"));
        assert!(finds("МИНИСТЕРСТВО", "ru-RU", "совещание министерств"));
        assert!(finds("policies", "en", "A policy"));
        assert!(finds("nationales", "fr", "Plan national"));
        assert!(!finds("министерства", "ky", "Министерство"));
        assert!(!finds("министр", "ru", "Министерство"));
    }

    #[test]
    fn what_is_no_single_word_has_no_forms() {
        assert_eq!(of_query("T-12"), Vec::<String>::new());
        assert_eq!(of_query("als"), Vec::<String>::new());
    }
}
