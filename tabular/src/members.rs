//! Reads one JSON object strictly: no member twice, no NUL, nothing over a limit.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::fault::{Halt, RowFault, RowFaultCode};
use crate::item::{BadRow, Cells};
use crate::sink::Sink;

/// Reads one object from its bytes.
///
/// # Errors
/// `TooManyColumns`. Everything else makes a bad row.
pub(crate) fn parse(bytes: &[u8], line: u64, sink: &Sink<'_>) -> Result<Cells, Halt> {
    let bad = |code, text: String| Ok(Cells::bad(RowFault::new(code, text).holding(bytes)));
    let Ok(text) = std::str::from_utf8(bytes) else {
        return bad(RowFaultCode::NotText, "holds bytes that are no text in the file's charset".to_owned());
    };
    let mut doubled = Vec::new();
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Strict { doubled: &mut doubled }.deserialize(&mut json).and_then(|value| {
        json.end()?;
        Ok(value)
    });
    let mut members = match value {
        Ok(Value::Object(members)) => members,
        Ok(other) => {
            return bad(RowFaultCode::NotAnObject, format!("{} and not an object", kind(&other)));
        }
        Err(error) => return bad(RowFaultCode::NotJson, format!("not JSON: {}", reason(&error))),
    };
    if members.len() > sink.limits().columns {
        return Err(sink.too_wide(line));
    }
    let mut faults: Vec<RowFault> = doubled
        .iter()
        .take(sink.limits().columns)
        .map(|name| RowFault::of(RowFaultCode::DuplicateMember, name, format!("{name} stands twice")))
        .collect();
    let limit = sink.limits().cell;
    faults.extend(members.iter().filter_map(|(name, value)| member_fault(name, value, limit)));
    if faults.is_empty() {
        return Ok(Cells::Members(members));
    }
    members.retain(|name, value| !doubled.contains(name) && member_fault(name, value, limit).is_none());
    Ok(Cells::Bad(BadRow { faults, rest: members }))
}

/// The error without the place, which counts from the start of the row.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => format!("{} at column {}", text.get(..at).unwrap_or_default(), error.column()),
        None => text,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn member_fault(name: &str, value: &Value, limit: usize) -> Option<RowFault> {
    if name.contains('\0') || has_nul(value) {
        let held = value.as_str().unwrap_or_default();
        return Some(RowFault::of(RowFaultCode::Nul, name, "holds a NUL character").holding(held.as_bytes()));
    }
    let text = value.as_str().filter(|text| text.len() > limit)?;
    let fault = RowFault::of(RowFaultCode::CellTooLong, name, format!("longer than {limit} bytes"));
    Some(fault.holding(text.as_bytes()))
}

/// Whether a text within is or holds a NUL. The parser bounds the depth.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A JSON value that notes members that stand twice, at any depth.
struct Strict<'a> {
    doubled: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(Strict { doubled: self.doubled })? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Strict { doubled: self.doubled })?;
            if members.contains_key(&name) {
                self.doubled.push(name);
            } else {
                members.insert(name, value);
            }
        }
        Ok(Value::Object(members))
    }
}
