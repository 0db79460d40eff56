//! GraphQL over HTTP: JSON only, queries by POST or GET, mutations by POST in a task of their own.

use async_graphql::{Request, Response, Variables, parser::types::OperationType};
use axum::{
    http::{HeaderValue, header},
    response::IntoResponse,
};
use kernel::Ctx;
use serde_json::Value as Json;

use super::edges::Edges;
use crate::state::AppState;

/// Reads a request from the members of a JSON body.
///
/// # Errors
/// What is wrong with the members.
pub fn request(members: &serde_json::Map<String, Json>) -> Result<Request, &'static str> {
    let query = members.get("query").and_then(Json::as_str).ok_or("`query` must be a text")?;
    let mut request = Request::new(query);
    match members.get("variables") {
        None | Some(Json::Null) => {}
        Some(given @ Json::Object(_)) => request = request.variables(Variables::from_json(given.clone())),
        Some(_) => return Err("`variables` must be an object"),
    }
    match members.get("operationName") {
        None | Some(Json::Null) => {}
        Some(Json::String(name)) => request = request.operation_name(name),
        Some(_) => return Err("`operationName` must be a text"),
    }
    Ok(request)
}

/// Runs a request; one with a mutation runs in its own task, so that a caller that leaves cancels nothing.
pub async fn run(state: &AppState, ctx: Ctx, mut request: Request) -> Response {
    let writes = request.parsed_query().is_ok_and(|document| {
        document.operations.iter().any(|(_, operation)| operation.node.ty == OperationType::Mutation)
    });
    let request = request.data(Edges::loader(&ctx)).data(ctx);
    let schema = state.schema.clone();
    if !writes {
        return schema.execute(request).await;
    }
    let task = tokio::spawn(async move { schema.execute(request).await });
    task.await.unwrap_or_else(|error| {
        tracing::error!("a mutation ended early: {error}");
        Response::from_errors(vec![async_graphql::ServerError::new("something went wrong on our side", None)])
    })
}

/// Renders an answer.
#[must_use]
pub fn answer(response: &Response) -> axum::response::Response {
    let mut out = axum::Json(response).into_response();
    out.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    out
}

/// The request of a query string; none if it cannot be read or holds a mutation.
#[must_use]
pub fn by_get(pairs: &[(String, String)]) -> Option<Request> {
    let given = |name: &str| pairs.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str());
    let mut request = Request::new(given("query")?);
    if let Some(name) = given("operationName") {
        request = request.operation_name(name);
    }
    if let Some(text) = given("variables") {
        request = request.variables(Variables::from_json(serde_json::from_str(text).ok()?));
    }
    let document = request.parsed_query().ok()?;
    let reads = document.operations.iter().all(|(_, operation)| operation.node.ty == OperationType::Query);
    reads.then_some(request)
}
