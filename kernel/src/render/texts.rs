//! The texts of a row in the caller's languages.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::{ctx::Locale, row::Row};

/// The texts of a row as one caller reads them.
#[derive(Clone, Debug)]
pub struct Texts<'a> {
    row: &'a Row,
    /// Texts shown in translation: column -> language and text.
    translated: BTreeMap<&'static str, (&'a str, &'a str)>,
    /// Whether base texts and all translations are asked for.
    pub(super) shows_all: bool,
}

impl<'a> Texts<'a> {
    /// Chooses for each text the first language of the caller, then of the owner, that it is written in.
    pub(super) fn of(row: &'a Row, locale: &Locale, official: &[String]) -> Self {
        let mut texts = Self { row, translated: BTreeMap::new(), shows_all: locale.all };
        let def = row.def();
        if !def.has_texts() || locale.all {
            return texts;
        }
        let translations = row.json("translations").and_then(Json::as_object).filter(|all| !all.is_empty());
        let Some(translations) = translations else { return texts };
        let language = row.text("language").unwrap_or_default();
        let filled = |name: &str| row.text(name).is_some();
        for column in def.columns.iter().filter(|column| column.is_text && filled(column.name)) {
            let found = locale.chain.iter().chain(official).find_map(|tag| {
                if serves(language, tag) {
                    return Some(None);
                }
                let written = |(of, texts): (&'a String, &'a Json)| {
                    let text = texts.get(column.name).filter(|_| serves(of, tag))?;
                    Some((of.as_str(), text.as_str()?))
                };
                Some(Some(translations.iter().find_map(written)?))
            });
            if let Some(Some(translation)) = found {
                texts.translated.insert(column.name, translation);
            }
        }
        texts
    }

    /// The text in a column; none if it is empty.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&'a str> {
        self.translated.get(column).map(|(_, text)| *text).or_else(|| self.row.text(column))
    }

    /// The language of the text in a column.
    #[must_use]
    pub fn language_of(&self, column: &str) -> Option<&'a str> {
        let base = || self.row.def().has_texts().then(|| self.row.text("language"))?;
        self.translated.get(column).map(|(language, _)| *language).or_else(base)
    }

    /// Field -> language of the texts shown in translation.
    pub(super) fn languages(&self) -> impl Iterator<Item = (&'static str, &'a str)> + '_ {
        self.translated.iter().map(|(column, (language, _))| (*column, *language))
    }
}

/// Whether a text's language serves a wanted tag: equal, or the wanted tag is its prefix.
fn serves(of: &str, wanted: &str) -> bool {
    of.eq_ignore_ascii_case(wanted)
        || of.get(..wanted.len()).is_some_and(|head| head.eq_ignore_ascii_case(wanted))
            && of.as_bytes().get(wanted.len()) == Some(&b'-')
}
