//! What the document says of exports.

use kernel::KindDef;
use serde_json::{Value as Json, json};

use super::kinds::{filter, of, ordered, plural_id};
use crate::rest::{
    exports::{ExportParams, FORMS},
    forms::JSON,
    problem::ReadProblems,
};

/// Exporting a whole list.
pub fn export(def: &KindDef) -> Json {
    let plural = def.declared.plural_words();
    let description = format!(
        "Answers every record of the list of {plural} that the caller may see and the filters let pass, in one file, as all of it was at one instant. \
         Without `lang` texts are as they were written, with all their translations; with it they are in the language they are shown in."
    );
    let media: Vec<&str> = FORMS.iter().filter(|form| **form != JSON).map(|form| form.media).collect();
    let names: Vec<&str> = FORMS.iter().filter(|form| **form != JSON).map(|form| form.name).collect();
    let format = json!({
        "name": "format", "in": "path", "required": true, "description": "Form of the file",
        "schema": { "type": "string", "enum": names },
    });
    let filters = def.filters.iter().filter(|filter| filter.applies);
    of(def, &format!("export_{}", plural_id(def)), &format!("Export {plural}"), &description)
        .takes([format])
        .takes(filters.map(filter))
        .takes(ordered::<ExportParams>(def))
        .answers_forms("The whole list", &media, &["Content-Disposition", "Content-Language"])
        .refuses::<ReadProblems>()
}
