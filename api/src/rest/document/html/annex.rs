//! Annexes of a document.

use maud::{Markup, html};

use super::told;
use crate::{
    domain::plans::document::{
        Document,
        annex::{Annex, Cell, Matrix, Table},
    },
    rest::document::shade,
};

/// An annex under its heading.
pub(super) fn section(document: &Document, at: usize, annex: &Annex) -> Markup {
    html! {
        section.chapter {
            h2 { (document.word("annex")) " " (at.saturating_add(1)) ". " (annex.title) }
            (told(document, annex.text.as_ref()))
            @if let Some(matrix) = &annex.matrix { (drawn(document, &annex.title, matrix)) }
            @if let Some(table) = &annex.table { (tabled(table)) }
        }
    }
}

fn tabled(table: &Table) -> Markup {
    html! {
        div.wide {
            table {
                thead { tr { @for name in &table.columns { th scope="col" { (name) } } } }
                tbody {
                    @for row in &table.rows { tr { @for cell in row { td { (cell) } } } }
                }
            }
        }
    }
}

/// Steps of each axis.
const STEPS: i32 = 5;
/// Side of a cell.
const SIDE: i32 = 84;
/// What stands left of the cells and below them.
const MARGIN: i32 = 70;
fn drawn(document: &Document, title: &str, matrix: &Matrix) -> Markup {
    let side = STEPS * SIDE;
    let (width, height) = (MARGIN + side, side + MARGIN);
    html! {
        svg.matrix role="img" viewBox=(format!("0 0 {width} {height}")) {
            title { (title) }
            @for likelihood in 1..=STEPS {
                @for impact in 1..=STEPS { (cell(matrix, likelihood, impact)) }
            }
            @for step in 1..=STEPS {
                text x=(MARGIN - 14) y=(side - step * SIDE + SIDE / 2 + 5) text-anchor="middle" { (step) }
                text x=(MARGIN + step * SIDE - SIDE / 2) y=(side + 22) text-anchor="middle" { (step) }
            }
            text x=(MARGIN + side / 2) y=(side + 50) text-anchor="middle" { (document.word("impact")) }
            text x="20" y=(side / 2) text-anchor="middle" transform=(format!("rotate(-90 20 {})", side / 2)) {
                (document.word("likelihood"))
            }
        }
    }
}

fn cell(matrix: &Matrix, likelihood: i32, impact: i32) -> Markup {
    let here = |one: &&Cell| one.likelihood == likelihood && one.impact == impact;
    let codes = matrix.cells.iter().find(here).map_or(&[][..], |cell| cell.codes.as_slice());
    let (x, y) = (MARGIN + (impact - 1) * SIDE, (STEPS - likelihood) * SIDE);
    let on_dark = likelihood.saturating_mul(impact) > 15;
    html! {
        rect x=(x) y=(y) width=(SIDE) height=(SIDE) fill=(shade(likelihood, impact)) {}
        @if !codes.is_empty() {
            text.count.light[on_dark] x=(x + SIDE / 2) y=(y + 34) text-anchor="middle" { (codes.len()) }
            text.light[on_dark] x=(x + SIDE / 2) y=(y + 58) text-anchor="middle" { (listed(codes)) }
        }
    }
}

/// The first codes of a cell, as many as there is room for.
fn listed(codes: &[String]) -> String {
    const ROOM: usize = 3;
    let shown: Vec<&str> = codes.iter().take(ROOM).map(String::as_str).collect();
    let more = if codes.len() > ROOM { "\u{2026}" } else { "" };
    format!("{}{more}", shown.join(" "))
}
