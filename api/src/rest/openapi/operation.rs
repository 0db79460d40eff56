//! What the document says of one operation, as JSON.

use serde_json::{Map, Value as Json, json};
use utoipa::IntoResponses;

/// An operation that is being described.
pub(super) struct Documented {
    said: Map<String, Json>,
    parameters: Vec<Json>,
    responses: Map<String, Json>,
}

impl Documented {
    /// An operation of one part of the contract.
    pub fn new(tag: &str, id: &str, summary: &str, description: &str) -> Self {
        let said = [
            ("tags", json!([tag])),
            ("operationId", json!(id)),
            ("summary", json!(summary)),
            ("description", json!(description)),
        ];
        Self {
            said: said.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            parameters: Vec::new(),
            responses: Map::new(),
        }
    }

    /// Adds parameters.
    pub fn takes(mut self, parameters: impl IntoIterator<Item = Json>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// Adds the body, of this schema.
    pub fn body(mut self, schema: &str, is_required: bool) -> Self {
        let content = content(&link(schema));
        let body = if is_required {
            json!({ "content": content, "required": true })
        } else {
            json!({ "content": content })
        };
        self.said.insert("requestBody".into(), body);
        self
    }

    /// Adds an answer with these headers; their texts follow with the headers of all operations.
    pub fn answers(mut self, status: u16, description: &str, schema: &Json, headers: &[&str]) -> Self {
        let headers: Map<_, _> = headers.iter().map(|name| ((*name).to_owned(), Json::Null)).collect();
        let answer = json!({ "description": description, "content": content(schema), "headers": headers });
        self.responses.insert(status.to_string(), answer);
        self
    }

    /// Adds an answer in one of several forms, each a text or bytes.
    pub fn answers_forms(mut self, description: &str, media: &[&str], headers: &[&str]) -> Self {
        let headers: Map<_, _> = headers.iter().map(|name| ((*name).to_owned(), Json::Null)).collect();
        let content =
            media.iter().map(|media| ((*media).to_owned(), json!({ "schema": { "type": "string" } })));
        let content: Map<_, _> = content.collect();
        let answer = json!({ "description": description, "content": content, "headers": headers });
        self.responses.insert("200".into(), answer);
        self
    }

    /// Adds an answer without a body.
    pub fn answers_empty(mut self, status: u16, description: &str) -> Self {
        self.responses.insert(status.to_string(), json!({ "description": description }));
        self
    }

    /// Adds the refusals `R`, and ends the description.
    pub fn refuses<R: IntoResponses>(mut self) -> Json {
        if let Ok(Json::Object(refusals)) = serde_json::to_value(R::responses()) {
            self.responses.extend(refusals);
        }
        self.said.insert("responses".into(), Json::Object(self.responses));
        if !self.parameters.is_empty() {
            self.said.insert("parameters".into(), Json::Array(self.parameters));
        }
        Json::Object(self.said)
    }
}

/// A link to a schema.
pub(super) fn link(schema: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn content(schema: &Json) -> Json {
    json!({ "application/json": { "schema": schema } })
}

/// A part of the address.
pub(super) fn in_path(name: &str, text: &str) -> Json {
    json!({ "name": name, "in": "path", "required": true, "description": text, "schema": { "type": "string" } })
}

/// A parameter that may be left out.
pub(super) fn in_query(name: &str, text: &str, schema: &Json) -> Json {
    json!({ "name": name, "in": "query", "required": false, "description": text, "schema": schema })
}

/// The language that what is sent is written in, where records have texts.
pub(super) fn content_language() -> Json {
    let text = "Language (BCP 47) of the texts of new records that do not say it themselves by `language`";
    json!({
        "name": "Content-Language", "in": "header", "required": false, "schema": { "type": "string" },
        "description": text, "example": "ru",
    })
}

/// The version a write is based on; a write without it is refused (428).
pub(super) fn if_match() -> Json {
    json!({
        "name": "If-Match", "in": "header", "required": true, "schema": { "type": "string" },
        "description": "ETag that was read",
    })
}

/// What a write by key may expect; nothing is needed.
pub(super) fn conditions() -> [Json; 2] {
    let said = |name: &str, text: &str| json!({ "name": name, "in": "header", "required": false, "schema": { "type": "string" }, "description": text });
    [
        said(
            "If-Match",
            "ETag that was read: the record is edited only where it has this version still, else 412. `*`: only where there is one",
        ),
        said("If-None-Match", "`*`: the record is created only where none has the key yet, else 412"),
    ]
}
