//! A strict reading of JSON bodies: duplicate members and U+0000 are faults.

use std::fmt;

use kernel::{Code, Error, Result, Violation, input::escape};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

/// Reads a body that must be one JSON object.
///
/// # Errors
/// `BadRequest` listing every duplicate member and every U+0000, or where the JSON ends to be JSON.
pub fn read_object(body: &[u8]) -> Result<Map<String, Json>> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Error::bad_request("", Code::MalformedJson, "the body is not valid UTF-8"))?;
    let mut faults = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Place { at: String::new(), faults: &mut faults }.deserialize(&mut reader);
    let read = read.and_then(|value| reader.end().map(|()| value));
    let value = read.map_err(|error| {
        let text = format!("the body is not JSON at line {}, column {}", error.line(), error.column());
        Error::bad_request("", Code::MalformedJson, text)
    })?;
    if !faults.is_empty() {
        return Err(Error::BadRequest(faults));
    }
    match value {
        Json::Object(members) => Ok(members),
        _ => Err(Error::bad_request("", Code::MalformedJson, "the body must be a JSON object")),
    }
}

/// Up to here each whole number is one of both types.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

struct Place<'f> {
    at: String,
    faults: &'f mut Vec<Violation>,
}

impl Place<'_> {
    fn below(&mut self, member: &str) -> Place<'_> {
        Place { at: format!("{}/{}", self.at, escape(member)), faults: self.faults }
    }

    fn text(&mut self, text: &str) {
        if text.contains('\0') {
            let detail = "the text holds the character U+0000";
            self.faults.push(Violation::new(self.at.clone(), Code::NullCharacter, detail));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Json, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    /// A whole number is one, however it is written: `10.0` is 10.
    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        let is_whole = value.fract() == 0.0 && value.abs() <= MOST_EXACT;
        let whole = is_whole.then(|| format!("{value:.0}").parse::<i64>().ok()).flatten();
        Ok(whole.map_or_else(|| value.into(), Json::from))
    }

    fn visit_str<E>(mut self, value: &str) -> Result<Json, E> {
        self.text(value);
        Ok(Json::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut from: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element_seed(self.below(&items.len().to_string()))? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut from: A) -> Result<Json, A::Error> {
        let mut members = Map::new();
        while let Some(name) = from.next_key::<String>()? {
            self.text(&name);
            let value = from.next_value_seed(self.below(&name))?;
            if members.contains_key(&name) {
                let place = self.below(&name).at;
                let detail = format!("the member `{name}` is given twice");
                self.faults.push(Violation::new(place, Code::DuplicateMember, detail));
            }
            members.insert(name, value);
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use kernel::Error;

    use super::read_object;

    #[test]
    fn duplicates_and_null_characters_are_listed_together() {
        let read = read_object(br#"{"a": 1, "b": {"c": "x\u0000", "c": 2}, "a": 3}"#);

        let Err(Error::BadRequest(faults)) = read else { panic!("faults expected") };
        let places: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(places, ["/b/c", "/b/c", "/a"]);
    }
}
