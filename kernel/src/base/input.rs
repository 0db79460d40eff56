//! The shape of inputs: the published schema is the check, on every face.
//!
//! Bodies of REST, inputs of GraphQL and rows of imports all arrive as JSON objects in the
//! record's wire form and are held against the very schema that OpenAPI publishes, so the
//! contract and the check cannot drift and all faces list the same violations.

pub mod own;
mod told;

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use model::{
    Declaration, Vocabulary,
    access::{Handling, Visibility},
};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;

use told::{LONGEST, given};
pub use told::{cut, did_you_mean, hint, like, nearest};
pub(crate) use told::{form, listed};

use crate::{
    dates,
    error::{Code, Violation},
    schema,
    spelling::Texts,
};

/// The compiled schemas of a kind's inputs.
pub struct Schemas {
    /// What creates a record.
    pub new: Schema,
    /// What edits a record.
    pub patch: Schema,
}

impl Schemas {
    /// The schemas of a kind's inputs; kinds without operations, which only our own verbs write, take everything.
    #[must_use]
    pub fn of(declared: &Declaration) -> Self {
        if declared.area.is_none() {
            return Self { new: Schema::any(), patch: Schema::any() };
        }
        let lists = declared.fields.iter().filter_map(|field| field.shape.vocabulary());
        let lists = lists.chain([Visibility::DEF, Handling::DEF]);
        let mut named = schema::shared();
        named.extend(lists.map(|list| (list.name.to_owned(), schema::vocabulary(list))));
        Self {
            new: Schema::compile(&schema::new(declared), named.clone()),
            patch: Schema::compile(&schema::patch(declared), named),
        }
    }
}

/// A compiled schema.
pub struct Schema {
    validator: Option<Validator>,
    defaults: Map<String, Json>,
    members: Vec<String>,
    /// Whether it takes secrets, so that no message names a value.
    hides: bool,
    texts: Texts,
}

impl Schema {
    /// The schema that takes everything.
    #[must_use]
    pub fn any() -> Self {
        Self {
            validator: jsonschema::validator_for(&json!({})).ok(),
            defaults: Map::new(),
            members: vec!["owner".into()],
            hides: false,
            texts: Texts::default(),
        }
    }

    /// Compiles the schema that is published for `T`.
    #[must_use]
    pub fn of<T: ToSchema>() -> Self {
        let mut parts = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut parts);
        let mut named = Map::new();
        for (name, schema) in parts {
            named.entry(name).or_insert(serde_json::to_value(schema).unwrap_or_default());
        }
        Self::compile(&json!({ "$ref": format!("#/components/schemas/{}", T::name()) }), named)
    }

    /// Compiles a schema that refers to others by name.
    #[must_use]
    pub fn compile(schema: &Json, named: Map<String, Json>) -> Self {
        let mut document = json!({ "components": { "schemas": Json::Object(named) } });
        tidy(&mut document);
        if let (Some(whole), Some(members)) = (document.as_object_mut(), schema.as_object()) {
            whole.extend(members.clone());
        }
        let link = schema.get("$ref").and_then(Json::as_str).and_then(|link| link.strip_prefix('#'));
        let own = link.and_then(|place| document.pointer(place)).unwrap_or(schema);
        let own = own.get("properties").and_then(Json::as_object).cloned().unwrap_or_default();
        let defaults =
            own.iter().filter_map(|(name, s)| Some((name.clone(), s.get("default")?.clone()))).collect();
        let members: Vec<String> = own.keys().cloned().collect();
        let hides = told::hold_secrets(&members);
        let built = jsonschema::options()
            .should_validate_formats(true)
            .with_format("date", |text| dates::day(text).is_some())
            .with_format("date-time", |text| dates::instant(text).is_some())
            .build(&document);
        if let Err(error) = &built {
            tracing::error!("a schema cannot be compiled: {error}");
        }
        let texts = Texts::of(schema, &document);
        Self { validator: built.ok(), defaults, members, hides, texts }
    }

    /// Values of members that are not given.
    #[must_use]
    pub const fn defaults(&self) -> &Map<String, Json> {
        &self.defaults
    }

    /// Names of the members.
    #[must_use]
    pub fn members(&self) -> &[String] {
        &self.members
    }

    /// Spells the texts of an input as they are kept.
    pub fn spell(&self, input: &mut Map<String, Json>) {
        self.texts.spell_members(input);
    }

    /// Whether the schema could be compiled; a test holds every kind to it.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.validator.is_some()
    }

    /// Everything in `input` that breaks the schema; pointers begin with `at`.
    #[must_use]
    pub fn violations(&self, input: &Json, at: &str) -> Vec<Violation> {
        let mut found = Vec::new();
        nulls(input, at, &mut found);
        let Some(validator) = &self.validator else {
            found.push(Violation::new(at, Code::Invalid, "the schema of this input is broken"));
            return found;
        };
        if !validator.is_valid(input) {
            for error in validator.iter_errors(input) {
                explain(&error, at, (&self.members, self.hides), &mut found);
            }
        }
        in_order(found)
    }
}

/// The compiled schema of a type, compiled once.
#[must_use]
pub fn schema_of<T: ToSchema + 'static>() -> &'static Schema {
    static COMPILED: LazyLock<Mutex<HashMap<TypeId, &'static Schema>>> = LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    compiled.entry(TypeId::of::<T>()).or_insert_with(|| Box::leak(Box::new(Schema::of::<T>())))
}

/// What was found by place, each once.
fn in_order(mut found: Vec<Violation>) -> Vec<Violation> {
    found.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    found.dedup();
    found
}

pub(crate) fn nulls(input: &Json, at: &str, found: &mut Vec<Violation>) {
    match input {
        Json::String(text) if text.contains('\0') => {
            found.push(Violation::new(at, Code::NullCharacter, "the text holds the character U+0000"));
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                nulls(item, &format!("{at}/{index}"), found);
            }
        }
        Json::Object(members) => {
            for (name, item) in members {
                let place = format!("{at}/{}", escape(name));
                if name.contains('\0') {
                    let text = "the name of the member holds the character U+0000";
                    found.push(Violation::new(place.clone(), Code::NullCharacter, text));
                }
                nulls(item, &place, found);
            }
        }
        _ => {}
    }
}

/// The name of a member as a part of a JSON Pointer.
#[must_use]
pub fn escape(member: &str) -> String {
    member.replace('~', "~0").replace('/', "~1")
}

/// The name of a member that a part of a JSON Pointer says.
#[must_use]
pub fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

fn explain(
    error: &ValidationError<'_>,
    at: &str,
    (known, hides): (&[String], bool),
    found: &mut Vec<Violation>,
) {
    use ValidationErrorKind as Kind;
    let pointer = format!("{at}{}", error.instance_path().as_str());
    let value = error.instance();
    let is = given(value, hides);
    // How long a secret is, is not told either.
    let long = |count: usize| if hides { String::new() } else { format!(", not {count}") };
    let letters = || long(value.as_str().map_or(0, |text| text.chars().count()));
    let items = || long(value.as_array().map_or(0, Vec::len));
    let mut add = |code, detail: String| found.push(Violation::new(pointer.clone(), code, detail));
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                let name = &name.chars().take(LONGEST).collect::<String>();
                let hint = hint(name, known.iter().map(String::as_str));
                let detail = format!("the member `{name}` is not known here{hint}");
                found.push(Violation::new(
                    format!("{pointer}/{}", escape(name)),
                    Code::UnknownMember,
                    detail,
                ));
            }
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let place = format!("{pointer}/{}", escape(name));
            found.push(Violation::new(place, Code::Required, format!("the member `{name}` is required")));
        }
        Kind::MaxLength { limit } => add(Code::TooLong, format!("{}{}", schema::too_long(limit), letters())),
        Kind::MinLength { limit } => add(Code::TooShort, schema::too_short(limit, &letters())),
        Kind::MaxItems { limit } => add(Code::TooLong, format!("at most {limit} items{}", items())),
        Kind::MinItems { limit } => add(Code::TooShort, format!("at least {limit} items{}", items())),
        Kind::Maximum { limit } => add(Code::OutOfRange, format!("{is} is more than {limit}")),
        Kind::ExclusiveMaximum { limit } => add(Code::OutOfRange, format!("{is} is not less than {limit}")),
        Kind::Minimum { limit } => add(Code::OutOfRange, format!("{is} is less than {limit}")),
        Kind::ExclusiveMinimum { limit } => add(Code::OutOfRange, format!("{is} is not more than {limit}")),
        Kind::Enum { options } => add(Code::NotInList, format!("{is} is {}", told::listed(value, options))),
        Kind::Constant { expected_value } => add(Code::NotInList, format!("{is} is not {expected_value}")),
        Kind::Format { format } => add(Code::BadFormat, format!("{is} is not {}", told::form(format))),
        Kind::Pattern { pattern } => add(Code::BadFormat, format!("{is} is not {}", told::pattern(pattern))),
        Kind::Type { kind } => {
            let member = pointer.rsplit('/').next().unwrap_or_default().to_owned();
            add(Code::WrongType, format!("{is} is not {}", told::kind(kind, &member)));
        }
        Kind::UniqueItems => add(Code::NotUnique, "no item may be given twice".into()),
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            // Of a choice (nullable values are one), report the branch whose type fits.
            let fits = context.iter().find(|branch| {
                !branch.is_empty()
                    && !branch.iter().any(|e| {
                        matches!(e.kind(), Kind::Type { .. }) && e.instance_path() == error.instance_path()
                    })
            });
            if let Some(branch) = fits {
                for inner in branch {
                    explain(inner, at, (known, hides), found);
                }
            } else {
                let wanted = told::choice(context);
                let wanted = wanted.unwrap_or_else(|| "of a type that is taken here".to_owned());
                add(Code::WrongType, format!("{is} is not {wanted}"));
            }
        }
        other => add(Code::Invalid, format!("breaks the rule `{}`", other.keyword())),
    }
}

/// Merges the `allOf` of flattened structs into plain objects and closes the inputs.
///
/// The document stays what utoipa made of the types; clients get flat objects, and inputs
/// (`New..`, `..Patch`, `..Input`) refuse unknown members.
pub fn tidy(document: &mut Json) {
    let Some(schemas) = document.pointer("/components/schemas").and_then(Json::as_object).cloned() else {
        return;
    };
    let mut flat = Map::new();
    for (name, schema) in &schemas {
        let mut merged = merge(schema, &schemas);
        let is_input = name.starts_with("New") || name.ends_with("Patch") || name.ends_with("Input");
        if is_input && let Some(object) = merged.as_object_mut().filter(|o| o.contains_key("properties")) {
            object.insert("additionalProperties".into(), Json::Bool(false));
        }
        flat.insert(name.clone(), merged);
    }
    if let Some(place) = document.pointer_mut("/components/schemas") {
        *place = Json::Object(flat);
    }
}

fn merge(schema: &Json, all: &Map<String, Json>) -> Json {
    let Some(parts) = schema.get("allOf").and_then(Json::as_array) else { return schema.clone() };
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut object = schema.as_object().cloned().unwrap_or_default();
    object.remove("allOf");
    for part in parts {
        let named = part.get("$ref").and_then(Json::as_str).and_then(|r| r.rsplit('/').next());
        let part = merge(named.and_then(|name| all.get(name)).unwrap_or(part), all);
        properties.extend(part.get("properties").and_then(Json::as_object).cloned().unwrap_or_default());
        required.extend(part.get("required").and_then(Json::as_array).cloned().unwrap_or_default());
    }
    object.insert("type".into(), json!("object"));
    object.insert("properties".into(), Json::Object(properties));
    if !required.is_empty() {
        object.insert("required".into(), Json::Array(required));
    }
    Json::Object(object)
}
