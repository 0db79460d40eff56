//! What a request holds: a document, its variables, and the operation to run.

use serde_json::{Map, Value as Json};

use super::stored::Asked;

/// A request whose document is not found yet.
pub struct Sent {
    /// Which document is meant.
    pub(super) asked: Asked,
    /// What is given for its variables.
    pub(super) variables: Map<String, Json>,
    /// Name of the operation to run.
    pub(super) operation: Option<String>,
    /// Whether it came by GET, which only queries may.
    pub(super) by_get: bool,
}

/// Reads a request from the members of a JSON body.
///
/// # Errors
/// What is wrong with the members.
pub fn request(members: &Map<String, Json>) -> Result<Sent, &'static str> {
    let extensions = match members.get("extensions") {
        None | Some(Json::Null) => None,
        Some(Json::Object(given)) => Some(given),
        Some(_) => return Err("`extensions` must be an object"),
    };
    let asked = Asked::read(members.get("query"), members.get("documentId"), extensions)?;
    let variables = match members.get("variables") {
        None | Some(Json::Null) => Map::new(),
        Some(Json::Object(given)) => given.clone(),
        Some(_) => return Err("`variables` must be an object"),
    };
    let operation = match members.get("operationName") {
        None | Some(Json::Null) => None,
        Some(Json::String(name)) => Some(name.clone()),
        Some(_) => return Err("`operationName` must be a text"),
    };
    Ok(Sent { asked, variables, operation, by_get: false })
}

/// Reads a request from the parameters of an address.
///
/// # Errors
/// What is wrong with the parameters.
pub fn by_get(pairs: &[(String, String)]) -> Result<Sent, &'static str> {
    let mut members = Map::new();
    for (name, value) in pairs {
        let value = match name.as_str() {
            "query" | "operationName" | "documentId" => Json::String(value.clone()),
            "variables" | "extensions" if value.is_empty() => Json::Null,
            "variables" | "extensions" => {
                serde_json::from_str(value).map_err(|_| "`variables` and `extensions` are JSON objects")?
            }
            _ => continue,
        };
        members.entry(name.clone()).or_insert(value);
    }
    Ok(Sent { by_get: true, ..request(&members)? })
}
