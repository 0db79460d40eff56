//! What the columns of a file mean, by the kind's published inputs.

use kernel::{Code, KindDef, input::nearest};
use model::{Shape, field::Column as Type};

use super::{cells::Form, fault::Fault};

/// One column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name in the header.
    pub(super) name: String,
    /// Where its values stand in the record; nowhere for columns that are ignored.
    pub(super) path: Vec<String>,
    /// How its cells are read.
    pub(super) form: Form,
}

impl Column {
    fn new(name: &str, path: &[&str], form: Form) -> Self {
        Self { name: name.into(), path: path.iter().map(|part| (*part).to_owned()).collect(), form }
    }
}

/// Makes columns of a header.
///
/// # Errors
/// Every name that is unknown or stands there twice.
pub(super) fn columns(def: &KindDef, header: &[String], line: usize) -> Result<Vec<Column>, Vec<Fault>> {
    let mut found: Vec<Column> = Vec::new();
    let mut faults = Vec::new();
    for (at, name) in header.iter().map(|name| name.trim()).enumerate() {
        let place = format!("{}", at + 1);
        let mut fault = |column: &str, code, text: String| {
            faults.push(Fault::new(line, Some(column), code, text));
        };
        if name.is_empty() {
            fault(&place, Code::Required, "the column has no name".into());
        } else if found.iter().any(|column| column.name == name) {
            fault(name, Code::NotUnique, "the column stands there twice".into());
        } else if let Some(column) = column(def, name) {
            found.push(column);
        } else {
            fault(name, Code::UnknownMember, unknown(def, name));
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

fn column(def: &KindDef, name: &str) -> Option<Column> {
    if name.starts_with("x_") {
        return Some(Column::new(name, &[], Form::Text));
    }
    if is_member(def, name) {
        return Some(Column::new(name, &[name], form(def, name)));
    }
    if let Some((field, tag)) = name.split_once('@') {
        let is_text = def.columns.iter().any(|column| column.is_text && column.field == field);
        return is_text.then(|| Column::new(name, &["translations", tag, field], Form::Text));
    }
    let (member, part) = name.split_once('.')?;
    let form = parts(def, member).into_iter().find(|(known, _)| known == part)?.1;
    Some(Column::new(name, &[member, part], form))
}

fn is_member(def: &KindDef, name: &str) -> bool {
    def.schemas.new.members().iter().any(|member| member == name)
}

fn form(def: &KindDef, name: &str) -> Form {
    if def.link(name).is_some() {
        return Form::List;
    }
    match plain(def, name) {
        None => Form::Json,
        Some(_) if name == "translations" || is_json(def, name) => Form::Json,
        Some(column) => form_of(column.ty),
    }
}

/// Whether a member is an object of any members, or a list of objects: a cell holds it as JSON.
fn is_json(def: &KindDef, name: &str) -> bool {
    let field = def.declared.field(name);
    field.is_some_and(|field| matches!(field.shape, Shape::Objects(_) | Shape::JsonObject))
}

/// The one column that holds a member; none for a small object, though its id may go by the same name.
fn plain<'a>(def: &'a KindDef, member: &str) -> Option<&'a kernel::record::Column> {
    def.field(member).filter(|column| column.name == member || column.target.is_some())
}

const fn form_of(ty: Type) -> Form {
    match ty {
        Type::Id | Type::Text | Type::Decimal | Type::Date | Type::Instant => Form::Text,
        Type::Int | Type::BigInt => Form::Number,
        Type::Bool => Form::Bool,
        Type::Json | Type::Mask(_) => Form::List,
    }
}

/// The parts of a member that is a small object, each a column of its own: `cost.amount`.
fn parts(def: &KindDef, member: &str) -> Vec<(String, Form)> {
    if !is_member(def, member) || plain(def, member).is_some() || def.link(member).is_some() {
        return Vec::new();
    }
    if member == "shared_with" {
        return ["agencies", "groups"].map(|part| (part.to_owned(), Form::List)).to_vec();
    }
    if def.has(&format!("{member}_minor")) {
        return ["amount", "currency"].map(|part| (part.to_owned(), Form::Text)).to_vec();
    }
    let prefix = format!("{member}_");
    let part = |column: &kernel::record::Column| {
        Some((column.name.strip_prefix(&prefix)?.to_owned(), form_of(column.ty)))
    };
    def.columns.iter().filter_map(part).collect()
}

fn unknown(def: &KindDef, name: &str) -> String {
    let members = def.schemas.new.members();
    let mut known: Vec<String> = members.to_vec();
    for member in members {
        known.extend(parts(def, member).into_iter().map(|(part, _)| format!("{member}.{part}")));
    }
    let (field, tag) = name.split_once('@').map_or((name, ""), |(field, tag)| (field, tag));
    if !tag.is_empty() {
        known = def.columns.iter().filter(|c| c.is_text).map(|c| c.field.to_owned()).collect();
    }
    let at = if tag.is_empty() { String::new() } else { format!("@{tag}") };
    let near = nearest(field, known.iter().map(String::as_str));
    let hint = near.map_or_else(
        || "; begin its name with `x_` to leave it out".to_owned(),
        |near| format!("; did you mean `{near}{at}`?"),
    );
    format!("{} have no such field{hint}", def.collection)
}

#[cfg(test)]
mod tests {
    use entity::{Action, Task};

    use super::*;
    use crate::domain::Registered;

    fn read(def: &KindDef, names: &[&str]) -> Result<Vec<Column>, Vec<Fault>> {
        columns(def, &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), 1)
    }

    #[test]
    fn names_are_those_of_the_api() {
        let names = ["title", "due_on", "title@ru", "contributing_agencies", "progress_percent", "x_mine"];

        let found = read(Task::def(), &names).unwrap();

        assert_eq!(
            found.iter().map(|column| column.form).collect::<Vec<_>>(),
            [Form::Text, Form::Text, Form::Text, Form::List, Form::Number, Form::Text]
        );
        assert_eq!(found[2].path, ["translations", "ru", "title"]);
        assert_eq!(found[5].path, Vec::<String>::new());
        assert_eq!(read(Action::def(), &["cost.amount"]).unwrap()[0].path, ["cost", "amount"]);
        assert_eq!(read(Task::def(), &["origin.id"]).unwrap()[0].path, ["origin", "id"]);
        assert_eq!(read(Task::def(), &["shared_with.agencies"]).unwrap()[0].form, Form::List);
    }

    #[test]
    fn unknown_names_get_the_nearest_one() {
        let faults = read(Task::def(), &["titel", "due", "titel@ru", "title", "title", "", "version"]);
        let texts: Vec<String> = faults.unwrap_err().iter().map(ToString::to_string).collect();

        assert_eq!(texts.len(), 6, "{texts:?}");
        assert!(texts[0].contains("column titel") && texts[0].contains("`title`"), "{}", texts[0]);
        assert!(texts[2].contains("`title@ru`"), "{}", texts[2]);
        assert!(texts[3].contains("twice") && texts[4].contains("column 6"), "{texts:?}");
    }
}
