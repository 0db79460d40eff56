//! A row from the form in which the record was shown: the other direction of a renderer.

use model::{DefaultValue, VocabularyDef, declaration::standard::NAMED, field::Column as Type};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{Row, STAMPS, is_null, json, parse, sorted};
use crate::{
    error::{Code, Violation},
    input::{cut, nulls},
    record::{KindDef, part::Form},
    scalar::Money,
};

/// Finds the record here that one of a kind which was shown refers to; whether it may be somebody else's is said as well.
pub type Finds<'a> = dyn Fn(&str, bool, &Json) -> Option<Uuid> + 'a;

impl Row {
    /// A row as the record was shown to a reader outside its owner, in all its languages. What such a reader is not told is
    /// empty, or what it is at the beginning.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn of_shown(
        def: &'static KindDef,
        shown: &Map<String, Json>,
        finds: &Finds<'_>,
    ) -> Result<Self, Vec<Violation>> {
        let mut reader = Reader { row: Self::empty(def), finds, faults: Vec::new() };
        for part in &def.parts {
            let value = shown.get(part.name).filter(|value| !value.is_null());
            if let Some(value) = value.filter(|_| !STAMPS.contains(&part.name)) {
                reader.read(part.name, part.form, value);
            }
        }
        reader.begin();
        reader.hold(shown);
        if reader.faults.is_empty() { Ok(reader.row) } else { Err(reader.faults) }
    }
}

struct Reader<'a> {
    row: Row,
    finds: &'a Finds<'a>,
    faults: Vec<Violation>,
}

impl Reader<'_> {
    /// Reads a part that is not null.
    fn read(&mut self, name: &str, form: Form, value: &Json) {
        match form {
            Form::Column(at)
            | Form::Text(at)
            | Form::Texts(at)
            | Form::Object(at, _)
            | Form::Objects(at, _)
            | Form::Decimal(at) => self.put(name, at, value),
            Form::Code(at, list) | Form::Level(at, list) => {
                self.know(name, list, [value]);
                self.put(name, at, value);
            }
            Form::Codes(at, list) | Form::Mask(at, list) => {
                self.know(name, list, value.as_array().into_iter().flatten());
                self.put(name, at, value);
            }
            Form::Translations => self.row.set("translations", sorted(value)),
            Form::Ref(at) => self.refer(name, at, value),
            Form::Refs(at) => self.refer_to_all(at, value),
            Form::Money(minor, currency) => self.pay(name, (minor, currency), value),
            Form::AnyRef(kind, id) => self.refer_to_any((kind, id), value),
            // What is told to readers inside, follows from other parts, or is said of the reader.
            Form::Inside(_)
            | Form::Version(_)
            | Form::Ahead(..)
            | Form::Country(_)
            | Form::Regions(_)
            | Form::IsDemo(_)
            | Form::Can
            | Form::SharedWith
            | Form::Languages
            | Form::Is(..)
            | Form::Overdue(..) => {}
        }
    }

    fn fault(&mut self, name: &str, code: Code, why: impl Into<String>) {
        self.faults.push(Violation::new(format!("/{name}"), code, why));
    }

    fn put(&mut self, name: &str, at: usize, value: &Json) {
        let Some(column) = self.row.def().columns.get(at) else { return };
        match parse(column.ty, value) {
            Some(value) => self.row.set(column.name, value),
            None => self.fault(name, Code::WrongType, format!("{} is no value of `{name}`", cut(value))),
        }
    }

    /// Notes codes that a closed list does not have.
    fn know<'j>(&mut self, name: &str, list: &VocabularyDef, codes: impl IntoIterator<Item = &'j Json>) {
        for code in codes {
            if code.as_str().and_then(|code| list.rank(code)).is_none() {
                self.fault(name, Code::NotInList, format!("{} is not in the list of `{name}`", cut(code)));
            }
        }
    }

    fn refer(&mut self, name: &str, at: usize, value: &Json) {
        let def = self.row.def();
        let Some((column, target)) = def.columns.get(at).and_then(|one| Some((one, one.target?))) else {
            return;
        };
        match (self.finds)(target, column.is_of_any_owner, value) {
            Some(id) => {
                self.row.set(column.name, id);
                if def.declared.named == Some(name) {
                    self.row.set(NAMED, value.get("code").and_then(Json::as_str).map(str::to_owned));
                }
            }
            None if column.is_of_any_owner => {}
            None => {
                self.fault(name, Code::ReferenceNotFound, unknown(target, value));
            }
        }
    }

    fn refer_to_all(&mut self, at: usize, value: &Json) {
        let def = self.row.def();
        let Some(column) = def.columns.get(at) else { return };
        let Some(link) = def.link(column.name) else { return };
        let target = link.target.unwrap_or_default();
        let all = value.as_array().into_iter().flatten();
        let (mut ids, mut lost) = (Vec::new(), Vec::new());
        for named in all {
            match (self.finds)(target, link.is_of_any_owner, named) {
                Some(id) => ids.push(id),
                None => lost.push(named),
            }
        }
        if !link.is_of_any_owner {
            for named in lost {
                self.fault(column.field, Code::ReferenceNotFound, unknown(target, named));
            }
        }
        self.row.set(column.name, json!(ids));
    }

    fn refer_to_any(&mut self, (kind, id): (usize, usize), value: &Json) {
        let columns = &self.row.def().columns;
        let Some((kind, id)) = columns.get(kind).zip(columns.get(id)) else { return };
        let Some(target) = value.get("kind").and_then(Json::as_str) else { return };
        if let Some(found) = (self.finds)(target, true, value) {
            self.row.set(kind.name, target);
            self.row.set(id.name, found);
        }
    }

    fn pay(&mut self, name: &str, (minor, currency): (usize, usize), value: &Json) {
        let columns = &self.row.def().columns;
        let Some((minor, currency)) = columns.get(minor).zip(columns.get(currency)) else { return };
        let money: Option<Money> = serde_json::from_value(value.clone()).ok();
        match money.and_then(|money| Some((money.minor()?, money.currency))) {
            Some((units, code)) => {
                self.row.set(minor.name, units);
                self.row.set(currency.name, code);
            }
            None => self.fault(name, Code::WrongType, format!("{} is no amount", cut(value))),
        }
    }

    /// What no reader outside is told, as it is at the beginning; what cannot be empty and is.
    fn begin(&mut self) {
        let def = self.row.def();
        let open = |column: &&crate::record::Column| {
            !column.nullable && !column.is_derived && !STAMPS.contains(&column.name)
        };
        for column in def.columns.iter().filter(open) {
            if !is_null(self.row.get(column.name)) {
                continue;
            }
            let field = def.declared.field(column.field);
            let is_told = self.is_told(column.field);
            let first = match (field.and_then(|field| field.default), column.ty) {
                (Some(DefaultValue::Int(first)), _) => Some(json!(first)),
                (Some(DefaultValue::Bool(first)), _) => Some(json!(first)),
                (Some(DefaultValue::Code(first)), _) => Some(json!(first)),
                (_, Type::Json) if column.name == "translations" => Some(json!({})),
                (_, Type::Json) => Some(json!([])),
                _ if is_told => None,
                (_, Type::Mask(_) | Type::Int | Type::BigInt) => Some(json!(0)),
                (_, Type::Bool) => Some(json!(false)),
                // Texts that nobody outside is told may have to differ from record to record.
                (_, Type::Text) => Some(match field.and_then(|field| field.shape.vocabulary()) {
                    Some(list) => json!(list.terms.first().map(|term| term.code)),
                    None => json(self.row.get("id")),
                }),
                _ => None,
            };
            match first.and_then(|first| parse(column.ty, &first)) {
                Some(first) => self.row.set(column.name, first),
                None if self.faults.iter().any(|fault| fault.pointer == format!("/{}", column.field)) => {}
                None => {
                    let (field, name) = (column.field, def.name);
                    self.fault(field, Code::Required, format!("a {name} is not without `{field}`"));
                }
            }
        }
    }

    /// Whether readers outside are told a field.
    fn is_told(&self, field: &str) -> bool {
        let is_inside = |form| matches!(form, Form::Inside(_) | Form::Version(_) | Form::Ahead(..));
        self.row.def().parts.iter().any(|part| part.name == field && !is_inside(part.form))
    }

    /// Holds what callers write against the schema that they write by.
    fn hold(&mut self, shown: &Map<String, Json>) {
        let is_named = |name| shown.get(name).is_some_and(|value: &Json| !value.is_null());
        if is_named("external_key") != is_named("source_system") {
            self.fault(
                "external_key",
                Code::RuleBroken,
                "a key and the system that it belongs to go together",
            );
        }
        nulls(&json!(shown), "", &mut self.faults);
        let schema = &self.row.def().schemas.new;
        let named = |value: &Json| value.get("id").cloned().unwrap_or_else(|| value.clone());
        let reference = |part: &&crate::record::part::Part| matches!(part.form, Form::Ref(_) | Form::Refs(_));
        let references: Vec<&str> =
            self.row.def().parts.iter().filter(reference).map(|part| part.name).collect();
        let written =
            shown.iter().filter(|(name, value)| schema.members().contains(name) && !value.is_null());
        let fields = written.map(|(name, value)| match (references.contains(&name.as_str()), value) {
            (true, Json::Array(all)) => (name.clone(), all.iter().map(named).collect()),
            (true, one) => (name.clone(), named(one)),
            (false, other) => (name.clone(), other.clone()),
        });
        let broken = schema.violations(&Json::Object(fields.collect()), "");
        let is_new = |fault: &Violation| ![Code::Required, Code::NullCharacter].contains(&fault.code);
        self.faults.extend(broken.into_iter().filter(is_new));
    }
}

/// What is said of a reference that leads to nothing.
fn unknown(target: &str, named: &Json) -> String {
    let by = ["code", "id"].into_iter().find_map(|name| named.get(name).filter(|value| !value.is_null()));
    format!("no {} {} is known here", target.replace('_', " "), cut(by.unwrap_or(named)))
}
