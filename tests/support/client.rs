//! A caller of the service, in process.

use std::io::Read;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, header},
};
use flate2::read::GzDecoder;
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use super::{TestApp, contract};

/// Somebody who calls.
#[derive(Clone)]
pub struct Client<'a> {
    app: &'a TestApp,
    pub token: Option<String>,
    headers: Vec<(&'static str, String)>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Json,
    pub bytes: Vec<u8>,
}

impl<'a> Client<'a> {
    pub fn new(app: &'a TestApp, token: Option<String>) -> Self {
        Self { app, token, headers: Vec::new() }
    }

    /// The same caller with a header.
    pub fn with(&self, name: &'static str, value: impl Into<String>) -> Self {
        let mut other = self.clone();
        other.headers.push((name, value.into()));
        other
    }

    /// The same caller at another process.
    pub fn at<'b>(&self, app: &'b TestApp) -> Client<'b> {
        Client { app, token: self.token.clone(), headers: self.headers.clone() }
    }

    /// Accepts everything that is offered to the caller.
    pub async fn accept_offers(&self) {
        let me = self.get("/me").await;
        for offer in me.ok(200)["offers"].as_array().expect("offers") {
            let path = format!("/me/grants/{}/accept", offer["id"].as_str().expect("an id"));
            self.post(&path, json!({})).await.ok(200);
        }
    }

    pub async fn send(&self, method: Method, path: &str, kind: Option<&str>, body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method.clone()).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.app.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        let bytes = if parts.headers.get(header::CONTENT_ENCODING).is_some_and(|value| value == "gzip") {
            unzipped(&bytes)
        } else {
            bytes
        };
        let body = serde_json::from_slice(&bytes).unwrap_or(Json::Null);
        let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, body, bytes };
        contract::hold(&method, path, &answer);
        answer
    }

    async fn json(&self, method: Method, path: &str, body: &Json) -> Answer {
        self.send(method, &format!("/api/v1{path}"), Some("application/json"), body.to_string().into_bytes())
            .await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, &format!("/api/v1{path}"), None, Vec::new()).await
    }

    pub async fn post(&self, path: &str, body: Json) -> Answer {
        self.json(Method::POST, path, &body).await
    }

    pub async fn put(&self, path: &str, body: Json) -> Answer {
        self.json(Method::PUT, path, &body).await
    }

    pub async fn patch(&self, path: &str, etag: &str, body: Json) -> Answer {
        self.with("if-match", etag).json(Method::PATCH, path, &body).await
    }

    pub async fn delete(&self, path: &str, etag: &str) -> Answer {
        self.with("if-match", etag).send(Method::DELETE, &format!("/api/v1{path}"), None, Vec::new()).await
    }

    /// Makes a move with the version that is stored now.
    pub async fn act(&self, path: &str, verb: &str, body: Json) -> Answer {
        let read = self.get(path).await;
        self.with("if-match", read.etag()).post(&format!("{path}/{verb}"), body).await
    }

    /// Edits with the version that is stored now.
    pub async fn edit(&self, path: &str, body: Json) -> Answer {
        let read = self.get(path).await;
        self.patch(path, &read.etag(), body).await
    }

    /// Signs in with a password.
    pub async fn login(&self, email: &str, password: &str) -> Answer {
        self.post("/auth/login", json!({ "email": email, "password": password })).await
    }

    /// Signs in with a password and a code of the second factor.
    pub async fn login_with_code(&self, email: &str, password: &str, code: &str) -> Answer {
        self.post("/auth/login", json!({ "email": email, "password": password, "code": code })).await
    }

    /// Runs a GraphQL document.
    pub async fn graphql(&self, query: &str, variables: Json) -> Answer {
        let body = json!({ "query": query, "variables": variables }).to_string();
        self.send(Method::POST, "/graphql", Some("application/json"), body.into_bytes()).await
    }
}

fn unzipped(bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut whole).expect("a body that can be unzipped");
    whole
}

impl Answer {
    /// Asserts the status, and answers the body.
    #[track_caller]
    pub fn ok(&self, status: u16) -> &Json {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        &self.body
    }

    /// Asserts a problem with this status and code, and answers the body.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> &Json {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(self.body["code"], code, "{}", self.body);
        assert!(self.body["request_id"].is_string(), "{}", self.body);
        &self.body
    }

    /// The places and codes of all violations, sorted.
    pub fn violations(&self) -> Vec<(String, String)> {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let all = self.body["errors"].as_array().cloned().unwrap_or_default();
        let mut found: Vec<_> = all.iter().map(|one| (text(&one["pointer"]), text(&one["code"]))).collect();
        found.sort();
        found
    }

    pub fn etag(&self) -> String {
        self.headers.get(header::ETAG).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }

    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_default().to_owned()
    }

    /// The data of a GraphQL answer without errors.
    #[track_caller]
    pub fn data(&self) -> &Json {
        assert!(self.body["errors"].is_null(), "{}", self.body);
        &self.body["data"]
    }

    /// The code of the first GraphQL error.
    #[track_caller]
    pub fn fault(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }
}
