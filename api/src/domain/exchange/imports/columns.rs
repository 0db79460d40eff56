//! What the columns of a file mean, by the kind's published inputs.

use std::sync::Arc;

use kernel::{KindDef, input::nearest};
use model::{Shape, field::Column as Type};

use super::{
    aliases,
    cells::Form,
    kinds::says_kind,
    lore::Lore,
    mapping::{Mapping, Names},
    shown::SHOWN_IN,
    sorts::Sort,
};

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A member of the record.
    Member,
    /// What a record is found by, its kind, or the version it is expected to have.
    Address,
    /// What the service says of a record and nobody writes: left alone.
    Told,
    /// A column of the sender's own: left alone.
    Own,
}

/// One column of a file.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Its name in the header.
    pub(super) name: String,
    /// Name of the field, as exports call its column.
    pub(super) field: String,
    /// Where its values stand in the record.
    pub(super) path: Vec<String>,
    /// How its cells are read.
    pub(super) form: Form,
    /// What they hold.
    pub(super) sort: Sort,
    /// What it is for.
    pub(super) role: Role,
    /// Of the column of external keys, their source system where rows name none.
    pub(super) keys_of: Option<String>,
    /// How its cells are understood, where a mapping says how people write them.
    pub(super) lore: Option<Lore>,
}

/// How people write, and what their agencies are called.
pub(super) type Mapped = (Arc<Mapping>, Arc<Names>);

impl Column {
    fn new(name: &str, path: &[&str], form: Form) -> Self {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        Self {
            name: name.into(),
            field: name.into(),
            path,
            form,
            sort: Sort::Other,
            role: Role::Member,
            keys_of: None,
            lore: None,
        }
    }

    /// Whether it holds a part of a small object, such as the currency of an amount.
    pub(super) fn is_part(&self) -> bool {
        self.path.len() == 2
    }

    pub(super) fn apart(name: &str, form: Form, role: Role) -> Self {
        Self { role, ..Self::new(name, &[name], form) }
    }
}

/// The column of a name in the header: as the mapping says, else by the name of its field, else by what people call that.
pub(super) fn understood(def: &KindDef, name: &str, mapped: Option<&Mapped>) -> Option<Column> {
    if name.is_empty() {
        return None;
    }
    let own = mapped.and_then(|(mapping, _)| mapping.column(name));
    let known = own.map(|own| own.field.as_str());
    let found = match known {
        Some(field) => column(def, field),
        None => column(def, name).or_else(|| column(def, &aliases::field(def, name)?)),
    }?;
    let lore = mapped
        .filter(|_| found.role == Role::Member)
        .map(|(mapping, agencies)| Lore::of(def, &found.field, own, (mapping.marks(), agencies)));
    let keys_of =
        mapped.filter(|_| found.field == "external_key").and_then(|(mapping, _)| mapping.keys_of.clone());
    Some(Column { name: name.to_owned(), keys_of, lore, ..found })
}

/// The column of a name; one of the sender's own where it is not known.
pub(super) fn or_own(def: &KindDef, name: &str, mapped: Option<&Mapped>) -> Column {
    understood(def, name, mapped).unwrap_or_else(|| Column::apart(name, Form::Text, Role::Own))
}

/// What is wrong with a name as that of a column that is written; nothing where it is one.
pub(super) fn fault(def: &KindDef, field: &str) -> Option<String> {
    match column(def, field) {
        Some(found) if found.role != Role::Told => None,
        Some(_) => Some(format!("nobody writes `{field}`")),
        None => Some(unknown(def, field)),
    }
}

/// Whether a kind can be written by a column of this name.
pub(super) fn is_written(def: &KindDef, field: &str) -> bool {
    column(def, field).is_some_and(|found| found.role != Role::Told)
}

/// Whether a member is a small object, whose parts are columns of their own.
pub(super) fn has_parts(def: &KindDef, member: &str) -> bool {
    !parts(def, member).is_empty()
}

/// The columns that a kind can be written by, in the order of its inputs; of texts those in their own language.
pub(super) fn all(def: &KindDef) -> Vec<Column> {
    let mut all = Vec::new();
    for member in def.schemas.new.members().iter().filter(|member| *member != "translations") {
        let parts = parts(def, member);
        if parts.is_empty() {
            all.extend(column(def, member));
        }
        all.extend(parts.iter().filter_map(|(part, _)| column(def, &format!("{member}.{part}"))));
    }
    all
}

fn column(def: &KindDef, name: &str) -> Option<Column> {
    if name.starts_with("x_") {
        return Some(Column::apart(name, Form::Text, Role::Own));
    }
    match name {
        "id" => return Some(Column::apart(name, Form::Text, Role::Address)),
        "version" => return Some(Column::apart(name, Form::Number, Role::Address)),
        _ if says_kind(def, name) => return Some(Column::apart(name, Form::Text, Role::Address)),
        _ => {}
    }
    if is_member(def, name) {
        let sort = Sort::of(def, name);
        return Some(Column { sort, ..Column::new(name, &[name], form(def, name)) });
    }
    if let Some((field, tag)) = name.split_once('@') {
        let is_text = def.columns.iter().any(|column| column.is_text && column.field == field);
        let path = ["translations", tag, field];
        return is_text.then(|| Column { sort: Sort::Words, ..Column::new(name, &path, Form::Text) });
    }
    if is_told(def, name) {
        return Some(Column::apart(name, Form::Text, Role::Told));
    }
    let (member, part) = name.split_once('.')?;
    let form = parts(def, member).into_iter().find(|(known, _)| known == part)?.1;
    Some(Column::new(name, &[member, part], form))
}

/// Whether a column is one that exports have and nobody writes: what the service says of a record, and the names of
/// codes and references.
pub(super) fn is_told(def: &KindDef, name: &str) -> bool {
    let (field, part) = name.split_once('.').unwrap_or((name, ""));
    let is_part = def.parts.iter().any(|known| known.name == field);
    let is_named = matches!(part, "label" | "name" | "code") || (!part.is_empty() && !is_member(def, field));
    name == SHOWN_IN || (is_part && (part.is_empty() || is_named))
}

pub(super) fn is_member(def: &KindDef, name: &str) -> bool {
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

/// Whether a member is an object, or a list of objects: a cell holds it as JSON.
fn is_json(def: &KindDef, name: &str) -> bool {
    let field = def.declared.field(name);
    field.is_some_and(|field| matches!(field.shape, Shape::Object(_) | Shape::Objects(_) | Shape::JsonObject))
}

/// The one column that holds a member; none for a small object, though its id may go by the same name.
fn plain<'a>(def: &'a KindDef, member: &str) -> Option<&'a kernel::record::Column> {
    def.field(member).filter(|column| column.name == member || column.target.is_some())
}

const fn form_of(ty: Type) -> Form {
    match ty {
        Type::Id | Type::Text | Type::Decimal | Type::Date => Form::Text,
        Type::Instant => Form::Instant,
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

pub(super) fn unknown(def: &KindDef, name: &str) -> String {
    let mut known: Vec<String> = all(def).into_iter().map(|column| column.field).collect();
    let (field, tag) = name.split_once('@').map_or((name, ""), |(field, tag)| (field, tag));
    if !tag.is_empty() {
        known = def.columns.iter().filter(|c| c.is_text).map(|c| c.field.to_owned()).collect();
    }
    let at = if tag.is_empty() { String::new() } else { format!("@{tag}") };
    let near = nearest(field, known.iter().map(String::as_str)).map(str::to_owned);
    let near = aliases::spelled(def, name).last().or(near);
    let hint = near.map_or_else(
        || "; begin its name with `x_` to leave it out".to_owned(),
        |near| format!("; did you mean `{near}{at}`?"),
    );
    format!("{} have no such field{hint}", def.collection)
}

#[cfg(test)]
mod tests {
    use entity::Action;

    use super::*;
    use crate::domain::Registered;

    #[test]
    fn a_kind_has_columns_that_it_can_be_written_by() {
        for def in crate::domain::KINDS.served() {
            for column in all(def) {
                assert!(fault(def, &column.field).is_none(), "{}: {}", def.name, column.field);
            }
        }
        let names: Vec<String> = all(Action::def()).into_iter().map(|column| column.field).collect();
        for name in ["title", "cost.amount", "cost.currency", "shared_with.agencies", "lead_agency"] {
            assert!(names.iter().any(|known| known == name), "{name} of {names:?}");
        }
    }
}
