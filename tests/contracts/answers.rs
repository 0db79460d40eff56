//! The guard of all other tests: an answer that is not as documented is noticed.

use axum::http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value as Json, json};

use crate::support::{client::Answer, contract::faults};

const PLAN: &str = "/api/v1/plans/0198c0de-0000-7000-8000-000000000001";

fn answer(status: u16, kind: &'static str, headers: &[(&'static str, &'static str)], body: Json) -> Answer {
    let mut all = HeaderMap::new();
    all.insert("content-type", HeaderValue::from_static(kind));
    for (name, value) in headers {
        all.insert(*name, HeaderValue::from_static(value));
    }
    Answer { status, headers: all, bytes: body.to_string().into_bytes(), body }
}

fn page(items: Json) -> Answer {
    let body = json!({ "items": items, "page": { "next": null, "limit": 50 } });
    answer(200, "application/json", &[("etag", "\"0.0123456789ab\"")], body)
}

fn problem(status: u16, headers: &[(&'static str, &'static str)], more: Json) -> Answer {
    let mut body = json!({
        "type": "/problems/x", "title": "T", "status": status, "detail": "D", "code": "x", "errors": []
    });
    let more = more.as_object().cloned().unwrap_or_default();
    body.as_object_mut().into_iter().for_each(|body| body.extend(more.clone()));
    answer(status, "application/problem+json", headers, body)
}

#[test]
fn answers_as_documented_pass() {
    let known = [("x-request-id", "1")];

    let list = faults(&Method::GET, "/api/v1/plans?limit=50", &page(json!([])));
    let refused = faults(&Method::GET, PLAN, &problem(404, &known, json!({})));
    let elsewhere = faults(&Method::GET, "/api/v1/planets", &page(json!("anything")));
    let other_method = faults(&Method::POST, PLAN, &problem(405, &known, json!({})));

    assert_eq!([list, refused, elsewhere, other_method].concat(), [""; 0]);
}

#[test]
fn each_departure_from_the_document_is_named() {
    let known = [("x-request-id", "1")];
    let mut nameless = page(json!([]));
    nameless.headers.remove("etag");

    let status = faults(&Method::GET, PLAN, &problem(418, &known, json!({})));
    let kind = faults(&Method::GET, PLAN, &answer(404, "text/html", &known, json!({})));
    let header = faults(&Method::GET, "/api/v1/plans", &nameless);
    let member = faults(&Method::GET, PLAN, &problem(404, &known, json!({"colour": "red"})));
    let form = faults(&Method::GET, "/api/v1/plans", &page(json!([{"id": "no uuid"}])));
    let body = faults(&Method::HEAD, "/api/v1/plans", &page(json!([])));
    let method = faults(&Method::PUT, "/api/v1/plans", &page(json!([])));

    assert_eq!(status, ["the status is not documented; known are 200 304 400 401 403 404 406 429 500 503"]);
    assert_eq!(kind, ["the content type `text/html` is not documented"]);
    assert_eq!(header, ["the header `ETag` is missing"]);
    assert!(member.iter().any(|fault| fault.contains("colour")), "{member:?}");
    assert!(form.iter().any(|fault| fault.starts_with("/items/0")), "{form:?}");
    assert_eq!(body, ["the document knows no body here"]);
    assert_eq!(method, ["the document knows no such method here"]);
}
