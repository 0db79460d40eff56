//! Breaking changes of schemas: what is taken may only widen, what is given may only narrow.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value as Json;

use super::{breaking::Break, openapi::members};

/// Which way content goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    /// From the caller.
    Taken,
    /// To the caller.
    Given,
}

/// Bounds that keep content small: less of them is narrower.
const UPPER: [&str; 5] = ["maxLength", "maxItems", "maximum", "exclusiveMaximum", "maxProperties"];
/// Bounds that keep content large: more of them is narrower.
const LOWER: [&str; 5] = ["minLength", "minItems", "minimum", "exclusiveMinimum", "minProperties"];

/// Two documents, and what was found between them.
pub(super) struct Compared<'a> {
    old: &'a Json,
    new: &'a Json,
    seen: HashSet<(String, String, Direction)>,
    found: BTreeSet<Break>,
}

impl<'a> Compared<'a> {
    pub(super) fn of(old: &'a Json, new: &'a Json) -> Self {
        Self { old, new, seen: HashSet::new(), found: BTreeSet::new() }
    }

    pub(super) fn found(self) -> Vec<Break> {
        self.found.into_iter().collect()
    }

    pub(super) fn note(&mut self, name: impl Into<String>, what: impl Into<String>) {
        self.found.insert(Break::new(name, what));
    }

    /// A part of the old document, its reference followed.
    pub(super) fn old_part<'p>(&self, part: &'p Json) -> &'p Json
    where
        'a: 'p,
    {
        followed(self.old, part)
    }

    /// A part of the new document, its reference followed.
    pub(super) fn new_part<'p>(&self, part: &'p Json) -> &'p Json
    where
        'a: 'p,
    {
        followed(self.new, part)
    }

    /// Compares what an operation takes or gives at one place.
    pub(super) fn schemas(
        &mut self,
        name: &str,
        was: Option<&Json>,
        is: Option<&Json>,
        direction: Direction,
    ) {
        let (Some(was), Some(is)) = (was, is) else {
            if was.is_some() != is.is_some() {
                self.note(name, "says less of its form, or more");
            }
            return;
        };
        let (was, is) = (Form::of(self.old, was), Form::of(self.new, is));
        let name = was.name.unwrap_or(name);
        if let (Some(was), Some(is)) = (was.name, is.name)
            && !self.seen.insert((was.to_owned(), is.to_owned(), direction))
        {
            return;
        }
        self.types(name, &was, &is, direction);
        self.values(name, (was.schema, is.schema), direction);
        self.variants(name, &was, &is, direction);
        if direction == Direction::Taken {
            self.bounds(name, was.schema, is.schema);
        }
        if was.schema.get("format") != is.schema.get("format") {
            self.note(name, "has another format");
        }
        self.properties(name, was.schema, is.schema, direction);
        for inner in ["items", "additionalProperties"] {
            let (before, now) = (was.schema.get(inner), is.schema.get(inner));
            if before.is_some_and(Json::is_object) {
                self.schemas(&format!("{name}[]"), before, now, direction);
            }
        }
    }

    fn types(&mut self, name: &str, was: &Form<'_>, is: &Form<'_>, direction: Direction) {
        let narrower = |narrow: &BTreeSet<&str>, wide: &BTreeSet<&str>| {
            wide.is_empty() || (!narrow.is_empty() && narrow.is_subset(wide))
        };
        let fits = match direction {
            Direction::Taken => narrower(&was.types, &is.types),
            Direction::Given => narrower(&is.types, &was.types),
        };
        if !fits {
            self.note(name, format!("was {:?} and is {:?}", was.types, is.types));
        }
    }

    /// Values of closed lists: none may go; none may be closed that was open to callers.
    fn values(&mut self, name: &str, (was, is): (&Json, &Json), direction: Direction) {
        let list = |schema: &Json| schema.get("enum").and_then(Json::as_array).cloned();
        match (list(was), list(is)) {
            (Some(was), Some(is)) => {
                for gone in was.iter().filter(|one| !is.contains(one)) {
                    let value = gone.as_str().map_or_else(|| gone.to_string(), str::to_owned);
                    self.note(format!("{name}.{value}"), "is gone");
                }
            }
            (None, Some(_)) if direction == Direction::Taken => {
                self.note(name, "takes a closed list only now");
            }
            (Some(_), None) if direction == Direction::Given => self.note(name, "is no closed list any more"),
            _ => {}
        }
    }

    /// Alternatives, by the name of their schema.
    fn variants(&mut self, name: &str, was: &Form<'_>, is: &Form<'_>, direction: Direction) {
        let (kept, by) = match direction {
            Direction::Taken => (&was.variants, &is.variants),
            Direction::Given => (&is.variants, &was.variants),
        };
        if !kept.is_subset(by) {
            self.note(name, "has other alternatives");
        }
    }

    fn bounds(&mut self, name: &str, was: &Json, is: &Json) {
        let bound = |schema: &Json, name: &str| schema.get(name).and_then(Json::as_f64);
        let lower = |name: &&&str| match (bound(was, name), bound(is, name)) {
            (Some(was), Some(is)) => is < was,
            (was, is) => was.is_none() && is.is_some(),
        };
        let higher = |name: &&&str| match (bound(was, name), bound(is, name)) {
            (Some(was), Some(is)) => is > was,
            (was, is) => was.is_none() && is.is_some(),
        };
        for narrowed in UPPER.iter().filter(lower).chain(LOWER.iter().filter(higher)) {
            self.note(name, format!("is narrower: {narrowed}"));
        }
        let pattern = is.get("pattern");
        if pattern.is_some() && pattern != was.get("pattern") {
            self.note(name, "takes another pattern");
        }
    }

    fn properties(&mut self, name: &str, was: &Json, is: &Json, direction: Direction) {
        let (before, now) = (required(was), required(is));
        for (member, was) in members(was, "properties") {
            let path = format!("{name}.{member}");
            let Some(is) = is.get("properties").and_then(|all| all.get(member)) else {
                self.note(path, "is gone");
                continue;
            };
            let (was_required, is_required) =
                (before.contains(member.as_str()), now.contains(member.as_str()));
            match direction {
                Direction::Taken if is_required && !was_required => self.note(&path, "is required now"),
                Direction::Given if was_required && !is_required => self.note(&path, "may be missing now"),
                _ => {}
            }
            self.schemas(&path, Some(was), Some(is), direction);
        }
        let known = was.get("properties");
        let is_new = |member: &&&str| known.is_none_or(|all| all.get(**member).is_none());
        for member in now.iter().filter(|_| direction == Direction::Taken).filter(is_new) {
            self.note(format!("{name}.{member}"), "is new and required");
        }
    }
}

fn required(schema: &Json) -> BTreeSet<&str> {
    schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect()
}

fn followed<'p>(document: &'p Json, part: &'p Json) -> &'p Json {
    let link = part.get("$ref").and_then(Json::as_str).and_then(|to| to.strip_prefix('#'));
    link.and_then(|to| document.pointer(to)).unwrap_or(part)
}

/// A schema with its reference followed and its null told apart.
struct Form<'p> {
    /// Name of the component, if it is one.
    name: Option<&'p str>,
    schema: &'p Json,
    types: BTreeSet<&'p str>,
    /// What stands in `oneOf` and `anyOf`, where it is more than one and null.
    variants: BTreeSet<String>,
}

impl<'p> Form<'p> {
    fn of(document: &'p Json, schema: &'p Json) -> Self {
        let list = |name: &str| schema.get(name).and_then(Json::as_array).into_iter().flatten();
        let all: Vec<&Json> = list("oneOf").chain(list("anyOf")).collect();
        let is_null = |one: &&&Json| one.get("type").and_then(Json::as_str) == Some("null");
        let other: Vec<&Json> = all.iter().filter(|one| !is_null(one)).copied().collect();
        if let [only] = other.as_slice() {
            let mut form = Self::of(document, only);
            if other.len() < all.len() {
                form.types.insert("null");
            }
            return form;
        }
        let target = followed(document, schema);
        let name = schema.get("$ref").and_then(Json::as_str).and_then(|to| to.rsplit('/').next());
        let types = match target.get("type") {
            Some(Json::Array(many)) => many.iter().filter_map(Json::as_str).collect(),
            one => one.and_then(Json::as_str).into_iter().collect(),
        };
        let variants = other.iter().map(|one| one.get("$ref").unwrap_or(one).to_string()).collect();
        Self { name, schema: target, types, variants }
    }
}
