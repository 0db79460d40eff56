//! What the document says once for all operations, and what no handler can say of itself.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::merge::links;
use crate::signin::{standing::ACT_AS, viewing::VIEW_AS};

/// Every operation of the document: its address, its method, and what is said of it.
pub fn operations(document: &mut Json) -> impl Iterator<Item = (&String, &String, &mut Map<String, Json>)> {
    let paths = document.get_mut("paths").and_then(Json::as_object_mut).into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object_mut().into_iter().flatten();
        methods.filter_map(move |(method, one)| Some((path, method, one.as_object_mut()?)))
    })
}

/// The parameters of an operation, to be changed.
pub fn parameters(operation: &mut Map<String, Json>) -> Option<&mut Vec<Json>> {
    operation.entry("parameters").or_insert_with(|| json!([])).as_array_mut()
}

/// Says of a body that may be missing what it is where it is there: an object, not null.
pub fn fit_bodies(document: &mut Json) {
    for (_, _, operation) in operations(document) {
        let body = operation.get_mut("requestBody");
        let schema = body.and_then(|body| body.pointer_mut("/content/application~1json/schema"));
        if let Some(schema) = schema
            && let Some(object) = schema.pointer("/oneOf/0").cloned()
        {
            *schema = object;
        }
    }
}

/// Says once what every operation takes: the languages, and the owner the caller acts under.
pub fn share_parameters(document: &mut Json) {
    let text = json!({ "type": "string" });
    let shared = json!({
        "lang": {"name": "lang", "in": "query", "required": false, "schema": text,
            "description": "Languages wanted, best first, as `ru,en`; `*` for base texts and all translations. Counts before `Accept-Language`."},
        "AcceptLanguage": {"name": "Accept-Language", "in": "header", "required": false, "schema": text,
            "description": "Languages wanted, where `lang` is not given."},
        "ActAs": {"name": ACT_AS, "in": "header", "required": false, "schema": text,
            "description": "Owner the caller acts under, as `KGZ`; needed by who holds grants of several owners."},
        "ViewAs": {"name": VIEW_AS, "in": "header", "required": false, "schema": text,
            "description": "Audience as which a focal point views its country: `public`, `partners`, `network`, `region:<code>`, \
                `country:<code>`, `org:<code>`, `agency:<code>`. It is answered what a member of that audience is answered of the \
                country, and what is public. `can` is empty, and nothing is written."},
    });
    for (path, method, operation) in operations(document).filter(|(path, ..)| !path.starts_with("/auth/")) {
        let has_texts = method != "delete" && !["/vocabularies", "/limits"].contains(&path.as_str());
        let mut names = if has_texts { vec!["lang", "AcceptLanguage", "ActAs"] } else { vec!["ActAs"] };
        if method == "get" && !path.starts_with("/me") {
            names.push("ViewAs");
        }
        if let Some(all) = parameters(operation) {
            all.retain(|parameter| parameter.get("name") != Some(&json!("lang")));
            let links = names.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }));
            all.extend(links);
        }
    }
    insert(document, "parameters", shared);
}

/// Puts each refusal once under `components` instead of in every operation.
pub fn share_refusals(document: &mut Json) {
    let mut shared = Map::new();
    for (_, _, operation) in operations(document) {
        let responses = operation.get_mut("responses").and_then(Json::as_object_mut);
        for (status, response) in responses.into_iter().flatten() {
            if response.pointer("/content/application~1problem+json").is_some() {
                let name = format!("Problem{status}");
                let link = json!({ "$ref": format!("#/components/responses/{name}") });
                shared.insert(name, std::mem::replace(response, link));
            }
        }
    }
    insert(document, "responses", Json::Object(shared));
}

/// Adds shared parts of one sort to `components`.
pub fn insert(document: &mut Json, sort: &str, shared: Json) {
    let components = document.get_mut("components").and_then(Json::as_object_mut);
    let all = components.map(|components| components.entry(sort).or_insert_with(|| json!({})));
    if let (Some(all), Json::Object(shared)) = (all.and_then(Json::as_object_mut), shared) {
        all.extend(shared);
    }
}

fn schemas(document: &mut Json) -> Option<&mut Map<String, Json>> {
    document.pointer_mut("/components/schemas")?.as_object_mut()
}

/// Gives edits the example of the creation, as far as they take the same members.
pub fn show_edits(document: &mut Json) {
    let Some(schemas) = schemas(document) else { return };
    let all = schemas.clone();
    for (name, schema) in schemas.iter_mut() {
        let new = name.strip_suffix("Patch").and_then(|kind| all.get(&format!("New{kind}")));
        let example = new.and_then(|new| new.get("example")?.as_object().cloned());
        if let (Some(mut example), Some(edit)) = (example, schema.as_object_mut()) {
            let members = edit.get("properties").and_then(Json::as_object).cloned().unwrap_or_default();
            example.retain(|member, _| members.contains_key(member));
            edit.insert("example".into(), Json::Object(example));
        }
    }
}

/// Leaves out the schemas that no operation leads to.
pub fn prune(document: &mut Json) {
    let mut reached = BTreeSet::new();
    let roots = ["/paths", "/components/responses"];
    let mut open: Vec<Json> = roots.iter().filter_map(|part| document.pointer(part).cloned()).collect();
    while let Some(part) = open.pop() {
        let names = links(&part).into_iter().filter_map(|link| link.strip_prefix("#/components/schemas/"));
        for name in names {
            if reached.insert(name.to_owned()) {
                open.extend(document.pointer(&format!("/components/schemas/{name}")).cloned());
            }
        }
    }
    if let Some(schemas) = schemas(document) {
        schemas.retain(|name, _| reached.contains(name));
    }
}
