//! How texts are kept: what people take for one text has one spelling.
//!
//! Letters are composed (NFC), and what cannot be seen is cut from both ends. Line breaks and marks within a text
//! stay. Keys and codes lose the marks of writing direction at their ends too.

use std::borrow::Cow;

use icu_locale_core::LanguageIdentifier;
use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use serde_json::{Map, Value as Json};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A text as it is kept; empty if nothing of it can be seen.
#[must_use]
pub fn text(given: &str) -> String {
    let kept = composed(given).trim_matches(is_blank).to_owned();
    if kept.chars().all(is_unseen) { String::new() } else { kept }
}

/// A key or a code as it is kept.
#[must_use]
pub fn key(given: &str) -> String {
    composed(given).trim_matches(is_unseen).to_owned()
}

/// A language tag (BCP 47) as records keep it; none if it is no such tag.
#[must_use]
pub fn tag(given: &str) -> Option<String> {
    let (main, rest) = given.split_once('-').map_or((given, None), |(main, rest)| (main, Some(rest)));
    let is_main = (2..=3).contains(&main.len()) && main.bytes().all(|b| b.is_ascii_alphabetic());
    let is_part =
        |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_tag = is_main && rest.is_none_or(|rest| rest.split('-').all(is_part));
    let spelt = |tag: &str| {
        LanguageIdentifier::try_from_str(tag).map_or_else(|_| tag.to_ascii_lowercase(), |tag| tag.to_string())
    };
    is_tag.then(|| spelt(given))
}

/// Characters of a tag that may name a language (RFC 5646, 4.4.1); a longer one is looked for as it is.
pub const LONGEST_TAG: usize = 35;

/// A tag, and what it is looked for as where nothing is written in it: its subtags are cut from the right (RFC 4647).
pub fn lookup(tag: &str) -> impl Iterator<Item = String> {
    std::iter::successors(Some(tag), |tag| shorter(tag)).map(str::to_owned)
}

/// A tag without its last subtag, nor the single letter before it, which means nothing by itself.
fn shorter(tag: &str) -> Option<&str> {
    let (head, _) = tag.rsplit_once('-').filter(|_| tag.len() <= LONGEST_TAG)?;
    Some(head.rsplit_once('-').filter(|(_, last)| last.len() == 1).map_or(head, |(head, _)| head))
}

fn composed(given: &str) -> Cow<'_, str> {
    match is_nfc_quick(given.chars()) {
        IsNormalized::Yes => Cow::Borrowed(given),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(given.nfc().collect()),
    }
}

/// Blanks, and what says nothing at the ends of a text: zero-width blanks and soft hyphens.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{2800}' | '\u{feff}')
}

/// Blanks, and all that leaves no trace of its own: marks of writing direction and joiners among it. U+0000 is left
/// to the rule that names it.
fn is_unseen(c: char) -> bool {
    is_blank(c)
        || (c.is_control() && c != '\0')
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Where an input holds texts, as its schema says.
#[derive(Debug, Default)]
pub(super) enum Texts {
    /// Nowhere.
    #[default]
    None,
    /// It is one.
    Text,
    /// It is a key or a code.
    Key,
    /// In its items.
    Items(Box<Self>),
    /// In members of these names, and in all others.
    Members(Vec<(String, Self)>, Box<Self>),
    /// Wherever one of these says, by what the input is.
    Any(Vec<Self>),
}

impl Texts {
    /// The texts of a schema; what it refers to stands in `whole`.
    pub(super) fn of(schema: &Json, whole: &Json) -> Self {
        if let Some(place) = schema.get("$ref").and_then(Json::as_str) {
            let found = place.strip_prefix('#').and_then(|place| whole.pointer(place));
            return found.map(|schema| Self::of(schema, whole)).unwrap_or_default();
        }
        if let Some(choice) = schema.get("oneOf").and_then(Json::as_array) {
            return Self::Any(choice.iter().map(|one| Self::of(one, whole)).collect());
        }
        let is = |name: &str| match schema.get("type") {
            Some(Json::Array(types)) => types.iter().any(|one| one == name),
            one => one.is_some_and(|one| one == name),
        };
        let has = |name: &str| schema.get(name).is_some();
        if is("string") && !has("format") && !has("enum") {
            return if has("pattern") { Self::Key } else { Self::Text };
        }
        if let Some(items) = schema.get("items") {
            return Self::Items(Box::new(Self::of(items, whole)));
        }
        let inner = |of: &Json| Self::of(of, whole);
        let own = schema.get("properties").and_then(Json::as_object).into_iter().flatten();
        let own: Vec<_> = own.map(|(name, of)| (name.clone(), member(name, inner(of)))).collect();
        let others = schema.get("additionalProperties").map(inner).unwrap_or_default();
        if is("object") { Self::Members(own, Box::new(others)) } else { Self::None }
    }

    /// Spells the texts of an input as they are kept.
    pub(super) fn spell(&self, input: &mut Json) {
        match (self, input) {
            (Self::Text, Json::String(given)) => *given = text(given),
            (Self::Key, Json::String(given)) => *given = key(given),
            (Self::Items(of), Json::Array(items)) => items.iter_mut().for_each(|item| of.spell(item)),
            (Self::Members(..), Json::Object(members)) => self.spell_members(members),
            (Self::Any(choice), input) => choice.iter().for_each(|one| one.spell(input)),
            _ => {}
        }
    }

    /// Spells the texts of an input that is an object.
    pub(super) fn spell_members(&self, input: &mut Map<String, Json>) {
        let Self::Members(own, others) = self else { return };
        for (name, value) in input {
            own.iter().find(|(known, _)| known == name).map_or(&**others, |(_, of)| of).spell(value);
        }
    }
}

/// Keys from other systems and names of owners are keys, though they have no form.
fn member(name: &str, of: Texts) -> Texts {
    match of {
        Texts::Text if ["external_key", "source_system", "owner"].contains(&name) => Texts::Key,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_cut_from_both_ends() {
        assert_eq!(text(" \u{feff}\tDrill\u{200b} \n"), "Drill");
        assert_eq!(text("One\r\n\r\n  Two"), "One\r\n\r\n  Two");
        assert_eq!(key("\u{200e}T-1\u{200f}\u{a0}"), "T-1");
        assert_eq!(text("Cafe\u{301}"), "Caf\u{e9}");
    }

    #[test]
    fn a_text_keeps_the_marks_that_its_ends_need() {
        assert_eq!(text("\u{200f}(CBRN)\u{200f}"), "\u{200f}(CBRN)\u{200f}");
        assert_eq!(text("\u{2764}\u{fe0f}"), "\u{2764}\u{fe0f}");
    }

    #[test]
    fn a_text_of_nothing_seen_is_empty() {
        for nothing in
            ["", " \u{a0}\u{3000}", "\u{200b}\u{200d}", "\u{ad}", "\u{202e}\u{2066}", "\u{3164}", "\u{fe0f}"]
        {
            assert_eq!(text(nothing), "", "{nothing:?}");
            assert_eq!(key(nothing), "", "{nothing:?}");
        }
    }

    #[test]
    fn the_schema_says_where_texts_are() {
        let whole = json!({"components": {"schemas": {"Code": {"type": "string", "enum": ["a"]}}}});
        let schema = json!({"type": "object", "properties": {
            "external_key": {"type": ["string", "null"]},
            "due_on": {"type": "string", "format": "date"},
            "state": {"$ref": "#/components/schemas/Code"},
            "names": {"type": "array", "items": {"type": "string"}},
            "texts": {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}}},
            "to": {"oneOf": [{"type": "string"}, {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}}]},
        }});
        let mut input = json!({"external_key": "\u{200e} k", "due_on": " 1", "state": " a", "names": [" x "],
            "texts": {"ru": {"title": " y "}}, "to": " z ", "unknown": " as it is "});

        Texts::of(&schema, &whole).spell(&mut input);

        let right = json!({"external_key": "k", "due_on": " 1", "state": " a", "names": ["x"],
            "texts": {"ru": {"title": "y"}}, "to": "z", "unknown": " as it is "});
        assert_eq!(input, right);
    }

    #[test]
    fn a_tag_is_looked_up_by_its_longest_part() {
        let of = |tag| lookup(tag).collect::<Vec<_>>();

        assert_eq!(of("ru"), ["ru"]);
        assert_eq!(of("zh-Hant-TW"), ["zh-Hant-TW", "zh-Hant", "zh"]);
        assert_eq!(of("de-CH-x-plain"), ["de-CH-x-plain", "de-CH", "de"]);
        assert_eq!(of(&"a-".repeat(30_000)).len(), 1);
    }
}
