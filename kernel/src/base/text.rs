//! How texts are folded for searching.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Folds a text for searching: compatibility form, marks dropped, lower case.
///
/// Letters such as the Kyrgyz `ң`, `ө`, `ү` have no decomposition and stay letters of their own.
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// Splits a query into folded words; a record matches when it has all of them.
#[must_use]
pub fn words(query: &str) -> Vec<String> {
    fold(query).split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{fold, words};

    #[test]
    fn folding_drops_accents_and_case_but_keeps_kyrgyz_letters() {
        assert_eq!(fold("Façade ÉTAT"), "facade etat");
        assert_eq!(fold("Өзгөчө кырдаалдаР"), "өзгөчө кырдаалдар");
        assert_eq!(words("  Plan  ДЕЙСТВИЙ "), ["plan", "деиствии"]);
    }
}
