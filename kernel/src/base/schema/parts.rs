//! Schemas of what callers see.

use model::field::Column as Type;
use serde_json::{Value as Json, json};

use super::{link, or_null, with};
use crate::{
    decimal,
    record::{
        KindDef,
        part::{Form, Part},
    },
};

/// A part of a record, with its description where the contract has it: beside a link, else in the schema.
pub(super) fn part(def: &KindDef, part: &Part) -> Json {
    let text = json!({ "description": part.text });
    let mut schema = with(bare(def, part.form), text);
    if def.declared.field(part.name).is_some_and(|field| field.is_disclosable) {
        schema = with(schema, json!({ "x-disclosable": true }));
    }
    let is_nullable = !part.is_required && !matches!(part.form, Form::Refs(_));
    if is_nullable { or_null(schema) } else { schema }
}

fn bare(def: &KindDef, form: Form) -> Json {
    let texts = || json!({ "additionalProperties": { "type": "string" }, "propertyNames": { "type": "string" }, "type": "object" });
    match form {
        Form::Column(at) | Form::Inside(at) | Form::Version(at) => {
            def.columns.get(at).map(|column| scalar(column.ty)).unwrap_or_default()
        }
        Form::Text(_) | Form::Country(_) => json!({ "type": "string" }),
        Form::Texts(_) | Form::Regions(_) => json!({ "items": { "type": "string" }, "type": "array" }),
        Form::Code(_, list)
        | Form::Level(_, list)
        | Form::Ahead(_, _, _, list)
        | Form::Overdue(_, _, _, list) => link(list.name),
        Form::Codes(_, list) | Form::Mask(_, list) => json!({ "items": link(list.name), "type": "array" }),
        Form::Can => json!({ "items": link("Verb"), "type": "array" }),
        Form::SharedWith => link("SharedWith"),
        Form::Translations => {
            json!({ "additionalProperties": texts(), "propertyNames": { "type": "string" }, "type": "object" })
        }
        Form::Languages => texts(),
        Form::Decimal(_) => scalar(Type::Decimal),
        Form::Ref(_) => link("Ref"),
        Form::Refs(_) => json!({ "items": link("Ref"), "type": "array" }),
        Form::Money(..) => link("Money"),
        Form::AnyRef(..) => link("Origin"),
        Form::Object(_, name) => link(name),
        Form::Objects(_, name) => json!({ "items": link(name), "type": "array" }),
        Form::Is(..) | Form::IsDemo(_) => json!({ "type": "boolean" }),
    }
}

/// The value of a column.
pub(super) fn scalar(ty: Type) -> Json {
    match ty {
        Type::Id => json!({ "format": "uuid", "type": "string" }),
        Type::Text | Type::Mask(_) => json!({ "type": "string" }),
        Type::Json => json!({ "additionalProperties": true, "type": "object" }),
        Type::Int => json!({ "format": "int32", "type": "integer" }),
        Type::BigInt => json!({ "format": "int64", "type": "integer" }),
        Type::Decimal => json!({ "example": "12.5", "pattern": decimal::PATTERN, "type": "string" }),
        Type::Bool => json!({ "type": "boolean" }),
        Type::Date => json!({ "format": "date", "type": "string" }),
        Type::Instant => json!({ "format": "date-time", "type": "string" }),
    }
}
