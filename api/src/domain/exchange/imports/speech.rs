//! Errors of rows in the language of who reads them.

use std::{collections::HashMap, sync::LazyLock};

use kernel::view::Locale;

use super::ImportRow;
use crate::domain::plans::document::words::{Language, Speech};

/// What codes mean, in the languages beside English.
const MESSAGES: &str = include_str!("../../../../data/import_messages.csv");

static MEANINGS: LazyLock<HashMap<String, [String; 3]>> = LazyLock::new(|| {
    let lines = csv::Reader::from_reader(MESSAGES.as_bytes()).into_deserialize().filter_map(Result::ok);
    lines.map(|(code, ru, ky, fr): (String, String, String, String)| (code, [ru, ky, fr])).collect()
});

/// Says what is wrong with rows in the language that is wanted; what exactly is wrong stays in English, as the hint.
pub(super) fn speak(rows: &mut [ImportRow], locale: &Locale) {
    let at = match Speech::of(locale, &[]).language() {
        Language::En => return,
        Language::Ru => 0,
        Language::Ky => 1,
        Language::Fr => 2,
    };
    for error in rows.iter_mut().flat_map(|row| &mut row.errors) {
        let Some(meaning) = MEANINGS.get(&error.code).and_then(|all| all.get(at)) else { continue };
        let value = error.value.as_ref().map_or_else(String::new, |value| format!(": \"{value}\""));
        error.hint = std::mem::replace(&mut error.message, format!("{meaning}{value}"));
    }
}

#[cfg(test)]
mod tests {
    use kernel::Code;

    use super::MEANINGS;

    #[test]
    fn every_line_is_of_a_code_and_whole() {
        assert!(MEANINGS.len() > 30);
        for (code, texts) in MEANINGS.iter() {
            assert!(Code::ALL.iter().any(|known| known.name() == code), "{code}");
            assert!(texts.iter().all(|text| !text.is_empty()), "{code}");
        }
    }
}
