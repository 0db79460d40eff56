//! Bars of progress and of time, drawn in the page.

use maud::{Markup, html};

use crate::{
    domain::plans::document::{Count, Document, Figures, timeline::Bar},
    rest::document::years::Years,
};

/// The states of actions in the order of bars.
const STATES: [&str; 4] = ["done", "in_progress", "planned", "cancelled"];

/// A share in percent, as reported.
pub(super) fn progress(share: i32, text: &str) -> Markup {
    html! {
        svg.bar role="img" viewBox="0 0 100 8" preserveAspectRatio="none" {
            title { (text) }
            rect.rail x="0" y="0" width="100" height="8" {}
            rect.filled x="0" y="0" width=(share.clamp(0, 100)) height="8" {}
        }
    }
}

/// The states of actions as bars show them: what is done first, what is not known here last.
fn ordered(figures: &Figures) -> Vec<&Count> {
    let place =
        |count: &&Count| STATES.iter().position(|state| *state == count.status.code).unwrap_or(STATES.len());
    let mut all: Vec<&Count> = figures.by_status.iter().collect();
    all.sort_by_key(place);
    all
}

/// Actions by state, one beside the other.
pub(super) fn states(figures: &Figures) -> Markup {
    let mut left = 0;
    let mut parts = Vec::new();
    for count in ordered(figures) {
        parts.push((&count.status.code, left, count.actions));
        left += count.actions;
    }
    html! {
        @if figures.actions > 0 {
            svg.bar role="img" viewBox=(format!("0 0 {} 8", figures.actions)) preserveAspectRatio="none" {
                title { (in_words(figures)) }
                @for (state, left, width) in parts {
                    rect class=(state) x=(left) y="0" width=(width) height="8" {}
                }
            }
        }
    }
}

/// `Done (3), Planned (2)`.
pub(super) fn in_words(figures: &Figures) -> String {
    let parts =
        ordered(figures).into_iter().map(|count| format!("{} ({})", count.status.label, count.actions));
    parts.collect::<Vec<_>>().join(", ")
}

/// What the shades of a document's bars say.
pub(super) fn legend(document: &Document) -> Markup {
    html! {
        ul.legend {
            @for count in ordered(&document.figures) {
                li {
                    svg viewBox="0 0 10 10" aria-hidden="true" { rect class=(count.status.code) x="0.5" y="0.5" width="9" height="9" {} }
                    (count.status.label)
                }
            }
        }
    }
}

/// Length of a year's column in a bar's own units.
const COLUMN: i32 = 1_000;

/// When an action begins and ends; an end that is not known is open.
pub(super) fn track(document: &Document, years: Years, bar: &Bar) -> Markup {
    let length = years.columns.saturating_mul(COLUMN);
    let from = bar.period.starts_on.map_or(0, |on| years.place(on, COLUMN));
    let until = bar.period.ends_on.map_or(length, |on| years.place(on.succ_opt().unwrap_or(on), COLUMN));
    let width = until.saturating_sub(from).max(COLUMN / 60);
    let done = i64::from(width) * i64::from(bar.progress_percent.clamp(0, 100)) / 100;
    let is_closed = bar.period.starts_on.is_some() && bar.period.ends_on.is_some();
    html! {
        svg.track role="img" viewBox=(format!("0 0 {length} 20")) preserveAspectRatio="none" {
            title { (bar.period.text) ", " (document.word("progress")) " " (bar.progress_text) }
            @for column in 1..years.columns {
                line x1=(column * COLUMN) y1="0" x2=(column * COLUMN) y2="20" {}
            }
            rect.planned x=(from) y="4" width=(width) height="12" {}
            rect.filled x=(from) y="4" width=(done) height="12" {}
            @if is_closed { rect.edge x=(from) y="4" width=(width) height="12" {} }
        }
    }
}
