//! Sections of a document: the country's own texts, and their content as names and values.

use entity::plan_section;
use kernel::row::Row;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Scribe, Text};

/// A section of the document, as the country itself conceives it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = DocumentSection)]
pub struct Section {
    /// Id of the section.
    pub id: Uuid,
    /// Its code.
    pub number: Option<String>,
    /// Title.
    pub title: Text,
    /// Text.
    pub text: Option<Text>,
    /// Content, as it is kept.
    #[schema(value_type = Option<Object>)]
    pub content: Option<Json>,
    /// Language of the content (BCP 47), where there is any.
    pub language: Option<String>,
    /// The content as names and values, by name; titles of the section's schema stand for names.
    pub entries: Vec<Entry>,
}

/// A value of a section's content: a text, or more of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentEntry, no_recursion)]
pub struct Entry {
    /// Its name; null for an item of a list.
    pub name: Option<String>,
    /// What it says, where it holds no others.
    pub text: Option<String>,
    /// What it holds.
    pub entries: Vec<Self>,
}

impl Section {
    /// The languages of what it says.
    pub(super) fn languages(&self) -> impl Iterator<Item = Option<&str>> {
        let texts = [Some(&self.title), self.text.as_ref()].into_iter().flatten();
        let content = self.content.is_some().then_some(self.language.as_deref());
        texts.map(|text| text.language.as_deref()).chain(content)
    }
}

/// The sections of a document.
pub(super) fn of(scribe: &Scribe<'_>, rows: &[Row]) -> Vec<Section> {
    let section = |row: &Row| {
        let content = row.read(plan_section::CONTENT);
        let schema = row.read(plan_section::SCHEMA);
        Section {
            id: row.id(),
            number: row.read(plan_section::CODE),
            title: scribe.title(row, plan_section::TITLE.column),
            text: scribe.text(row, plan_section::TEXT.column),
            language: content.as_ref().and_then(|_| row.text("language")).map(str::to_owned),
            entries: content
                .as_ref()
                .map(|held| entry(scribe, held, schema.as_ref()).entries)
                .unwrap_or_default(),
            content,
        }
    };
    rows.iter().map(section).collect()
}

/// A value without its name; what the schema says of it lends names to what it holds.
fn entry(scribe: &Scribe<'_>, value: &Json, schema: Option<&Json>) -> Entry {
    let speech = &scribe.speech;
    let text = match value {
        Json::Object(members) => {
            let own = |name: &String| schema?.get("properties")?.get(name);
            let named = |(name, held): (&String, &Json)| {
                let schema = own(name);
                let title = schema.and_then(|schema| schema.get("title")?.as_str()).unwrap_or(name);
                Entry { name: Some(title.to_owned()), ..entry(scribe, held, schema) }
            };
            return Entry { entries: members.iter().map(named).collect(), ..Entry::default() };
        }
        Json::Array(items) => {
            let schema = schema.and_then(|schema| schema.get("items"));
            let entries = items.iter().map(|item| entry(scribe, item, schema)).collect();
            return Entry { entries, ..Entry::default() };
        }
        Json::Null => "\u{2013}".to_owned(),
        Json::Bool(is_so) => speech.word(if *is_so { "yes" } else { "no" }).to_owned(),
        // Years are whole numbers too, so these stay without groups.
        Json::Number(number) if number.is_f64() && !number.to_string().contains('e') => {
            speech.number(&number.to_string())
        }
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.clone(),
    };
    Entry { text: Some(text), ..Entry::default() }
}
