//! The fixed words of documents, and the language they are in.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use chrono::NaiveDate;
use kernel::{scalar::Money, view::Locale};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::figures;
use crate::domain::vocabularies::{Term, terms};

/// The words by key; each key has all four languages.
const WORDS: &str = include_str!("../../../../data/document_words.csv");

/// A language that documents are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DocumentLanguage)]
pub enum Language {
    /// English.
    En,
    /// Russian.
    Ru,
    /// Kyrgyz.
    Ky,
    /// French.
    Fr,
}

impl Language {
    /// The tag (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
            Self::Ky => "ky",
            Self::Fr => "fr",
        }
    }

    /// The language of a tag, where documents are written in it.
    fn of(tag: &str) -> Option<Self> {
        let head = tag.split('-').next().unwrap_or_default();
        [Self::En, Self::Ru, Self::Ky, Self::Fr].into_iter().find(|one| head.eq_ignore_ascii_case(one.tag()))
    }
}

/// A code of a closed list with its label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentLabel)]
pub struct Label {
    /// The code.
    pub code: String,
    /// Its label, in the language of the document where the list has one.
    pub label: String,
}

/// An amount of money, and how the document writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentAmount)]
pub struct Amount {
    /// Decimal number in the currency's main unit.
    pub amount: String,
    /// Currency (ISO 4217).
    pub currency: String,
    /// The amount as it is written in the language of the document.
    pub text: String,
}

/// A period, and how the document writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentPeriod)]
pub struct Period {
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// The period as it is written in the language of the document.
    pub text: String,
}

#[derive(Deserialize)]
struct Line {
    key: String,
    en: String,
    ru: String,
    ky: String,
    fr: String,
}

type Table = BTreeMap<String, [String; 4]>;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let lines = csv::Reader::from_reader(WORDS.as_bytes()).into_deserialize().filter_map(Result::ok);
    lines.map(|line: Line| (line.key, [line.en, line.ru, line.ky, line.fr])).collect()
});

static LABELS: LazyLock<HashMap<(&str, &str), &Term>> = LazyLock::new(|| {
    terms().iter().map(|term| ((term.vocabulary.as_str(), term.code.as_str()), term)).collect()
});

/// How a document speaks: its language, and those that stand in where a label is missing.
#[derive(Clone, Debug)]
pub struct Speech {
    languages: Vec<Language>,
}

impl Speech {
    /// The speech for a caller of these languages and an owner with these official ones.
    #[must_use]
    pub fn of(locale: &Locale, official: &[String]) -> Self {
        let wanted = locale.chain.iter().chain(official).filter_map(|tag| Language::of(tag));
        let mut languages = Vec::new();
        for language in wanted.chain([Language::En]) {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
        Self { languages }
    }

    /// The language of the document.
    #[must_use]
    pub fn language(&self) -> Language {
        self.languages.first().copied().unwrap_or(Language::En)
    }

    /// A fixed word.
    #[must_use]
    pub fn word(&self, key: &str) -> &'static str {
        let found = TABLE.get(key).map(|all| self.pick(all));
        debug_assert!(found.is_some(), "there is no word `{key}`");
        found.unwrap_or_default()
    }

    /// The one of four texts that is in the language of the document: English, Russian, Kyrgyz, French.
    #[must_use]
    pub fn pick<'a>(&self, [en, ru, ky, fr]: &'a [String; 4]) -> &'a str {
        match self.language() {
            Language::En => en,
            Language::Ru => ru,
            Language::Ky => ky,
            Language::Fr => fr,
        }
    }

    /// A fixed phrase about something.
    #[must_use]
    pub fn phrase(&self, key: &str, about: &str) -> String {
        self.word(key).replace("{}", about)
    }

    /// Every fixed word by its key.
    #[must_use]
    pub fn words(&self) -> BTreeMap<&'static str, &'static str> {
        TABLE.keys().map(|key| (key.as_str(), self.word(key))).collect()
    }

    /// A code of a closed list with its label.
    #[must_use]
    pub fn label(&self, list: &str, code: &str) -> Label {
        let found = LABELS.get(&(list, code)).and_then(|term| {
            let in_language = |language: &Language| match language {
                Language::En => Some(&term.label_en),
                Language::Ru => term.label_ru.as_ref(),
                Language::Ky => term.label_ky.as_ref(),
                Language::Fr => term.label_fr.as_ref(),
            };
            self.languages.iter().filter_map(in_language).find(|label| !label.is_empty())
        });
        let label = found.map_or_else(|| code.replace('_', " "), Clone::clone);
        Label { code: code.to_owned(), label }
    }

    /// A day.
    #[must_use]
    pub fn day(&self, on: NaiveDate) -> String {
        figures::day(self.language(), on)
    }

    /// A period; none where no day is known.
    #[must_use]
    pub fn period(&self, starts_on: Option<NaiveDate>, ends_on: Option<NaiveDate>) -> Option<Period> {
        let text = match (starts_on, ends_on) {
            (Some(first), Some(last)) => format!("{} \u{2013} {}", self.day(first), self.day(last)),
            (Some(first), None) => self.phrase("from", &self.day(first)),
            (None, Some(last)) => self.phrase("until", &self.day(last)),
            (None, None) => return None,
        };
        Some(Period { starts_on, ends_on, text })
    }

    /// An amount in minor units.
    #[must_use]
    pub fn amount(&self, minor: i64, currency: &str) -> Amount {
        let money = Money::from_minor(minor, currency);
        let text = figures::amount(self.language(), &money);
        Amount { amount: money.amount, currency: money.currency, text }
    }

    /// A share in percent.
    #[must_use]
    pub fn percent(&self, share: i32) -> String {
        figures::percent(self.language(), share)
    }

    /// A decimal number.
    #[must_use]
    pub fn number(&self, decimal: &str) -> String {
        figures::number(self.language(), decimal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speech(chain: &[&str], official: &[&str]) -> Speech {
        let owned = |all: &[&str]| all.iter().map(|&tag| tag.to_owned()).collect::<Vec<_>>();
        Speech::of(&Locale { chain: owned(chain), all: false }, &owned(official))
    }

    #[test]
    fn the_caller_decides_the_language_then_the_owner_then_it_is_english() {
        let chosen =
            [speech(&["de", "fr-CH"], &["ky", "ru"]), speech(&["de"], &["ky", "ru"]), speech(&[], &["uz"])];

        assert_eq!(chosen.map(|one| one.language()), [Language::Fr, Language::Ky, Language::En]);
    }

    #[test]
    fn every_word_is_there_in_every_language() {
        let lines = WORDS.lines().count() - 1;

        assert_eq!(TABLE.len(), lines);
        for (key, words) in &*TABLE {
            assert!(words.iter().all(|word| !word.trim().is_empty()), "{key}");
            let places = words.iter().map(|word| word.matches("{}").count());
            assert!(places.clone().max() == places.min(), "{key}");
        }
    }

    #[test]
    fn a_label_nobody_was_sure_of_is_shown_in_the_next_language() {
        let made = speech(&["ky"], &["ky", "ru"]).label("plan_status", "submitted");

        assert_eq!((made.code.as_str(), made.label.as_str()), ("submitted", "Представлен"));
    }
}
