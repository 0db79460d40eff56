//! Which changes of the OpenAPI document break callers, one by one.

use serde_json::{Value as Json, json};

use super::openapi::breaks;

fn document() -> Json {
    let plan = json!({ "$ref": "#/components/schemas/Plan" });
    json!({
        "paths": { "/plans": {
            "get": {
                "parameters": [
                    { "name": "limit", "in": "query", "schema": { "type": "integer", "maximum": 200 } },
                    { "$ref": "#/components/parameters/lang" },
                ],
                "responses": {
                    "200": {
                        "headers": { "ETag": { "required": true, "schema": { "type": "string" } } },
                        "content": { "application/json": { "schema": { "type": "array", "items": plan } } },
                    },
                    "404": { "description": "Refused" },
                },
            },
            "post": {
                "requestBody": { "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/NewPlan" },
                } } },
                "responses": { "201": { "content": { "application/json": { "schema": plan } } } },
            },
        } },
        "components": {
            "parameters": { "lang": { "name": "lang", "in": "query", "schema": { "type": "string" } } },
            "schemas": {
                "Plan": { "type": "object", "required": ["title"], "properties": {
                    "title": { "type": "string" },
                    "lead": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Agency" }] },
                    "status": { "type": "string", "enum": ["draft", "adopted"] },
                    "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Plan" } },
                } },
                "NewPlan": { "type": "object", "required": ["title"], "properties": {
                    "title": { "type": "string", "maxLength": 300 },
                    "note": { "type": ["string", "null"] },
                    "status": { "type": "string", "enum": ["draft", "adopted"] },
                } },
                "Agency": { "type": "object", "properties": { "name": { "type": "string", "format": "uuid" } } },
            },
        },
    })
}

/// What is told once the part at a pointer is another one, or none.
fn after(pointer: &str, to: &Json) -> Vec<String> {
    let mut new = document();
    let (above, name) = pointer.rsplit_once('/').unwrap_or_default();
    let name = name.replace("~1", "/");
    if to.is_null() {
        let above = new.pointer_mut(above).and_then(Json::as_object_mut);
        assert!(above.is_some_and(|above| above.remove(&name).is_some()), "{pointer}");
    } else {
        let above = new.pointer_mut(above).and_then(Json::as_object_mut);
        if let Some(above) = above {
            above.insert(name, to.clone());
        }
    }
    let found = breaks(&document().to_string(), &new.to_string()).unwrap_or_default();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn what_callers_would_notice_is_told() {
    let plan = "/components/schemas/Plan/properties";
    let new = "/components/schemas/NewPlan/properties";
    let get = "/paths/~1plans/get";
    for (pointer, to, told) in [
        ("/paths/~1plans".to_owned(), Json::Null, vec!["`GET /plans` is gone", "`POST /plans` is gone"]),
        (get.to_owned(), Json::Null, vec!["`GET /plans` is gone"]),
        (format!("{get}/responses/404"), Json::Null, vec!["`GET /plans 404` is gone"]),
        (format!("{get}/responses/200/headers/ETag"), Json::Null, vec!["`GET /plans 200 ETag` is gone"]),
        (
            format!("{get}/responses/200/content/application~1json"),
            Json::Null,
            vec!["`GET /plans 200 application/json` is gone"],
        ),
        (
            format!("{get}/parameters"),
            json!([]),
            vec!["`GET /plans ?lang` is gone", "`GET /plans ?limit` is gone"],
        ),
        (
            "/components/parameters/lang/required".into(),
            json!(true),
            vec!["`GET /plans ?lang` is required now"],
        ),
        (
            "/paths/~1plans/post/requestBody/required".into(),
            json!(true),
            vec!["`POST /plans body` is required now"],
        ),
        ("/paths/~1plans/post/requestBody".into(), Json::Null, vec!["`POST /plans body` is gone"]),
        (format!("{plan}/title"), Json::Null, vec!["`Plan.title` is gone"]),
        (
            format!("{plan}/title/type"),
            json!("integer"),
            vec!["`Plan.title` was {\"string\"} and is {\"integer\"}"],
        ),
        (
            format!("{plan}/title/type"),
            json!(["string", "null"]),
            vec!["`Plan.title` was {\"string\"} and is {\"null\", \"string\"}"],
        ),
        ("/components/schemas/Plan/required".into(), json!([]), vec!["`Plan.title` may be missing now"]),
        (format!("{plan}/status/enum"), json!(["draft"]), vec!["`Plan.status.adopted` is gone"]),
        (
            "/components/schemas/Agency/properties/name/format".into(),
            Json::Null,
            vec!["`Agency.name` has another format"],
        ),
        (format!("{new}/note"), Json::Null, vec!["`NewPlan.note` is gone"]),
        (
            format!("{new}/note/type"),
            json!("string"),
            vec!["`NewPlan.note` was {\"null\", \"string\"} and is {\"string\"}"],
        ),
        (format!("{new}/title/maxLength"), json!(200), vec!["`NewPlan.title` is narrower: maxLength"]),
        (format!("{new}/title/minLength"), json!(1), vec!["`NewPlan.title` is narrower: minLength"]),
        (format!("{new}/title/pattern"), json!("^x"), vec!["`NewPlan.title` takes another pattern"]),
        (format!("{new}/title/enum"), json!(["x"]), vec!["`NewPlan.title` takes a closed list only now"]),
        (format!("{new}/status/enum"), json!(["adopted"]), vec!["`NewPlan.status.draft` is gone"]),
        (
            "/components/schemas/NewPlan/required".into(),
            json!(["title", "note"]),
            vec!["`NewPlan.note` is required now"],
        ),
        (
            "/components/schemas/NewPlan/required".into(),
            json!(["title", "kind"]),
            vec!["`NewPlan.kind` is new and required"],
        ),
    ] {
        assert_eq!(after(&pointer, &to), told, "{pointer}");
    }
}

#[test]
fn what_only_adds_is_silent() {
    let plan = "/components/schemas/Plan/properties";
    let new = "/components/schemas/NewPlan/properties";
    for (pointer, to) in [
        ("/paths/~1tasks".to_owned(), json!({ "get": {} })),
        ("/paths/~1plans/get/responses/429".into(), json!({})),
        (format!("{plan}/colour"), json!({ "type": "string" })),
        (format!("{plan}/status/enum"), json!(["draft", "adopted", "closed"])),
        (format!("{plan}/title/maxLength"), json!(10)),
        ("/components/schemas/Plan/required".into(), json!(["title", "lead"])),
        (format!("{new}/colour"), json!({ "type": "string" })),
        (format!("{new}/title/maxLength"), json!(400)),
        (format!("{new}/title/type"), json!(["string", "null"])),
        ("/components/schemas/NewPlan/required".into(), json!([])),
    ] {
        assert_eq!(after(&pointer, &to), [""; 0], "{pointer}");
    }
    assert!(breaks("{", "{}").is_err());
}
