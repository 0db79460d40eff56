//! Rows of JSON with what is wrong with them.

use std::fmt;

use kernel::Result;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, value::RawValue};
use tabular::{BadRow, Cells, Limits, RowFault, RowFaultCode};

use super::{ERRORS, UNREAD};

/// The members of an object as they are written, those that stand twice too.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(member) = map.next_entry()? {
                    all.push(member);
                }
                Ok(all)
            }
        }

        from.deserialize_map(All).map(Self)
    }
}

/// A row with what is wrong with it. One that is no object stands in a member of one, so that a file of such rows is known by
/// how it begins; one whose bytes are no text cannot, and stays alone.
pub(super) fn object(raw: &[u8], errors: &[String; 3]) -> Result<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(raw) else {
        let is_like_object = raw.trim_ascii_start().starts_with(b"{");
        return if is_like_object { Ok(raw.to_vec()) } else { unread(&String::from_utf8_lossy(raw), errors) };
    };
    let Ok(Members(members)) = serde_json::from_str(text) else { return unread(text, errors) };
    let own = members.iter().filter(|(name, _)| !ERRORS.contains(&name.as_str()));
    let own = own.map(|(name, value)| member(name, value.get()));
    joined(own.chain(told(errors)))
}

/// A row that came back as a text in a member of an object, and that nobody has corrected, as it was sent before.
pub(in super::super) fn as_sent(cells: Cells) -> Cells {
    let Cells::Members(members) = &cells else { return cells };
    let Some(row) = members.get(UNREAD) else { return cells };
    match tabular::row_of_json(row.as_str().unwrap_or_default(), Limits::default()) {
        Cells::Bad(bad) if !bad.faults.is_empty() => Cells::Bad(bad),
        _ => {
            let text = format!("the row stands as a text in `{UNREAD}`; write it in the place of the object");
            let fault = RowFault { code: RowFaultCode::BadValue, member: None, value: None, text };
            Cells::Bad(BadRow { faults: vec![fault], rest: Map::new() })
        }
    }
}

/// A row that is no object.
fn unread(text: &str, errors: &[String; 3]) -> Result<Vec<u8>> {
    let text = serde_json::to_string(text)?;
    joined(told(errors).chain([member(UNREAD, &text)]))
}

fn told(errors: &[String; 3]) -> impl Iterator<Item = Result<String>> {
    ERRORS.iter().zip(errors).map(|(name, error)| member(name, &serde_json::to_string(error)?))
}

fn member(name: &str, value: &str) -> Result<String> {
    Ok(format!("{}:{value}", serde_json::to_string(name)?))
}

fn joined(members: impl Iterator<Item = Result<String>>) -> Result<Vec<u8>> {
    let members: Vec<String> = members.collect::<Result<_>>()?;
    Ok(format!("{{{}}}", members.join(",")).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(raw: &str) -> String {
        let errors = ["7", "malformed_json", "not JSON"].map(str::to_owned);
        String::from_utf8(object(raw.as_bytes(), &errors).unwrap()).unwrap()
    }

    #[test]
    fn members_stay_as_they_are_written() {
        const TOLD: &str =
            r#""x_error_line":"7","x_error_codes":"malformed_json","x_error_messages":"not JSON""#;

        assert_eq!(
            printed(r#" {"b": 1e2, "a":[1,  2], "b":null}"#),
            format!(r#"{{"b":1e2,"a":[1,  2],"b":null,{TOLD}}}"#)
        );
        assert_eq!(printed(r#"{"a":1,"x_error_line":"3"}"#), format!(r#"{{"a":1,{TOLD}}}"#));
        assert_eq!(printed("{}"), format!("{{{TOLD}}}"));
        assert_eq!(printed(r#"[1, "x"]"#), format!(r#"{{{TOLD},"x_error_row":"[1, \"x\"]"}}"#));
        assert_eq!(printed(r#"{"a": "#), format!(r#"{{{TOLD},"x_error_row":"{{\"a\": "}}"#));
    }
}
