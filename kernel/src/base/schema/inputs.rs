//! Schemas of creations and edits.

use model::{Class, Declaration, DefaultValue, FieldDef, Shape, Writing, field::Column as Type};
use serde_json::{Map, Value as Json, json};

use super::{closed, link, or_null, parts::scalar, with};

const TAG: &str = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$";

/// What creates a record.
#[must_use]
pub fn new(of: &Declaration) -> Json {
    let mut all = standard(of, true);
    let mut required = Vec::new();
    if takes_owner(of) {
        let text =
            json!({ "description": owner_text(of), "maxLength": 50, "minLength": 1, "type": "string" });
        all.insert("owner".into(), text);
        required.push("owner");
    }
    for field in of.fields.iter().filter(|field| matches!(field.writing, Writing::Always | Writing::NewOnly))
    {
        let is_required = field.is_required();
        let mut schema = value(field);
        if !is_required {
            schema = or_null(schema);
        }
        if let Some(default) = field.default.and_then(given) {
            schema = with(schema, json!({ "default": default }));
        }
        all.insert(field.name.into(), schema);
        required.extend(is_required.then_some(field.name));
    }
    let example: Json = serde_json::from_str(of.example).unwrap_or_default();
    with(closed(&format!("A new {}.", of.words()), all, &required), json!({ "example": example }))
}

/// What edits a record.
#[must_use]
pub fn patch(of: &Declaration) -> Json {
    let mut all = standard(of, false);
    let own = of.fields.iter().filter(|field| field.writing == Writing::Always);
    all.extend(own.map(|field| (field.name.to_owned(), or_null(value(field)))));
    closed(&format!("Changes of {}.", of.one()), all, &[])
}

/// Whether a creation names the owner: where no record above must be given that has one.
#[must_use]
pub fn takes_owner(of: &Declaration) -> bool {
    let is_optional = |name: &&str| of.field(name).is_none_or(|field| field.is_nullable);
    of.fixed.is_none() && !of.of_caller && of.below.iter().all(is_optional)
}

/// What a creation says of its owner: text of both contracts.
#[must_use]
pub fn owner_text(of: &Declaration) -> String {
    let more = match of.class {
        _ if of.or_fact => ", or `reference` for what belongs to nobody",
        Class::Grant => ", `reference` or `installation`",
        _ => "",
    };
    format!("Who the record belongs to: `KGZ`, `region:CA`, `org:UNICRI`{more}.")
}

/// The value of a default, where it is always the same.
pub(crate) fn given(default: DefaultValue) -> Option<Json> {
    match default {
        DefaultValue::Int(number) => Some(number.into()),
        DefaultValue::Bool(truth) => Some(truth.into()),
        DefaultValue::Code(code) => Some(code.into()),
        DefaultValue::Now => None,
    }
}

/// What callers write into a field.
pub(super) fn value(field: &FieldDef) -> Json {
    let mut schema = match field.shape {
        Shape::Id => scalar(Type::Id),
        Shape::Text => scalar(Type::Text),
        Shape::Int => scalar(Type::Int),
        Shape::Long => scalar(Type::BigInt),
        Shape::Decimal => scalar(Type::Decimal),
        Shape::Bool => scalar(Type::Bool),
        Shape::Date => scalar(Type::Date),
        Shape::Instant => scalar(Type::Instant),
        Shape::Code(list) => link(list.name),
        Shape::Codes(list) | Shape::Mask(list) => json!({ "items": link(list.name), "type": "array" }),
        Shape::Texts => json!({ "items": { "type": "string" }, "type": "array" }),
        Shape::Ref(_) => link("Reference"),
        Shape::Refs(_) => json!({ "items": link("Reference"), "type": "array" }),
        Shape::Money => link("Money"),
        Shape::AnyRef => link("OriginInput"),
        Shape::Object(name) => link(name),
        Shape::Objects(name) => json!({ "items": link(name), "type": "array" }),
        Shape::JsonObject => scalar(Type::Json),
    };
    let (least, most) = match field.shape {
        Shape::Int | Shape::Long => ("minimum", "maximum"),
        shape if shape.is_list() => ("minItems", "maxItems"),
        _ => ("minLength", "maxLength"),
    };
    let bounds = [(least, field.min), (most, field.max)];
    let bounds = bounds.into_iter().filter_map(|(name, bound)| Some((name.to_owned(), bound?.into())));
    schema = with(schema, Json::Object(bounds.collect()));
    if let Some(pattern) = field.pattern {
        schema = with(schema, json!({ "pattern": pattern }));
    }
    with(schema, json!({ "description": field.doc }))
}

/// Members that every creation, or every edit, may have.
pub struct StandardInput {
    /// Name in the API.
    pub name: &'static str,
    /// What it says: text of both contracts.
    pub doc: &'static str,
    schema: Json,
}

/// The members that every creation (`is_new`), or every edit, of such a kind may have.
#[must_use]
pub fn standard_inputs(of: &Declaration, is_new: bool) -> Vec<StandardInput> {
    let one = |name, doc, schema| StandardInput { name, doc, schema };
    let pick = |new: &'static str, edit: &'static str| if is_new { new } else { edit };
    let text = |max: i64| json!({ "maxLength": max, "minLength": 1, "type": "string" });
    let mut all = vec![
        one(
            "external_key",
            "Key of the record in the system it comes from; needs `source_system`.",
            text(200),
        ),
        one("source_system", "System the external key belongs to; one of the caller's own.", text(100)),
    ];
    if of.is_national() {
        let doc = pick(
            "Who sees the record inside its country; not wider than the record above it.",
            "Who sees the record inside its country; narrowing it narrows what stands below.",
        );
        all.push(one("visibility", doc, link("Visibility")));
        all.push(one("handling", "Care the record asks for when it is passed on.", link("Handling")));
        let doc = pick(
            "Agencies and groups it is shared with at visibility `group`, which is the default where any is named.",
            "Agencies and groups it is shared with at visibility `group`, written whole.",
        );
        all.push(one("shared_with", doc, link("SharedWithInput")));
    }
    if of.has_texts {
        let doc = pick(
            "Language of the base texts (BCP 47). Where it is not given: that of the call (`Content-Language`), else that of \
             the record above, else the owner's official language; required where the owner has several.",
            "Language of the base texts (BCP 47).",
        );
        all.push(one("language", doc, json!({ "pattern": TAG, "type": "string" })));
        let doc = pick(
            "Translations: language -> field -> text.",
            "Translations to merge: language -> field -> text; null removes a text or a language.",
        );
        let texts = json!({ "additionalProperties": { "type": ["string", "null"] }, "propertyNames": { "type": "string" }, "type": "object" });
        let texts = if is_new { texts } else { or_null(texts) };
        let all_texts =
            json!({ "additionalProperties": texts, "propertyNames": { "type": "string" }, "type": "object" });
        all.push(one("translations", doc, all_texts));
    }
    all
}

fn standard(of: &Declaration, is_new: bool) -> Map<String, Json> {
    let member = |input: StandardInput| {
        let mut schema = or_null(with(input.schema, json!({ "description": input.doc })));
        let default = match input.name {
            "visibility" => Some(of.level.code()),
            "handling" => Some("normal"),
            _ => None,
        };
        if let Some(default) = default.filter(|_| is_new) {
            schema = with(schema, json!({ "default": default }));
        }
        (input.name.to_owned(), schema)
    };
    standard_inputs(of, is_new).into_iter().map(member).collect()
}
