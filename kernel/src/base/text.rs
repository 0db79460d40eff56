//! Texts as people look for them and put them into order.

mod order;
mod stems;

use icu_casemap::CaseMapper;
use icu_properties::{
    CodePointSetData,
    props::{Dash, DefaultIgnorableCodePoint},
};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

pub use order::{column_of, key};
pub(crate) use stems::stems;

/// Says how texts are folded, stemmed and ordered: what is stored was made by this, or is made anew.
///
/// It names the version of the collation's data; a test holds it against what is built in.
pub const ALGORITHM: &str = "icu_collator 2.4.0; folding 2; stems 1";

/// What is searched for one word of a query: the word itself, or any of its word forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The folded word; a record with these letters in a row is found.
    pub folded: String,
    /// What its forms have in common, marked as it is stored.
    pub stems: Vec<String>,
}

/// Folds a text for searching, so that spellings which people take for the same are the same.
///
/// Compatibility form without marks, full case folding, base letters for those of the Cyrillic and Latin
/// alphabets that have no decomposition; invisible characters go, dashes and apostrophes are alike.
#[must_use]
pub fn fold(text: &str) -> String {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c) && !ignorable.contains(*c)).collect();
    // Folding can bring marks forth: `İ` becomes `i` and a dot above.
    let folded = CaseMapper::new().fold_string(&plain).into_owned();
    let mut text = String::with_capacity(folded.len());
    for letter in folded.nfkd().filter(|c| !is_combining_mark(*c)) {
        match base(letter) {
            Some(letters) => text.push_str(letters),
            None => text.push(letter),
        }
    }
    text
}

/// What people type for a letter that keyboards lack, or for a sign that is written in several ways.
fn base(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ө' => "о",
        'ү' | 'ұ' | 'ӯ' => "у",
        'ң' | 'ӈ' => "н",
        'қ' | 'ҡ' | 'ӄ' => "к",
        'ғ' | 'ґ' => "г",
        'ҳ' | 'һ' => "х",
        'ҷ' | 'ҹ' => "ч",
        'ә' => "а",
        'і' => "и",
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        '’' | '‘' | '‛' | 'ʼ' | 'ʻ' | 'ʹ' | '′' | '`' | '´' => "'",
        '“' | '”' | '„' | '‟' | '«' | '»' => "\"",
        letter if CodePointSetData::new::<Dash>().contains(letter) => "-",
        _ => return None,
    })
}

/// Splits a query into words; a record matches when it has all of them.
#[must_use]
pub fn words(query: &str) -> Vec<Word> {
    let folded = |word: &str| Word { folded: fold(word), stems: stems::of_query(word) };
    query.split_whitespace().map(folded).filter(|word| !word.folded.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{fold, words};

    #[test]
    fn spellings_that_people_take_for_the_same_fold_alike() {
        for (one, other) in [
            ("Façade ÉTAT", "facade etat"),
            ("ΒΟΡΡΑΣ", "Βορράς"),
            ("STRASSE", "Straße"),
            ("Өзгөчө кырдаалдаР", "озгочо кырдаалдар"),
            ("Ңү", "ну"),
            ("Ёлка", "елка"),
            ("İstanbul", "istanbul"),
            ("ко\u{ad}ор\u{200b}динация", "координация"),
            ("non\u{2011}proliferation \u{2013} \u{2212}", "non-proliferation - -"),
            ("l\u{2019}État", "l'etat"),
            ("Łódź Ørsted", "lodz orsted"),
            ("ﬁre Ⅳ", "fire iv"),
        ] {
            assert_eq!(fold(one), fold(other), "{one}");
        }
        assert_ne!(fold("план"), fold("клан"));
    }

    #[test]
    fn a_query_is_split_into_folded_words() {
        let words = words("  Plan  ДЕЙСТВИЙ \u{200b} ");

        let folded: Vec<_> = words.iter().map(|word| word.folded.as_str()).collect();
        assert_eq!(folded, ["plan", "деиствии"]);
    }
}
