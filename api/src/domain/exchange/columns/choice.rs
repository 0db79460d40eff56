//! Columns that a caller chooses, in the order it names them.

use kernel::{
    Code, KindDef, Violation,
    input::{cut, did_you_mean, nearest},
    record::part::Form,
    spelling,
};
use serde_json::Value as Json;

use super::{Column, Columns, Holds, Texts, make};
use crate::domain::plans::document::words::Speech;

impl Columns {
    /// The columns with these names, separated by commas. Of texts any language may be named.
    ///
    /// # Errors
    /// A violation for each name that is unknown, with the nearest one, or given twice.
    pub fn chosen(
        def: &'static KindDef,
        names: &str,
        texts: &Texts,
        speech: &Speech,
    ) -> Result<Self, Vec<Violation>> {
        let all = make::all(def, texts, speech);
        let known: Vec<Column> = all.filter(|column| !matches!(column.holds, Holds::Id)).collect();
        let (mut all, mut faults) = (Vec::<Column>::new(), Vec::new());
        for name in names.split(',').map(str::trim) {
            match find(def, &known, name, texts) {
                Some(column) if all.iter().any(|other| other.name == column.name) => {
                    faults.push(fault(Code::NotUnique, &format!("{} stands there twice", shown(name))));
                }
                Some(column) => all.push(column),
                None => faults.push(unknown(def, name, known.iter().map(|column| column.name.as_str()))),
            }
        }
        // A file with texts as they are shown says so, whatever else is chosen.
        let shown = known.iter().find(|column| matches!(column.holds, Holds::ShownIn));
        let is_told = shown.is_none_or(|shown| all.iter().any(|column| column.name == shown.name));
        if !is_told && all.iter().any(|column| is_text(def, column)) {
            all.extend(shown.cloned());
        }
        if faults.is_empty() { Ok(Self { def, all }) } else { Err(faults) }
    }
}

/// Whether a column holds a text that may be shown in translation.
fn is_text(def: &KindDef, column: &Column) -> bool {
    let form = def.parts.get(column.part).map(|part| part.form);
    matches!((&column.holds, form), (Holds::Whole, Some(Form::Text(_))))
}

/// The violation of a name that is no column.
pub fn unknown<'a>(def: &KindDef, name: &str, known: impl Iterator<Item = &'a str>) -> Violation {
    let hint = did_you_mean(nearest(name, known));
    fault(Code::UnknownMember, &format!("{} is no column of {}{hint}", shown(name), def.collection))
}

fn shown(name: &str) -> String {
    cut(&Json::from(name))
}

fn fault(code: Code, why: &str) -> Violation {
    Violation::new("?columns", code, format!("`columns`: {why}"))
}

/// The column with a name, or of a text in a language that no text has yet.
fn find(def: &'static KindDef, known: &[Column], name: &str, texts: &Texts) -> Option<Column> {
    if let Some(column) = known.iter().find(|column| column.name == name) {
        return Some(column.clone());
    }
    let (of, tag) = name.split_once('@').filter(|_| matches!(texts, Texts::Translated(_)))?;
    let base = known.iter().find(|column| column.name == of)?;
    make::translated(def, base.part, &spelling::tag(tag)?)
}
