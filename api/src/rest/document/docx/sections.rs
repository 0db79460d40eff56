//! Sections of a file, as the country itself conceives them.

use docx_rs::{Paragraph, Run};

use super::{
    parts::{Sheet, clean},
    ranked,
};
use crate::domain::plans::document::{Document, Entry, Section};

/// How far each level stands in, in twentieths of a point.
const STEP: i32 = 360;

/// A section under its title.
pub(super) fn section(sheet: &mut Sheet, document: &Document, section: &Section) {
    sheet.heading(1, &ranked(section.number.as_deref(), &section.title));
    sheet.text(section.text.as_ref());
    listed(sheet, document, (&section.entries, 0));
}

fn listed(sheet: &mut Sheet, document: &Document, (entries, left): (&[Entry], i32)) {
    for one in entries {
        let mut line = Paragraph::new().indent(Some(left), None, None, None);
        line = match &one.name {
            Some(name) => {
                let name = document.word("named").replace("{}", &clean(name));
                line.add_run(Run::new().add_text(name).bold()).add_run(Run::new().add_text(" "))
            }
            None => line.add_run(Run::new().add_text("\u{2022} ")),
        };
        sheet.put(line.add_run(Run::new().add_text(clean(one.text.as_deref().unwrap_or_default()))));
        listed(sheet, document, (&one.entries, left.saturating_add(STEP)));
    }
}
