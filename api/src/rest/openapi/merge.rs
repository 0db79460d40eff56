//! Puts the document together, so that nothing is lost: two parts of one name are an error.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

/// The members under a path of the document, which is made where it is missing.
fn place<'a>(document: &'a mut Json, path: &[&str]) -> Result<&'a mut Map<String, Json>, String> {
    let mut part = document;
    for name in path {
        let members = part.as_object_mut().ok_or_else(|| format!("there is no object above `{name}`"))?;
        part = members.entry(*name).or_insert_with(|| json!({}));
    }
    part.as_object_mut().ok_or_else(|| format!("`{}` is no object", path.join("/")))
}

/// Adds an operation.
///
/// # Errors
/// That the document has an operation there.
pub fn add_operation(document: &mut Json, path: &str, method: &str, operation: Json) -> Result<(), String> {
    match place(document, &["paths", path])?.insert(method.to_owned(), operation) {
        Some(_) => Err(format!("two operations are at `{} {path}`", method.to_uppercase())),
        None => Ok(()),
    }
}

/// Adds schemas; one that the document has already must be the same.
///
/// # Errors
/// The name that two schemas have.
pub fn add_schemas(document: &mut Json, schemas: Map<String, Json>) -> Result<(), String> {
    let all = place(document, &["components", "schemas"])?;
    for (name, schema) in schemas {
        match all.get(&name) {
            Some(other) if *other != schema => return Err(format!("two schemas are called `{name}`")),
            Some(_) => {}
            None => {
                all.insert(name, schema);
            }
        }
    }
    Ok(())
}

/// Adds the operations and schemas of another document.
///
/// # Errors
/// The operation or the schema that both have.
pub fn add_document(document: &mut Json, other: &Json) -> Result<(), String> {
    for (path, item) in other.get("paths").and_then(Json::as_object).into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            add_operation(document, path, method, operation.clone())?;
        }
    }
    let schemas = other.pointer("/components/schemas").and_then(Json::as_object);
    add_schemas(document, schemas.cloned().unwrap_or_default())
}

/// Checks that ids of operations are unique and that links lead somewhere.
///
/// # Errors
/// The first id or link that is wrong.
pub fn check(document: &Json) -> Result<(), String> {
    let paths = document.get("paths").and_then(Json::as_object).into_iter().flatten();
    let operations = paths.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let mut ids = BTreeSet::new();
    for id in operations.filter_map(|(_, operation)| operation.get("operationId")?.as_str()) {
        if !ids.insert(id) {
            return Err(format!("two operations are called `{id}`"));
        }
    }
    let dangling = links(document).into_iter().find(|link| {
        let pointer = link.strip_prefix('#');
        pointer.is_none_or(|pointer| document.pointer(pointer).is_none())
    });
    dangling.map_or(Ok(()), |link| Err(format!("`{link}` leads nowhere")))
}

/// Every link in a part of the document.
pub fn links(part: &Json) -> Vec<&str> {
    match part {
        Json::Object(members) => {
            let own = members.get("$ref").and_then(Json::as_str);
            own.into_iter().chain(members.values().flat_map(links)).collect()
        }
        Json::Array(items) => items.iter().flat_map(links).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{add_document, check};

    fn document(id: &str, link: &str) -> Json {
        json!({
            "paths": { "/plans": { "get": { "operationId": id, "schema": { "$ref": link } } } },
            "components": { "schemas": { "Plan": { "type": "object" } } },
        })
    }

    #[test]
    fn a_double_is_refused() {
        let one = document("list_plans", "#/components/schemas/Plan");
        let same_schema = json!({ "components": { "schemas": { "Plan": { "type": "object" } } } });
        let other_schema = json!({ "components": { "schemas": { "Plan": { "type": "string" } } } });
        let added = |other: &Json| add_document(&mut one.clone(), other);

        assert_eq!(added(&one), Err("two operations are at `GET /plans`".into()));
        assert_eq!(added(&other_schema), Err("two schemas are called `Plan`".into()));
        assert_eq!(added(&same_schema), Ok(()));
    }

    #[test]
    fn ids_are_unique_and_links_lead_somewhere() {
        let sound = document("list_plans", "#/components/schemas/Plan");
        let dangling = document("list_plans", "#/components/schemas/Task");
        let mut doubled = sound.clone();
        doubled["paths"]["/tasks"] = doubled["paths"]["/plans"].clone();

        assert_eq!(check(&sound), Ok(()));
        assert_eq!(check(&dangling), Err("`#/components/schemas/Task` leads nowhere".into()));
        assert_eq!(check(&doubled), Err("two operations are called `list_plans`".into()));
    }
}
