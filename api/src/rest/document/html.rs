//! A plan's document as one page of HTML that is read and printed: nothing is loaded, nothing runs.

mod annex;
mod bars;
mod content;
mod sections;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::domain::plans::document::{Document, Text};

/// What the page may do: show its own style, and nothing else.
pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The style, for screen and paper.
const STYLE: &str = include_str!("../../../assets/document.css");

/// A page to read and print, in a language, with a title: nothing is loaded, nothing runs.
pub(in crate::rest) fn page(language: &str, title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}

/// Prints a document.
#[must_use]
pub fn print(document: &Document) -> String {
    let body = html! {
        (cover(document))
        main {
            (prose(document, "vision", document.vision.as_ref()))
            (prose(document, "summary", document.summary.as_ref()))
            @for one in &document.sections { (sections::section(document, one)) }
            (content::overview(document))
            (content::pillars(document))
            (content::timeline(document))
            (content::obligations(document))
            @for (at, one) in document.annexes.iter().enumerate() {
                (annex::section(document, at, one))
            }
        }
        footer { p { (document.as_at) } }
    };
    page(document.language.tag(), &document.title.text, &body)
}

/// The language of a text, where it is another than that of the document.
fn foreign<'a>(document: &Document, text: &'a Text) -> Option<&'a str> {
    text.language.as_deref().filter(|tag| *tag != document.language.tag())
}

/// A text within a line.
fn said(document: &Document, text: &Text) -> Markup {
    html! {
        @match foreign(document, text) {
            Some(tag) => { span lang=(tag) { (text.text) } }
            None => { (text.text) }
        }
    }
}

/// A text of several lines.
fn told(document: &Document, text: Option<&Text>) -> Markup {
    html! {
        @if let Some(text) = text {
            p.prose lang=[foreign(document, text)] { (text.text) }
        }
    }
}

fn prose(document: &Document, key: &str, text: Option<&Text>) -> Markup {
    html! {
        @if text.is_some() {
            section {
                h2 { (document.word(key)) }
                (told(document, text))
            }
        }
    }
}

fn cover(document: &Document) -> Markup {
    html! {
        header.cover {
            p.owner {
                @match &document.owner.name {
                    Some(name) => { (said(document, name)) }
                    None => { (document.owner.code) }
                }
            }
            p.kind { (document.kind.label) }
            h1 lang=[foreign(document, &document.title)] { (document.title.text) }
            dl.facts {
                (fact(document, "status", Some(&document.status.label)))
                (fact(document, "edition", Some(&document.edition.to_string())))
                (fact(document, "period", document.period.as_ref().map(|period| period.text.as_str())))
                (fact(document, "domains", Some(&domains(document))))
                (act(document))
            }
            p.soft { (document.as_at) }
        }
    }
}

fn domains(document: &Document) -> String {
    let labels: Vec<&str> = document.domains.iter().map(|domain| domain.label.as_str()).collect();
    labels.join(", ")
}

/// A fact with its name, where there is one.
fn fact(document: &Document, key: &str, value: Option<&str>) -> Markup {
    html! {
        @if let Some(value) = value.filter(|value| !value.is_empty()) {
            dt { (document.word(key)) }
            dd { (value) }
        }
    }
}

fn act(document: &Document) -> Markup {
    let Some(act) = &document.act else { return html! {} };
    html! {
        (fact(document, "act_body", act.body.as_deref()))
        @if act.number.is_some() || act.on_text.is_some() {
            dt { (document.word("act")) }
            dd {
                @if let Some(number) = &act.number { (document.word("number")) " " (number) }
                @if act.number.is_some() && act.on_text.is_some() { ", " }
                @if let Some(on) = &act.on_text { (on) }
            }
        }
        (fact(document, "act_source", act.source.as_deref()))
    }
}
