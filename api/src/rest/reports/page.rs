//! What answers a draft as one page of HTML that is read and printed: nothing is loaded, nothing runs.

use chrono::NaiveDate;
use maud::{Markup, html};

use crate::{
    domain::{
        plans::document::words::Speech,
        treaties::answers::{AnsweringFact, Printable, ReportAnswer},
    },
    rest::document::html::page,
};

/// Prints what answers a draft.
pub(super) fn print(of: &Printable) -> String {
    let (told, speech) = (&of.answers, &of.speech);
    let title = told.draft.name.clone().unwrap_or_default();
    let body = html! {
        header.cover {
            h1 { (title) }
            @if let Some(name) = told.obligation.as_ref().and_then(|of| of.name.as_ref()) { p { (name) } }
            p.soft { (speech.phrase("as_at", &speech.day(of.made_on))) }
        }
        main {
            @for one in &told.answers { (answer(speech, one)) }
        }
    };
    page(speech.language().tag(), &title, &body)
}

fn answer(speech: &Speech, of: &ReportAnswer) -> Markup {
    html! {
        section {
            h3 { (of.provision) " \u{2013} " (of.question.name.as_deref().unwrap_or_default()) }
            @if let Some(text) = &of.text { p.soft { (text) } }
            @if of.facts.is_empty() { p { (speech.word("no_fact")) } }
            @for one in &of.facts { (fact(speech, one)) }
        }
    }
}

fn fact(speech: &Speech, of: &AnsweringFact) -> Markup {
    let day = |text: &str| text.parse::<NaiveDate>().map_or_else(|_| text.to_owned(), |day| speech.day(day));
    let named = |key: &str, value: &str| format!("{} {value}", speech.phrase("named", speech.word(key)));
    let links = [&of.legal_instrument, &of.contact_point];
    let links = links.into_iter().filter_map(|link| link.as_ref()?.name.as_ref());
    let level = of.visibility.as_ref().map(|level| speech.label("visibility", level).label);
    let audiences =
        of.audiences.as_ref().map(|all| if all.is_empty() { "\u{2013}".to_owned() } else { all.join(", ") });
    html! {
        @if let Some(title) = &of.title { p.title { (title) } }
        @if let Some(text) = &of.text { p { (text) } }
        @if let Some(number) = &of.number { p { (speech.number(number)) " " (of.unit.as_deref().unwrap_or_default()) } }
        @for link in links { p { (link) } }
        p.fine {
            (named("act_source", &of.source)) br;
            (speech.phrase("as_at", &day(&of.as_on)))
            @if let Some(limit) = &of.stale_on { "; " (named("age_limit", &day(limit))) }
            @if let Some(level) = &level { br; (named("visibility", level)) }
            @if let Some(audiences) = &audiences { "; " (named("released_to", audiences)) }
        }
    }
}
