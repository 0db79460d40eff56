//! What a file is put together of: headings, lines, texts, and what the crate leaves to us.

use docx_rs::{Docx, Paragraph, Run, XMLDocx};

use super::{SOFT, table::Table};
use crate::domain::plans::document::{Document, Text, words::Language};

/// A text without the characters that XML cannot hold.
pub(super) fn clean(text: &str) -> String {
    let holds = |letter: &char| matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(holds).collect()
}

/// A piece of a file.
enum Piece {
    Paragraph(Box<Paragraph>),
    Table(Table),
}

/// A file in the making.
#[derive(Default)]
pub(super) struct Sheet {
    pieces: Vec<Piece>,
}

impl Sheet {
    /// Puts the pieces into an empty file.
    pub(super) fn into(self, empty: Docx) -> Docx {
        self.pieces.into_iter().fold(empty, |docx, piece| match piece {
            Piece::Paragraph(paragraph) => docx.add_paragraph(*paragraph),
            Piece::Table(table) => docx.add_table(table.done()),
        })
    }

    /// Puts a paragraph.
    pub(super) fn put(&mut self, paragraph: Paragraph) {
        self.pieces.push(Piece::Paragraph(Box::new(paragraph)));
    }

    /// Puts a heading of a level, 1 to 3.
    pub(super) fn heading(&mut self, level: usize, text: &str) {
        let run = Run::new().add_text(clean(text));
        self.put(Paragraph::new().style(&format!("Heading{level}")).keep_next(true).add_run(run));
    }

    /// Puts the heading of a chapter, on a page of its own.
    pub(super) fn chapter(&mut self, text: &str) {
        let run = Run::new().add_text(clean(text));
        self.put(Paragraph::new().style("Heading1").page_break_before(true).keep_next(true).add_run(run));
    }

    /// Puts a line in this size, in half points.
    pub(super) fn line(&mut self, text: &str, size: usize) {
        self.put(Paragraph::new().add_run(Run::new().add_text(clean(text)).size(size)));
    }

    /// Puts a line that stands back.
    pub(super) fn soft(&mut self, text: &str) {
        self.put(Paragraph::new().add_run(Run::new().add_text(clean(text)).color(SOFT)));
    }

    /// Puts a text, a paragraph for each of its lines.
    pub(super) fn text(&mut self, text: Option<&Text>) {
        for line in text.into_iter().flat_map(|text| text.text.lines()).filter(|line| !line.trim().is_empty())
        {
            self.put(Paragraph::new().add_run(Run::new().add_text(clean(line))));
        }
    }

    /// Puts a table, and room below it.
    pub(super) fn table(&mut self, table: Table) {
        self.pieces.push(Piece::Table(table));
        self.put(Paragraph::new());
    }
}

/// The parts of a file, with what the crate does not write: heads of tables that repeat, the language, the title.
pub(super) fn finished(docx: Docx, document: &Document) -> XMLDocx {
    let mut parts = docx.build();
    // Heads alone are kept whole (`Table::head`), so that they can be told here.
    replace(&mut parts.document, "<w:cantSplit />", "<w:cantSplit /><w:tblHeader />");
    let language = match document.language {
        Language::En => "en-GB",
        Language::Ru => "ru-RU",
        Language::Ky => "ky-KG",
        Language::Fr => "fr-FR",
    };
    let end = "</w:rPr></w:rPrDefault>";
    replace(&mut parts.styles, end, &format!("<w:lang w:val=\"{language}\" />{end}"));
    let normal = "<w:style w:type=\"paragraph\" w:styleId=\"Normal\">";
    replace(&mut parts.styles, normal, "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\">");
    let day = document.made_on.format("%Y-%m-%dT00:00:00Z");
    let title = maud::html! { (clean(&document.title.text)) }.into_string();
    replace(&mut parts.doc_props.core, "1970-01-01T00:00:00Z", &day.to_string());
    replace(&mut parts.doc_props.core, ">unknown<", "><");
    let end = "</cp:coreProperties>";
    replace(&mut parts.doc_props.core, end, &format!("<dc:title>{title}</dc:title>{end}"));
    parts
}

/// Puts a text in the place of another, wherever it stands in a part.
fn replace(part: &mut Vec<u8>, from: &str, to: &str) {
    *part = String::from_utf8_lossy(part).replace(from, to).into_bytes();
}
