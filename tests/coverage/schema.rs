//! What the GraphQL schema says of itself: inputs, outputs, root fields.

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};

const INTROSPECTION: &str = "{ __schema { queryType { name } mutationType { name } types { name kind
    fields { name args { name type { ...T } } type { ...T } } inputFields { name type { ...T } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// The schema by type name.
pub struct Schema {
    types: HashMap<String, Json>,
    queries: String,
    mutations: String,
}

/// A field with its first argument's name and type, and the name of what it answers.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub arg: Option<(String, String)>,
    pub output: String,
}

impl Schema {
    pub async fn load() -> Self {
        let answer = concord::graphql::schema().execute(INTROSPECTION).await;
        let data = answer.data.into_json().expect("JSON");
        let all = data["__schema"]["types"].as_array().expect("types");
        let named = |at: &str| data["__schema"][at]["name"].as_str().unwrap_or_default().to_owned();
        let types = all.iter().map(|ty| (ty["name"].as_str().unwrap_or_default().to_owned(), ty.clone()));
        Self { types: types.collect(), queries: named("queryType"), mutations: named("mutationType") }
    }

    pub fn queries(&self) -> Vec<Field> {
        self.fields(&self.queries)
    }

    pub fn mutations(&self) -> Vec<Field> {
        self.fields(&self.mutations)
    }

    fn fields(&self, ty: &str) -> Vec<Field> {
        let all = self.types[ty]["fields"].as_array().cloned().unwrap_or_default();
        let read = |field: &Json| {
            let arg = &field["args"][0];
            Field {
                name: text(&field["name"]),
                arg: arg.is_object().then(|| (text(&arg["name"]), written(&arg["type"]))),
                output: base(&field["type"]),
            }
        };
        all.iter().map(read).collect()
    }

    fn kind(&self, ty: &str) -> String {
        self.types.get(ty).map_or_else(String::new, |found| text(&found["kind"]))
    }

    /// A selection of all leaves of a type, and of what it leads to down to `depth`.
    pub fn selection(&self, ty: &str, depth: u32) -> String {
        let mut parts = Vec::new();
        for field in self.types[ty]["fields"].as_array().into_iter().flatten() {
            let (name, below) = (text(&field["name"]), base(&field["type"]));
            match self.kind(&below).as_str() {
                "SCALAR" | "ENUM" => parts.push(name),
                "OBJECT" if depth > 0 && name != "edges" => {
                    let next = if below.ends_with("Connection") { depth } else { depth - 1 };
                    let inner = self.selection(&below, next);
                    parts.push(format!("{name} {{ {inner} }}"));
                }
                _ => {}
            }
        }
        if parts.is_empty() { "__typename".to_owned() } else { parts.join(" ") }
    }

    /// The selection of an answer in its braces; none of one that has no fields.
    pub fn picked(&self, ty: &str, depth: u32) -> String {
        match self.kind(ty).as_str() {
            "SCALAR" | "ENUM" => String::new(),
            _ => format!("{{ {} }}", self.selection(ty, depth)),
        }
    }

    /// An input in GraphQL's case, from its form on the REST face.
    pub fn input(&self, ty: &str, value: &Json) -> Json {
        match (self.kind(ty).as_str(), value) {
            (_, Json::Array(items)) => Json::Array(items.iter().map(|item| self.input(ty, item)).collect()),
            ("ENUM", Json::String(code)) => json!(code.to_uppercase()),
            ("INPUT_OBJECT", Json::Object(members)) => {
                let fields = self.types[ty]["inputFields"].as_array().cloned().unwrap_or_default();
                let mut out = Map::new();
                for (name, value) in members {
                    let camel = camel(name);
                    let of = fields.iter().find(|field| field["name"] == camel.as_str());
                    let of = of.map(|field| base(&field["type"])).unwrap_or_default();
                    out.insert(camel, self.input(&of, value));
                }
                Json::Object(out)
            }
            _ => value.clone(),
        }
    }
}

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Name of the innermost type.
fn base(ty: &Json) -> String {
    if ty["ofType"].is_object() { base(&ty["ofType"]) } else { text(&ty["name"]) }
}

/// A type as a document writes it.
fn written(ty: &Json) -> String {
    match ty["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", written(&ty["ofType"])),
        Some("LIST") => format!("[{}]", written(&ty["ofType"])),
        _ => text(&ty["name"]),
    }
}

/// `region_memberships` and `region-memberships` as `regionMemberships`.
pub fn camel(name: &str) -> String {
    let mut parts = name.split(['_', '-']);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + &pascal(part))
}

/// `region_membership` as `RegionMembership`.
pub fn pascal(name: &str) -> String {
    let camel = camel(name);
    let mut letters = camel.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
