//! The texts of a row in the caller's languages.

use serde_json::Value as Json;

use crate::{owners::Owners, row::Row, view::Locale};

/// The texts of a row as one caller reads them: each in the first language of the caller, then of the owner,
/// that it is written in.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    row: &'a Row,
    locale: &'a Locale,
    owners: &'a Owners,
}

impl<'a> Texts<'a> {
    pub(crate) const fn of(row: &'a Row, locale: &'a Locale, owners: &'a Owners) -> Self {
        Self { row, locale, owners }
    }

    /// Whether base texts and all translations are asked for.
    pub(super) const fn shows_all(&self) -> bool {
        self.locale.all
    }

    /// Language and text of a column, where it is shown in translation.
    fn translation(&self, column: &str) -> Option<(&'a str, &'a str)> {
        let row = self.row;
        if self.locale.all || !row.def().column(column).is_some_and(|column| column.is_text) {
            return None;
        }
        let all = row.json("translations").and_then(Json::as_object).filter(|all| !all.is_empty())?;
        row.text(column)?;
        let language = row.text("language").unwrap_or_default();
        let official = self.owners.languages(row.owner());
        let mut wanted = self.locale.chain.iter().chain(official);
        wanted.find_map(|tag| {
            if serves(language, tag) {
                return Some(None);
            }
            let written = |(of, texts): (&'a String, &'a Json)| {
                let text = texts.get(column).filter(|_| serves(of, tag))?;
                Some((of.as_str(), text.as_str()?))
            };
            Some(Some(all.iter().find_map(written)?))
        })?
    }

    /// The text in a column; none if it is empty.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&'a str> {
        self.translation(column).map(|(_, text)| text).or_else(|| self.row.text(column))
    }

    /// The language of the text in a column.
    #[must_use]
    pub fn language_of(&self, column: &str) -> Option<&'a str> {
        let base = || self.row.def().has_texts().then(|| self.row.text("language"))?;
        self.translation(column).map(|(language, _)| language).or_else(base)
    }

    /// Field -> language of the texts shown in translation.
    pub(super) fn languages(&self) -> impl Iterator<Item = (&'static str, &'a str)> + '_ {
        let texts = self.row.def().columns.iter().filter(|column| column.is_text);
        texts.filter_map(|column| Some((column.name, self.translation(column.name)?.0)))
    }
}

/// Whether a text's language serves a wanted tag: equal, or the wanted tag is its prefix.
fn serves(of: &str, wanted: &str) -> bool {
    of.eq_ignore_ascii_case(wanted)
        || of.get(..wanted.len()).is_some_and(|head| head.eq_ignore_ascii_case(wanted))
            && of.as_bytes().get(wanted.len()) == Some(&b'-')
}
