//! What a refusal says of a value: what it is, what it should be, and what is near.

use jsonschema::{
    ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::Value as Json;

use crate::{dates, decimal};

/// Longest name that is compared with the known ones, in bytes; no member's name comes near it.
pub(super) const LONGEST: usize = 64;

/// A value as messages name it: cut, and only what it is where it holds others.
#[must_use]
pub fn cut(value: &Json) -> String {
    let text = match value {
        Json::Array(items) => return format!("a list of {}", items.len()),
        Json::Object(_) => return "an object".to_owned(),
        Json::String(text) => text,
        other => return other.to_string(),
    };
    let mut name: String = text.chars().take(LONGEST).collect();
    if name.len() < text.len() {
        name.push('…');
    }
    format!("{name:?}")
}

/// Whether inputs with these members hold secrets: of those no value is named, codes of a second factor included.
pub(super) fn hold_secrets(members: &[String]) -> bool {
    let is_secret = |name: &String| name.contains("password") || name.ends_with("token") || name == "secret";
    members.iter().any(is_secret) || matches!(members, [only] if only == "code")
}

/// A value as messages name it; of inputs that hold secrets only that there is one.
pub(super) fn given(value: &Json, hides: bool) -> String {
    if hides { "the value".to_owned() } else { cut(value) }
}

/// What a form is called, with an example.
pub(crate) fn form(format: &str) -> String {
    match format {
        "date" => dates::DAY.into(),
        "date-time" => dates::INSTANT.into(),
        "uuid" => "an id such as 0198c0de-0000-7000-8000-000000000001".into(),
        "email" => "an e-mail address such as desk@example.org".into(),
        "uri" => "an address such as https://example.org/page".into(),
        "regex" => "a regular expression, without look-around and references back".into(),
        other => format!("in the form `{other}`"),
    }
}

/// What a pattern of the published schemas asks for, with an example.
pub(super) fn pattern(pattern: &str) -> String {
    let wanted = match pattern {
        "^[A-Z0-9-]+$" => "a code of capitals, digits and hyphens such as `CA`",
        "^[A-Z]{3}$" => "a code of three capitals such as `KGZ`",
        "^[A-Z]{2}$" => "a code of two capitals such as `KG`",
        "^[A-Za-z0-9_-]+$" => "a code of letters, digits, `_` and `-` such as `MES`",
        "^[A-Za-z0-9_.()/-]+$" => "a code of letters, digits and `_.()/-` such as `BWC-X`",
        decimal::PATTERN => {
            "a decimal number such as `12.5`, with 12 digits before and 6 after the point at most"
        }
        "^https://" => "an address such as https://example.org/page",
        r"^[^@\sA-Z]+@[^@\sA-Z]+$" => "an e-mail address in small letters such as desk@example.org",
        "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$" => "a language tag such as `ru` or `zh-Hant`",
        other => return format!("a text that matches {other}"),
    };
    wanted.to_owned()
}

/// What values of a type are called, with an example; of texts the member's name says which: days end in `_on`.
pub(super) fn kind(of: &TypeKind, member: &str) -> String {
    let one = |name: &str| match name {
        "string" if member.ends_with("_on") => dates::DAY,
        "string" if member.ends_with("_at") => dates::INSTANT,
        "string" if member == "amount" => "an amount such as \"12.50\"",
        "string" => "a text such as \"text\"",
        "integer" => "a whole number such as 7",
        "number" => "a number such as 1.5",
        "boolean" => "true or false",
        "array" => "a list such as [\"text\"]",
        "object" => "an object such as {\"title\": \"text\"}",
        _ => "null",
    };
    match of {
        TypeKind::Single(kind) => one(&kind.to_string()).to_owned(),
        TypeKind::Multiple(many) => {
            let all = many.iter().map(|kind| one(&kind.to_string())).filter(|kind| *kind != "null");
            all.collect::<Vec<_>>().join(" or ")
        }
    }
}

/// What the branches of a choice take, where the value has the type of none.
pub(super) fn choice(context: &[Vec<ValidationError<'_>>]) -> Option<String> {
    let mut all: Vec<String> = Vec::new();
    for error in context.iter().flatten() {
        if let Kind::Type { kind: of } = error.kind() {
            let member = error.instance_path().as_str().rsplit('/').next().unwrap_or_default();
            let wanted = kind(of, member);
            if wanted != "null" && !all.contains(&wanted) {
                all.push(wanted);
            }
        }
    }
    (!all.is_empty()).then(|| all.join(" or "))
}

/// "none of a, b, c; did you mean `b`?"
pub(crate) fn listed(value: &Json, options: &Json) -> String {
    let all: Vec<String> = options
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
        .collect();
    let near = value.as_str().map_or_else(String::new, |text| hint(text, all.iter().map(String::as_str)));
    format!("none of {}{near}", all.join(", "))
}

/// "; did you mean `b`?" where a known name is near, in whatever case one is written.
#[must_use]
pub fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    did_you_mean(like(name, known))
}

/// "; did you mean `b`?" where something is near.
#[must_use]
pub fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// The known name most like `name`, in whatever case either is written.
#[must_use]
pub fn like<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<&str> = known.collect();
    let is_same = |one: &&str| one.to_lowercase() == name.to_lowercase();
    known.iter().copied().find(is_same).or_else(|| {
        let has_small = known.iter().any(|one| one.contains(|letter: char| letter.is_ascii_lowercase()));
        let name = if has_small { name.to_owned() } else { name.to_ascii_uppercase() };
        nearest(&name, known.iter().copied())
    })
}

/// The known name most like `name`, if any is near; before all others one that begins with it.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let known: Vec<&str> = known.collect();
    let begins = |one: &&str| name.len() > 2 && one.starts_with(name);
    let begun = known.iter().copied().filter(begins).min_by_key(|one| (one.len(), *one));
    begun.or_else(|| by_distance(name, known.into_iter()))
}

fn by_distance<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (distance(name, candidate), candidate))
        .min()
        .filter(|(far, candidate)| *far <= candidate.len().max(name.len()) / 3 + 1)
        .map(|(_, candidate)| candidate)
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            left = (corner + usize::from(x != *y)).min(above + 1).min(left + 1);
            corner = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{cut, given, hold_secrets, like, listed};

    #[test]
    fn a_value_is_named_in_short_and_a_secret_never() {
        assert_eq!(cut(&json!("x")), "\"x\"");
        assert_eq!(cut(&json!("x".repeat(100))).chars().count(), 67);
        assert_eq!(cut(&json!({ "password": "secret" })), "an object");
        assert_eq!(
            (given(&json!("x"), true), given(&json!(7), false)),
            ("the value".to_owned(), "7".to_owned())
        );
        let hold =
            |names: &[&str]| hold_secrets(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
        assert!(hold(&["code", "email", "password"]) && hold(&["refresh_token"]) && hold(&["code"]));
        assert!(!hold(&["code", "name"]) && !hold(&["secretariat_city"]));
    }

    #[test]
    fn the_nearest_name_is_found_in_any_case() {
        assert_eq!(like("plan", ["lang", "plan_id", "planned_on"].into_iter()), Some("plan_id"));
        assert_eq!(like("mess", ["MES", "MOH"].into_iter()), Some("MES"));
        assert_eq!(like("Done", ["done", "planned"].into_iter()), Some("done"));
        assert_eq!(like("cookie", ["done", "planned"].into_iter()), None);
        assert_eq!(
            listed(&json!("don"), &json!(["planned", "done"])),
            "none of planned, done; did you mean `done`?"
        );
    }
}
