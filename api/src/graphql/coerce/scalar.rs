//! The wire form of scalars.

use kernel::dates;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{Given, Variables};
use crate::graphql::shapes::Scalar;

/// A scalar in wire form.
///
/// # Errors
/// The form it should have.
pub(super) fn wire(scalar: Scalar, given: &Given, variables: &Variables) -> Result<Json, &'static str> {
    match (scalar, given) {
        (Scalar::Int, Given::Number(number)) => {
            let number = number.as_i64().and_then(|number| i32::try_from(number).ok());
            number.map(Json::from).ok_or(form(scalar))
        }
        (Scalar::Float, Given::Number(number)) => Ok(Json::Number(number.clone())),
        // Whether it is one, the schema of the input says, together with all else.
        (Scalar::Text | Scalar::Reference | Scalar::Decimal, Given::Text(text)) => {
            Ok(Json::String(text.clone()))
        }
        (Scalar::Bool, Given::Bool(truth)) => Ok(Json::Bool(*truth)),
        (Scalar::Id, Given::Text(text)) => {
            text.parse::<Uuid>().map(|id| Json::String(id.to_string())).map_err(|_| form(scalar))
        }
        (Scalar::Date, Given::Text(text)) if dates::day(text).is_some() => Ok(Json::String(text.clone())),
        (Scalar::Instant, Given::Text(text)) if dates::instant(text).is_some() => {
            Ok(Json::String(text.clone()))
        }
        (Scalar::Object | Scalar::Reference, Given::Object(_)) => Ok(free(given, variables)),
        _ => Err(form(scalar)),
    }
}

const fn form(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Int => "an integer of 32 bits such as 7",
        Scalar::Float => "a number such as 1.5",
        Scalar::Text => "a text such as \"text\"",
        Scalar::Bool => "true or false",
        Scalar::Id => "an id such as 0198c0de-0000-7000-8000-000000000001",
        Scalar::Date => dates::DAY,
        Scalar::Instant => dates::INSTANT,
        Scalar::Decimal => "a decimal number in quotes such as \"12.5\"",
        Scalar::Object => "an object such as { title: \"text\" }",
        Scalar::Reference => "an id, a code such as \"MES\", or an object such as { id: \"...\" }",
    }
}

/// A value without a type, as the wire has it.
fn free(given: &Given, variables: &Variables) -> Json {
    match given {
        Given::Null => Json::Null,
        Given::Bool(truth) => Json::Bool(*truth),
        Given::Number(number) => Json::Number(number.clone()),
        Given::Text(text) | Given::Name(text) => Json::String(text.clone()),
        Given::List(items) => Json::Array(items.iter().map(|item| free(item, variables)).collect()),
        Given::Variable(name) => variables.get(name).cloned().unwrap_or_default(),
        Given::Object(members) => {
            let is_there =
                |value: &Given| !matches!(value, Given::Variable(name) if !variables.contains_key(name));
            let members = members.iter().filter(|(_, value)| is_there(value));
            let all: Map<String, Json> =
                members.map(|(name, value)| (name.clone(), free(value, variables))).collect();
            Json::Object(all)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{Given, Scalar, Variables, wire};

    fn coerced(scalar: Scalar, value: &Json) -> Option<Json> {
        wire(scalar, &Given::json(value), &Variables::new()).ok()
    }

    #[test]
    fn ids_are_uuids() {
        let id = "01a1fd8c-6900-7098-82d6-000000000000";

        assert_eq!(coerced(Scalar::Id, &json!(id)), Some(json!(id)));
        assert_eq!(coerced(Scalar::Id, &json!(id.to_uppercase())), Some(json!(id)));
        assert_eq!(coerced(Scalar::Id, &json!("abc")), None);
        assert_eq!(coerced(Scalar::Id, &json!(7)), None);
    }

    #[test]
    fn numbers_have_32_bits() {
        assert_eq!(coerced(Scalar::Int, &json!(2_147_483_647)), Some(json!(2_147_483_647)));
        assert_eq!(coerced(Scalar::Int, &json!(3_000_000_000_u64)), None);
        assert_eq!(coerced(Scalar::Int, &json!("7")), None);
        assert_eq!(coerced(Scalar::Int, &json!(1.5)), None);
    }

    #[test]
    fn decimals_are_texts() {
        assert_eq!(coerced(Scalar::Decimal, &json!("12.5")), Some(json!("12.5")));
        assert_eq!(coerced(Scalar::Decimal, &json!(12.5)), None);
    }

    #[test]
    fn days_are_written_in_full() {
        let is_day = |text: &str| coerced(Scalar::Date, &json!(text)).is_some();

        assert!(["2027-12-31", "0001-01-01", "9999-12-31", "2028-02-29"].into_iter().all(is_day));
        let wrong = ["31.12.2027", "2027-2-3", "+12027-01-01", "2027-02-30", "0000-01-01", "2027 - 02 - 03"];
        assert!(!wrong.into_iter().any(is_day));
    }

    #[test]
    fn objects_without_a_type_keep_their_members() {
        let value = json!({ "en": { "title": null, "a": [1, true, "x"] } });

        assert_eq!(coerced(Scalar::Object, &value), Some(value.clone()));
        assert_eq!(coerced(Scalar::Object, &json!("text")), None);
        assert_eq!(coerced(Scalar::Reference, &json!("MES")), Some(json!("MES")));
    }
}
