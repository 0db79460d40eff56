//! Sections of a document, as the country itself conceives them.

use maud::{Markup, html};

use super::{content::ranked, told};
use crate::domain::plans::document::{Document, Entry, Section};

/// A section under its title.
pub(super) fn section(document: &Document, section: &Section) -> Markup {
    let foreign = section.language.as_deref().filter(|tag| *tag != document.language.tag());
    html! {
        section {
            h2 { (ranked(document, section.number.as_deref(), &section.title)) }
            (told(document, section.text.as_ref()))
            @if !section.entries.is_empty() { div.own lang=[foreign] { (listed(document, &section.entries)) } }
        }
    }
}

fn listed(document: &Document, entries: &[Entry]) -> Markup {
    html! {
        ul {
            @for one in entries {
                li {
                    @if let Some(name) = &one.name { strong { (document.word("named").replace("{}", name)) } " " }
                    @if let Some(text) = &one.text { (text) }
                    @if !one.entries.is_empty() { (listed(document, &one.entries)) }
                }
            }
        }
    }
}
