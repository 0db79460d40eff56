//! The 1540 matrix as one page of HTML that is read and printed: nothing is loaded, nothing runs.

use maud::{Markup, html};

use super::sheet::{marked, named, title};
use crate::{
    domain::treaties::matrix::{COLUMNS, MatrixCell, MatrixEntry, MatrixPart, Printable},
    rest::document::html::page,
};

/// Prints a matrix.
pub(super) fn print(of: &Printable) -> String {
    let title = title(of);
    let body = html! {
        header.cover {
            h1 { (title) }
            p.soft { (of.speech.phrase("as_at", &of.speech.day(of.made_on))) }
        }
        main {
            @for part in of.matrix.parts.iter().filter(|part| !part.rows.is_empty()) { (table(of, part)) }
        }
    };
    page(of.speech.language().tag(), &title, &body)
}

fn table(of: &Printable, part: &MatrixPart) -> Markup {
    html! {
        section {
            h2 { (of.speech.label("binding_force", &part.binding).label) }
            table.fixed {
                thead {
                    tr {
                        th { (of.speech.word("provision")) }
                        @for column in COLUMNS {
                            th { (of.speech.label("domain", column.code()).label) }
                        }
                    }
                }
                tbody {
                    @for row in &part.rows {
                        tr {
                            th { (row.provision) }
                            @for one in &row.cells { td { (cell(of, one)) } }
                        }
                    }
                }
            }
        }
    }
}

fn cell(of: &Printable, cell: &MatrixCell) -> Markup {
    html! {
        ul {
            @for entry in &cell.entries { li { (duty(of, entry)) } }
        }
    }
}

fn duty(of: &Printable, entry: &MatrixEntry) -> Markup {
    html! {
        p.fine { (named(entry)) }
        @if let Some(mark) = &entry.recorded {
            p.title { (marked(of, entry)) }
            @if let Some(source) = &mark.source { p { (source) } }
            @if let Some(day) = mark.assessed_on.as_deref().and_then(|day| day.parse().ok()) {
                p.fine { (of.speech.word("assessed_on")) ": " (of.speech.day(day)) }
            }
        } @else {
            p { "\u{2013}" }
        }
    }
}
