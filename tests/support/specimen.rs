//! A new record of any kind, and what edits and moves it: made from its declaration.

use concord::domain::KINDS;
use kernel::KindDef;
use model::{
    Move,
    field::{FieldDef, Shape, Writing},
    lifecycle::Need,
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Whose records a specimen stands among.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Of the world's first country.
    Home,
    /// Of its second one.
    Abroad,
}

impl Side {
    const fn owner(self) -> &'static str {
        match self {
            Self::Home => "KGZ",
            Self::Abroad => "KAZ",
        }
    }

    /// A record of any kind: of those in the world for a number, where there are several.
    fn any(self, kind: &Json, n: u32, find: impl Fn(&str) -> Uuid) -> Json {
        let kind = kind.as_str().expect("a kind");
        let name = match (self, n) {
            (Self::Abroad, _) => format!("{kind}:foreign"),
            (Self::Home, _) if kind != "action" => kind.to_owned(),
            (Self::Home, 600) => format!("{kind}:national"),
            (Self::Home, 601) => format!("{kind}:group"),
            (Self::Home, _) => format!("{kind}:released"),
        };
        json!({ "kind": kind, "id": find(&name) })
    }

    /// Name of the record that a field refers to.
    fn target(self, def: &KindDef, field: &FieldDef, kind: &str, n: u32) -> String {
        // A country is asked once.
        if def.declared.named == Some(field.name) && n != 600 {
            return format!("country:QX{}", char::from(b'A' + u8::try_from(place(n)).expect("a place")));
        }
        let is_key = def.declared.unique.iter().any(|key| key.contains(&field.name));
        match (kind, self) {
            // A country's records are about itself.
            ("country", side) if def.is_national() => format!("country:{}", side.owner()),
            ("agency", side) if field.is_lead => format!("agency:{}/MES", side.owner()),
            // The first one is nobody's.
            ("participation", Self::Home) => "participation:own".to_owned(),
            // A record abroad stands beside others abroad; reference data is everybody's.
            (_, Self::Abroad) if is_key && KINDS.get(kind).is_some_and(KindDef::is_national) => {
                format!("{kind}:foreign")
            }
            ("obligation", _) if is_key => {
                format!("obligation:QX{}", char::from(b'A' + u8::try_from(place(n)).expect("a place")))
            }
            _ if is_key => format!("{kind}:spare"),
            ("agency", Self::Home) => "agency:KGZ/MOF".to_owned(),
            ("agency", side) => format!("agency:{}/MES", side.owner()),
            ("user", _) => "user:bystander".to_owned(),
            (_, Self::Abroad) if KINDS.get(kind).is_some_and(KindDef::is_national) => {
                format!("{kind}:foreign")
            }
            _ => kind.to_owned(),
        }
    }
}

/// What makes a new record: the example of the contract, unlike any other and referring to what is there.
///
/// `n` keeps it apart from others; `find` gives the record of a name, and the first one of a kind.
pub fn new(def: &KindDef, n: u32, side: Side, find: impl Fn(&str) -> Uuid) -> Json {
    let mut body: Json = serde_json::from_str(def.declared.example).expect("an example is JSON");
    for field in def.declared.fields {
        let target = |kind| json!(find(&side.target(def, field, kind, n)));
        let value = match (&body[field.name], field.shape) {
            (Json::Null, _) => continue,
            (_, Shape::Ref(kind)) => target(kind),
            (_, Shape::Refs(kind)) => json!([target(kind)]),
            // Released before, so that nobody sees more by it.
            (_, Shape::Object(_)) if side == Side::Home => json!({"plan": find("plan:released")}),
            (_, Shape::Object(_)) => json!({"plan": find("plan:foreign")}),
            (_, Shape::AnyRef) if def.declared.below.contains(&field.name) => {
                let (kind, name) = parent(def, side).expect("a record above");
                json!({ "kind": kind, "id": find(&name) })
            }
            (_, Shape::AnyRef) => side.any(&body[field.name]["kind"], n, &find),
            (Json::Number(first), Shape::Int) if is_distinct(def, field) => {
                json!(first.as_i64().unwrap_or_default() + i64::from(n))
            }
            (_, Shape::Code(list)) if is_distinct(def, field) => {
                json!(list.terms[place(n) % list.terms.len()].code)
            }
            (Json::String(text), Shape::Text) if is_distinct(def, field) => json!(distinct(field, text, n)),
            _ => continue,
        };
        body[field.name] = value;
    }
    // What stands below another record has the owner of that one.
    if def.is_national() && !body["owner"].is_null() {
        body["owner"] = json!(side.owner());
    }
    if def.is_national() && def.has_texts() {
        body["language"] = json!("en");
    }
    body
}

/// Brings a record that others refer to into the state in which they may.
pub fn settle(def: &KindDef, body: &mut Json) {
    if def.name == "priority_method" {
        body["status"] = json!("published");
    }
}

/// Whether two records may not have one value of a field.
fn is_distinct(def: &KindDef, field: &FieldDef) -> bool {
    let is_code = def.declared.code.is_some() && field.name == "code";
    is_code || field.is_unique || def.declared.unique.iter().any(|key| key.contains(&field.name))
}

/// The place of a code for a number: the records of a stage, 600 and 601, have the first ones for themselves.
fn place(n: u32) -> usize {
    let at = if (600..602).contains(&n) { n - 600 } else { 2 + n % 8 };
    usize::try_from(at).expect("a small number")
}

/// A text for a number, in the form of the example.
fn distinct(field: &FieldDef, example: &str, n: u32) -> String {
    let letter = |at: u32| char::from_digit(at % 26 + 10, 36).expect("a letter").to_ascii_uppercase();
    if let (Some(min), Some(max)) = (field.min, field.max)
        && min == max
    {
        let all = [letter(16 + n / 26), letter(n)].into_iter().chain(std::iter::repeat('Q'));
        return all.take(usize::try_from(max).expect("a length")).collect();
    }
    match example.split_once('@') {
        Some((name, host)) => format!("{name}{n}@{host}"),
        None => format!("{example}{n}"),
    }
}

/// The record that a new one stands below, where its owner follows from that: its kind and name.
pub fn parent(def: &KindDef, side: Side) -> Option<(&'static str, String)> {
    let example: Json = serde_json::from_str(def.declared.example).expect("an example is JSON");
    let above = def.declared.below.iter().find(|name| !example[**name].is_null())?;
    let field = def.declared.field(above)?;
    if field.shape == Shape::AnyRef {
        let kind = KINDS.get(example[*above]["kind"].as_str()?)?.name;
        let name = if side == Side::Home { "released" } else { "foreign" };
        return Some((kind, format!("{kind}:{name}")));
    }
    let kind = field.shape.target()?;
    Some((kind, side.target(def, field, kind, 600)))
}

/// What edits a record: its first plain text, else its last day.
pub fn edit(def: &KindDef) -> Json {
    let mut written = def.declared.fields.iter().filter(|field| field.writing == Writing::Always);
    let is_plain = |field: &&FieldDef| {
        field.shape == Shape::Text
            && field.is_required()
            && field.pattern.is_none()
            && !is_distinct(def, field)
    };
    let is_text = |field: &&FieldDef| field.shape == Shape::Text && field.pattern.is_none();
    let mut days = written.clone().filter(|field| field.shape == Shape::Date);
    let other = written.clone().find(is_text);
    let (field, value) = match (written.find(is_plain), days.next_back()) {
        (Some(text), _) => (text, "Another"),
        (None, Some(day)) => (day, "2030-01-01"),
        (None, None) if other.is_some() => (other.expect("a text"), "Another"),
        (None, None) => panic!("nothing of the kind {} can be edited like this", def.name),
    };
    json!({ field.name: value })
}

/// What a move needs of its call; `find` gives the first record of a kind.
pub fn call(def: &KindDef, step: &Move, find: impl Fn(&str) -> Uuid) -> Json {
    let mut body = json!({});
    if step.is_act {
        body = json!({"act_body": "Cabinet", "act_number": "1", "act_on": "2026-11-20"});
    }
    if step.needs.contains(&Need::Reason) {
        body["reason"] = json!("As agreed");
    }
    for taken in
        step.takes.iter().filter(|one| one.is_required || step.needs.contains(&Need::Field(one.field)))
    {
        let shape = def.declared.field(taken.field).map(|field| field.shape);
        body[taken.field] = match shape {
            Some(Shape::Date) => json!("2027-01-01"),
            Some(Shape::Instant) => json!("2027-01-01T00:00:00Z"),
            Some(Shape::Ref(kind)) => json!(find(kind)),
            _ => json!("A text"),
        };
    }
    body
}

/// Kinds of which a spare record is needed: others are unique by what they refer to.
pub fn spared<'a>(defs: impl Iterator<Item = &'a KindDef>) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    for def in defs {
        for field in def.declared.unique.iter().flat_map(|key| key.iter()) {
            kinds.extend(def.declared.field(field).and_then(|field| field.shape.target()));
        }
    }
    // Of obligations there are several, and those that others refer to come first.
    kinds.retain(|kind| *kind != "obligation");
    kinds.sort_unstable_by_key(|kind| KINDS.all().iter().position(|def| def.name == *kind));
    kinds.dedup();
    kinds
}
