//! A plan's document as a file for word processors.

mod annex;
mod content;
mod parts;
mod sections;
mod table;

use std::io::Cursor;

use docx_rs::{
    BreakType, Docx, Footer, LineSpacing, NumPages, PageMargin, PageNum, PageOrientationType, Paragraph, Run,
    RunFonts, Style, StyleType,
};
use kernel::{Error, Result};

use self::{
    parts::{Sheet, clean, finished},
    table::{Table, plain},
};
use crate::domain::plans::document::{Act, Document, Text};

/// A4 on its side, in twentieths of a point.
const PAGE: (u32, u32) = (16_838, 11_906);
/// What is left of it between the margins.
const WIDTH: usize = 15_138;
/// Colours, as in the style sheet of the page.
const DEEP: &str = "1F4E79";
const SOFT: &str = "52667A";

/// Prints a document.
///
/// # Errors
/// `Internal` if the file cannot be put together.
pub fn print(document: &Document) -> Result<Vec<u8>> {
    let mut sheet = Sheet::default();
    cover(&mut sheet, document);
    for (key, text) in [("vision", &document.vision), ("summary", &document.summary)] {
        if let Some(text) = text {
            sheet.heading(1, document.word(key));
            sheet.text(Some(text));
        }
    }
    for one in &document.sections {
        sections::section(&mut sheet, document, one);
    }
    content::overview(&mut sheet, document);
    content::pillars(&mut sheet, document);
    content::timeline(&mut sheet, document);
    content::obligations(&mut sheet, document);
    for (at, one) in document.annexes.iter().enumerate() {
        annex::section(&mut sheet, document, (at, one));
    }
    let mut file = Cursor::new(Vec::new());
    let packed = finished(sheet.into(begun()), document).pack(&mut file);
    packed.map_err(|error| Error::Internal(format!("a file cannot be packed: {error}")))?;
    Ok(file.into_inner())
}

/// An empty file with page, fonts and styles.
fn begun() -> Docx {
    let margin =
        PageMargin { top: 964, left: 850, bottom: 1_020, right: 850, header: 500, footer: 500, gutter: 0 };
    let fonts = RunFonts::new().ascii("Arial").hi_ansi("Arial").cs("Arial");
    let heading = |level: usize, size: usize| {
        Style::new(format!("Heading{level}"), StyleType::Paragraph)
            .name(format!("heading {level}"))
            .based_on("Normal")
            .next("Normal")
            .outline_lvl(level.saturating_sub(1))
            .size(size)
            .bold()
            .color(DEEP)
            .line_spacing(LineSpacing::new().before(280).after(100))
    };
    let title = Style::new("Title", StyleType::Paragraph).name("Title").based_on("Normal").next("Normal");
    Docx::new()
        .page_size(PAGE.0, PAGE.1)
        .page_orient(PageOrientationType::Landscape)
        .page_margin(margin)
        .default_fonts(fonts)
        .default_size(20)
        .add_style(title.size(52).bold().line_spacing(LineSpacing::new().before(240).after(360)))
        .add_style(heading(1, 30))
        .add_style(heading(2, 25))
        .add_style(heading(3, 22))
        .footer(footer())
}

/// Page so and so of so many.
fn footer() -> Footer {
    let line = Paragraph::new().align(docx_rs::AlignmentType::Right);
    Footer::new().add_paragraph(
        line.add_page_num(PageNum::new())
            .add_run(Run::new().add_text(" / ").size(16).color(SOFT))
            .add_num_pages(NumPages::new()),
    )
}

fn cover(sheet: &mut Sheet, document: &Document) {
    let owner = document.owner.name.as_ref().map_or(document.owner.code.as_str(), |name| name.text.as_str());
    sheet.line(owner, 28);
    sheet.soft("");
    sheet.soft(&document.kind.label);
    let title = Paragraph::new().style("Title").add_run(Run::new().add_text(clean(&document.title.text)));
    sheet.put(title);
    let mut facts = Table::new(&[30, 70], WIDTH).sized(21);
    for (name, value) in facts_of(document) {
        facts.row(vec![plain(&name).soft(), plain(&value)]);
    }
    sheet.table(facts);
    sheet.soft(&document.as_at);
    sheet.put(Paragraph::new().add_run(Run::new().add_break(BreakType::Page)));
}

/// What the cover says, each with its name.
fn facts_of(document: &Document) -> Vec<(String, String)> {
    let domains: Vec<&str> = document.domains.iter().map(|domain| domain.label.as_str()).collect();
    let mut all = vec![
        ("status", Some(document.status.label.clone())),
        ("edition", Some(document.edition.to_string())),
        ("period", document.period.as_ref().map(|period| period.text.clone())),
        ("domains", Some(domains.join(", "))),
    ];
    if let Some(act) = &document.act {
        all.extend([
            ("act_body", act.body.clone()),
            ("act", numbered(document, act)),
            ("act_source", act.source.clone()),
        ]);
    }
    let there = all.into_iter().filter_map(|(key, value)| Some((document.word(key), value?)));
    there.filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Number and day of an act.
fn numbered(document: &Document, act: &Act) -> Option<String> {
    let number = act.number.as_ref().map(|number| format!("{} {number}", document.word("number")));
    let parts: Vec<String> = number.into_iter().chain(act.on_text.clone()).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A title with its number before it.
fn ranked(number: Option<&str>, title: &Text) -> String {
    number.map_or_else(|| title.text.clone(), |number| format!("{number} {}", title.text))
}
