//! Schemas that callers bring, and what is held against them.
//!
//! Whoever brings a schema says what checking it costs, so each is bounded: in size and depth, with all that its
//! references lead to; its references stay within it and do not lead back; its patterns take linear time.

use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde_json::Value as Json;

use super::{escape, explain, in_order};
use crate::error::{Code, Violation};

/// Bytes of a schema or a content, as JSON.
const BYTES: usize = 65_536;
/// Levels of a schema with what its references lead to, or of a content.
const LEVELS: usize = 20;
/// Values of a schema with what its references lead to.
const VALUES: usize = 1_000;
/// Values of a schema times values of a content.
const WORK: usize = 500_000;
/// Patterns of a schema, with what its references lead to, times bytes of a content.
const MATCHING: usize = 500_000;
/// Bytes of a compiled pattern.
const PATTERN: usize = 65_536;
/// Violations that are told.
const TOLD: usize = 20;
/// The one draft that schemas are written in.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What is wrong with a schema, or else with the content that is held against it; without a schema every content of
/// moderate size is right. Pointers begin with `/schema` or `/content`.
#[must_use]
pub fn violations(schema: Option<&Json>, content: Option<&Json>) -> Vec<Violation> {
    let parts = [("/schema", schema), ("/content", content)];
    let found: Vec<Violation> = parts.into_iter().filter_map(|(at, value)| too_large(at, value?)).collect();
    let Some(schema) = schema.filter(|_| found.is_empty()) else { return found };
    let held = Unfolded::of(schema).and_then(|values| Ok((values, compiled(schema)?)));
    let (size, validator) = match held {
        Ok(held) => held,
        Err(violation) => return vec![violation],
    };
    let Some(content) = content else { return found };
    let is_matched = size.patterns.saturating_mul(content.to_string().len()) > MATCHING;
    if is_matched || size.values.saturating_mul(count(content)) > WORK {
        let text = "the content is too large for so large a schema; shorten one of them";
        return vec![Violation::new("/content", Code::TooLong, text)];
    }
    if validator.is_valid(content) {
        return found;
    }
    told(validator.iter_errors(content), "/content")
}

/// The first violations by place.
fn told<'e>(errors: impl Iterator<Item = ValidationError<'e>>, at: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    for error in errors {
        explain(&error, at, (&[], false), &mut found);
    }
    let mut found = in_order(found);
    found.truncate(TOLD);
    found
}

fn too_large(at: &str, value: &Json) -> Option<Violation> {
    let bytes = value.to_string().len();
    if bytes > BYTES {
        let text = format!("at most {BYTES} bytes as JSON, not {bytes}");
        return Some(Violation::new(at, Code::TooLong, text));
    }
    let text = || format!("at most {LEVELS} levels deep");
    (levels(value) > LEVELS).then(|| Violation::new(at, Code::RuleBroken, text()))
}

fn inner(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(items) => items.iter().collect(),
        Json::Object(members) => members.values().collect(),
        _ => Vec::new(),
    }
}

fn levels(value: &Json) -> usize {
    inner(value).into_iter().map(levels).max().map_or(0, |below| below.saturating_add(1))
}

fn count(value: &Json) -> usize {
    inner(value).into_iter().map(count).fold(1, usize::saturating_add)
}

/// What checking a schema costs.
#[derive(Clone, Copy, Default)]
struct Size {
    values: usize,
    patterns: usize,
}

/// A schema with what its references lead to put in their places, as far as it is counted.
struct Unfolded<'a> {
    whole: &'a Json,
    size: Size,
}

impl<'a> Unfolded<'a> {
    /// How large it is.
    fn of(whole: &'a Json) -> Result<Size, Violation> {
        let mut unfolded = Self { whole, size: Size::default() };
        unfolded.add(whole, "/schema", 0)?;
        Ok(unfolded.size)
    }

    fn add(&mut self, part: &'a Json, at: &str, level: usize) -> Result<(), Violation> {
        let refused = |code, text: String| Err(Violation::new(at, code, text));
        self.size.values = self.size.values.saturating_add(1);
        if level > LEVELS {
            let text =
                format!("leads back to itself, or is more than {LEVELS} levels deep with what it refers to");
            return refused(Code::RuleBroken, text);
        }
        if self.size.values > VALUES {
            return refused(Code::TooLong, format!("at most {VALUES} values, with what is referred to"));
        }
        let below = level.saturating_add(1);
        match part {
            Json::Object(members) => members.iter().try_for_each(|(name, value)| {
                self.size.patterns = self.size.patterns.saturating_add(patterns(name, value));
                let place = format!("{at}/{}", escape(name));
                self.add(self.meant(name, value, (&place, level))?, &place, below)
            }),
            Json::Array(items) => {
                let mut items = items.iter().enumerate();
                items.try_for_each(|(index, item)| self.add(item, &format!("{at}/{index}"), below))
            }
            _ => Ok(()),
        }
    }

    /// What a member stands for: of a reference what it leads to.
    fn meant(&self, name: &str, value: &'a Json, (at, level): (&str, usize)) -> Result<&'a Json, Violation> {
        let refused = |text: &str| Err(Violation::new(at, Code::RuleBroken, text));
        match (name, value.as_str()) {
            ("$ref", Some(to)) => {
                let place = to.strip_prefix('#').filter(|place| !place.contains('%'));
                let found = place.and_then(|place| self.whole.pointer(place));
                found.map_or_else(|| refused("a place in this schema, such as `#/$defs/part`"), Ok)
            }
            ("$schema", Some(draft)) if draft.trim_end_matches('#') != DRAFT => refused(DRAFT),
            ("$dynamicRef", Some(_)) => refused("references are `$ref` here"),
            ("$id", Some(_)) if level > 0 => refused("the schema has one `$id` at most, its own"),
            _ => Ok(value),
        }
    }
}

/// How many patterns a member of a schema holds itself.
fn patterns(name: &str, value: &Json) -> usize {
    match (name, value) {
        ("pattern", Json::String(_)) => 1,
        ("patternProperties", Json::Object(members)) => members.len(),
        _ => 0,
    }
}

/// Compiles a schema that stays within itself.
fn compiled(schema: &Json) -> Result<Validator, Violation> {
    let mut own = schema.clone();
    // What it is called elsewhere says nothing of what its references mean.
    own.as_object_mut().and_then(|members| members.remove("$id"));
    let patterns = PatternOptions::regex().size_limit(PATTERN).dfa_size_limit(PATTERN);
    let options = jsonschema::options().with_draft(Draft::Draft202012).offline();
    options.with_pattern_options(patterns).build(&own).map_err(|error| {
        let is_own = |found: &Violation| found.detail.chars().count() <= 500;
        let found = told(std::iter::once(error), "/schema").into_iter().find(is_own);
        let text = "no valid JSON Schema (draft 2020-12)";
        found.unwrap_or_else(|| Violation::new("/schema", Code::BadFormat, text))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn codes(schema: &Json, content: &Json) -> Vec<(String, Code)> {
        let found = violations(Some(schema), Some(content));
        found.into_iter().map(|one| (one.pointer, one.code)).collect()
    }

    fn places(schema: &Json) -> Vec<String> {
        violations(Some(schema), None).into_iter().map(|one| one.pointer).collect()
    }

    #[test]
    fn everything_that_breaks_a_schema_is_told_at_its_place() {
        let schema = json!({"type": "object", "required": ["year"], "additionalProperties": false,
            "properties": {"year": {"type": "integer"}, "posts": {"type": "array", "items": {"$ref": "#/$defs/post"}}},
            "$defs": {"post": {"properties": {"name": {"maxLength": 3}, "a/b": {"enum": [1, 2]}}}}});
        let content = json!({"posts": [{"name": "Kara-Balta"}, {"a/b": 3}], "other": 1});

        let found = codes(&schema, &content);

        let expected = [
            ("/content/other", Code::UnknownMember),
            ("/content/posts/0/name", Code::TooLong),
            ("/content/posts/1/a~1b", Code::NotInList),
            ("/content/year", Code::Required),
        ];
        assert_eq!(found, expected.map(|(place, code)| (place.to_owned(), code)));
    }

    #[test]
    fn at_most_twenty_violations_are_told() {
        let schema = json!({"additionalProperties": {"type": "integer"}});
        let content: Json = (0..50).map(|at| (format!("m{at}"), json!("text"))).collect();

        assert_eq!(codes(&schema, &content).len(), 20);
    }

    #[test]
    fn many_patterns_are_held_against_short_contents_only() {
        let part = json!({"pattern": "^a+$", "patternProperties": {"b": {}, "c": {}}});
        let schema = json!({"allOf": [{"$ref": "#/$defs/p"}, {"$ref": "#/$defs/p"}], "$defs": {"p": part}});
        let content = |length: usize| json!("a".repeat(length));

        assert_eq!(codes(&schema, &content(55_000)), []);
        assert_eq!(codes(&schema, &content(56_000)), [("/content".to_owned(), Code::TooLong)]);
    }

    #[test]
    fn a_schema_stays_within_itself() {
        let refs = [
            "https://example.org/s",
            "file:///etc/passwd",
            "other.json",
            DRAFT,
            "#/$defs/none",
            "#name",
            "#/a%62",
        ];
        for to in refs {
            let schema = json!({"properties": {"a": {"$ref": to}}, "ab": {}, "$anchor": "name"});

            assert_eq!(places(&schema), ["/schema/properties/a/$ref"], "{to}");
        }
        assert_eq!(places(&json!({"$schema": "https://example.org/own"})), ["/schema/$schema"]);
        assert_eq!(places(&json!({"$defs": {"a": {"$id": "https://x.org/"}}})), ["/schema/$defs/a/$id"]);
        assert_eq!(places(&json!({"$dynamicRef": "#a"})), ["/schema/$dynamicRef"]);
        let named = json!({"$schema": DRAFT, "$id": "https://x.org/a", "$ref": "#/$defs/a", "$defs": {"a": {"type": "object"}}});
        assert_eq!(places(&named), Vec::<String>::new());
        assert_eq!(places(&json!({"properties": {"$ref": {"type": "string"}}})), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_schema_is_told_at_its_place() {
        let found = [
            places(&json!({"type": "objekt"})),
            places(&json!({"properties": {"a": 7}})),
            places(&json!({"properties": {"a": {"pattern": "("}}})),
            places(&json!({"minLength": -1})),
            places(&json!({"$defs": []})),
        ];

        let expected = [
            "/schema/type",
            "/schema/properties/a",
            "/schema/properties/a/pattern",
            "/schema/minLength",
            "/schema/$defs",
        ];
        assert_eq!(found, expected.map(|place| vec![place.to_owned()]));
    }

    #[test]
    fn a_schema_that_would_take_long_is_refused() {
        let twice = |of: usize| json!({"anyOf": [{"$ref": format!("#/$defs/d{of}")}, {"$ref": format!("#/$defs/d{of}")}]});
        let mut doubling = json!({"$ref": "#/$defs/d0", "$defs": {"d500": {"type": "string"}}});
        for at in 0..500 {
            doubling["$defs"][format!("d{at}")] = twice(at + 1);
        }
        let deep = (0..30).fold(json!({}), |inner, _| json!({ "not": inner }));
        let wide: Json = (0..2_000).map(|at| (format!("p{at}"), json!({}))).collect();

        for schema in [
            json!({"$ref": "#"}),
            json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}),
            json!({"properties": {"a": {"$ref": "#"}}}),
            doubling,
            deep,
            json!({ "properties": wide }),
            json!({"pattern": "(?=a)b"}),
            json!({"pattern": "(a)\\1"}),
            json!({"pattern": "((\\w{1000}){1000}){1000}"}),
            json!({"description": "x".repeat(BYTES)}),
        ] {
            assert_eq!(places(&schema).len(), 1, "{schema:.100}");
        }
    }

    #[test]
    fn a_pattern_takes_linear_time() {
        let schema = json!({"additionalProperties": {"pattern": "^(a+)+$"}});
        let content = json!({"a": format!("{}b", "a".repeat(50_000))});

        assert_eq!(codes(&schema, &content), [("/content/a".to_owned(), Code::BadFormat)]);
    }

    #[test]
    fn a_content_is_bounded_by_itself_and_with_its_schema() {
        let deep = (0..30).fold(json!(1), |inner, _| json!({ "a": inner }));
        let many = json!({ "all": vec![1; 10_000] });
        let rules: Vec<Json> = (0..100).map(|_| json!({"type": "object"})).collect();

        assert_eq!(violations(None, Some(&deep)).len(), 1);
        assert_eq!(violations(None, Some(&json!({"a": "x".repeat(BYTES)}))).len(), 1);
        assert_eq!(violations(None, Some(&many)), []);
        assert_eq!(violations(Some(&json!({})), Some(&many)), []);
        assert_eq!(codes(&json!({ "allOf": rules }), &many), [("/content".to_owned(), Code::TooLong)]);
    }
}
