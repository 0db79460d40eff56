//! GraphQL over HTTP: what a request holds, how it is run, in which form it is answered.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{Request, Response, ServerError, Value, Variables, parser::types::OperationType};
use futures_util::{FutureExt, StreamExt, stream::BoxStream};
use kernel::{Code, Ctx, Error};
use serde_json::{Map, Value as Json};
use tracing::Instrument;

use super::{
    cost::{self, Assessed, Refusal},
    edges::Edges,
    stored::Asked,
};
use crate::{
    domain::access::signin::identity::Identity,
    limits::{
        graphql::{NODES, NODES_ANONYMOUS, ROWS},
        meter::Meter,
    },
    preference::Accept,
    state::AppState,
};

/// A request whose document is not found yet.
pub struct Sent {
    /// Which document is meant.
    asked: Asked,
    /// Everything but the document.
    request: Request,
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
    let mut request = Request::new("");
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
    Ok(Sent { asked, request })
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
    request(&members)
}

/// A request that may run: its document was found, read, costed and paid for.
pub struct Admitted {
    request: Request,
    cost: Assessed,
    ctx: Ctx,
    identity: Identity,
    meter: Option<Meter>,
}

impl Admitted {
    /// Tells whether it is a subscription.
    pub fn is_subscription(&mut self) -> bool {
        is_any(&mut self.request, OperationType::Subscription)
    }
}

/// Finds the document of a request, costs it, and lets its caller pay; the inner error is the answer that
/// says why it does not run.
///
/// # Errors
/// `Limited` where the caller cannot pay for the document.
pub fn admit(
    state: &AppState,
    call: GraphqlCall,
    sent: Sent,
) -> kernel::Result<Result<Admitted, Box<Response>>> {
    let GraphqlCall { ctx, identity, meter } = call;
    let Sent { asked, mut request } = sent;
    match state.stored.text(asked) {
        Ok(found) => request.query = found,
        Err(why) => return Ok(Err(Box::new(failed(why.message(), why.code())))),
    }
    let limit = if ctx.actor.is_known() { NODES } else { NODES_ANONYMOUS };
    let cost = match cost::assess(&mut request, limit) {
        Ok(cost) => cost,
        Err(refusal) => return Ok(Err(Box::new(refused(refusal)))),
    };
    meter.iter().try_for_each(|meter| meter.charge(cost.units))?;
    Ok(Ok(Admitted { request, cost, ctx, identity, meter }))
}

/// Tells whether the operation a request names is of this type; its document was read before.
fn is_any(request: &mut Request, ty: OperationType) -> bool {
    let name = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else { return true };
    let mut asked = document
        .operations
        .iter()
        .filter(|(of, _)| name.is_none() || of.map(async_graphql::Name::as_str) == name.as_deref());
    asked.all(|(_, operation)| operation.node.ty == ty)
}

/// How a request came.
#[derive(Clone, Debug)]
pub struct GraphqlCall {
    /// The caller's context.
    pub ctx: Ctx,
    /// Who it says it is from.
    pub identity: Identity,
    /// What its caller pays with.
    pub meter: Option<Meter>,
}

/// Runs a request; none for a mutation where only queries are run.
///
/// A mutation runs in its own task, so that a caller that leaves cancels nothing.
pub async fn run(state: &AppState, admitted: Admitted, may_write: bool) -> Option<Response> {
    let Admitted { mut request, cost, ctx, identity, .. } = admitted;
    let writes = !is_any(&mut request, OperationType::Query);
    if writes && !may_write {
        return None;
    }
    let request_id = ctx.request_id.clone();
    let ctx = Ctx { db: ctx.db.bounded(ROWS), ..ctx };
    let request = request.data(Edges::loader(&ctx)).data(ctx).data(identity);
    let schema = state.schema.clone();
    let run = contained(async move { schema.execute(request).await }, request_id);
    let response = if writes {
        let task = state.tasks.spawn(run.in_current_span());
        task.await.unwrap_or_else(|_| failed("the process ends", Code::Unavailable))
    } else {
        run.await
    };
    Some(told(response, cost))
}

/// Answers for what panicked, which was logged where it arose, under the request's id.
async fn contained(run: impl Future<Output = Response>, request_id: Option<Arc<str>>) -> Response {
    AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|_| {
        let mut response = failed(&Error::Internal(String::new()).detail(), Code::Internal);
        for error in &mut response.errors {
            error.extensions.get_or_insert_default().set("request_id", request_id.as_deref());
        }
        response
    })
}

/// Begins a subscription: its answers, for as long as somebody listens.
///
/// # Errors
/// The answer to what is no subscription.
pub fn subscribe(state: &AppState, mut admitted: Admitted) -> Result<Answers, Box<Response>> {
    if !admitted.is_subscription() {
        let text = "only subscriptions are answered by a stream; send queries and mutations by POST as JSON";
        return Err(Box::new(failed(text, Code::BadRequest)));
    }
    let Admitted { request, ctx, identity, meter, .. } = admitted;
    let mut request = request.data(ctx).data(identity);
    if let Some(meter) = meter {
        request = request.data(meter);
    }
    Ok(state.schema.execute_stream(request).boxed())
}

/// The answers of a subscription.
pub type Answers = BoxStream<'static, Response>;

/// Tells whether an answer says that nothing follows: errors, and nothing else.
#[must_use]
pub fn is_last(response: &Response) -> bool {
    response.data == Value::Null && !response.errors.is_empty()
}

fn refused(refusal: Refusal) -> Response {
    match refusal {
        Refusal::Syntax(why) => failed(&why, Code::BadRequest),
        Refusal::Costly(why) => failed(&why, Code::QueryTooCostly),
    }
}

/// An answer that says why nothing was run.
#[must_use]
pub fn failed(why: &str, code: Code) -> Response {
    let mut error = ServerError::new(why, None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", code.name());
    extensions.set("status", i32::from(code.status()));
    Response::from_errors(vec![error])
}

/// Adds what the document could have returned.
fn told(response: Response, cost: Assessed) -> Response {
    let [nodes, limit] = [cost.nodes, cost.limit].map(Value::from);
    let members =
        [("nodes", nodes), ("limit", limit)].map(|(name, value)| (async_graphql::Name::new(name), value));
    response.extension("cost", Value::Object(members.into_iter().collect()))
}

/// Media type made for answers of GraphQL.
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// Forms an answer can be sent in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/json`: the status is 200 whenever the request could be read.
    Json,
    /// `application/graphql-response+json`: the status tells whether the document was run.
    GraphqlResponse,
}

impl Media {
    /// The form a caller prefers, the one made for GraphQL only where it is named; none where neither is taken.
    #[must_use]
    pub fn wanted(accept: &Accept<'_>) -> Option<Self> {
        let json = accept.weight("application/json");
        if accept.names(GRAPHQL_RESPONSE) && accept.weight(GRAPHQL_RESPONSE) >= json {
            return Some(Self::GraphqlResponse);
        }
        (json > 0.0).then_some(Self::Json)
    }

    /// The content type of the answer.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }
}

/// Status and body of an answer.
///
/// What was refused before it was run has no `data`, and is told by the status only in the form made for it.
#[must_use]
pub fn answer(response: &Response, media: Media) -> (u16, Vec<u8>) {
    let was_run = response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty());
    let was_run = was_run || response.errors.is_empty();
    if was_run {
        // As it is: the members stand in the order they were asked for.
        return (200, serde_json::to_vec(response).unwrap_or_default());
    }
    let mut body = serde_json::to_value(response).unwrap_or_default();
    if let Some(members) = body.as_object_mut() {
        members.remove("data");
    }
    let status = if media == Media::Json { 200 } else { 400 };
    (status, serde_json::to_vec(&body).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use async_graphql::Response;
    use axum::http::{HeaderMap, HeaderValue, header};
    use kernel::Code;

    use super::{Accept, Media, contained};

    #[tokio::test]
    async fn a_resolver_that_panics_is_answered_with_the_request_s_id() {
        let panics = async { panic!("a secret of the resolver") };

        let answer: Response = contained(panics, Some("0198c0de".into())).await;

        let told = serde_json::to_value(&answer.errors).unwrap();
        assert_eq!(told[0]["extensions"]["code"], Code::Internal.name());
        assert_eq!(told[0]["extensions"]["request_id"], "0198c0de");
        assert!(!told.to_string().contains("secret"), "{told}");
    }

    #[test]
    fn callers_are_answered_in_the_form_they_prefer() {
        let wanted = |accept: &'static str| {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
            Media::wanted(&Accept::of(&headers))
        };
        let (json, new) = (Some(Media::Json), Some(Media::GraphqlResponse));

        assert_eq!(Media::wanted(&Accept::of(&HeaderMap::new())), json);
        assert_eq!(wanted("*/*"), json);
        assert_eq!(wanted("application/graphql-response+json"), new);
        assert_eq!(wanted("application/json;q=0.9, application/graphql-response+json"), new);
        assert_eq!(wanted("application/json, application/graphql-response+json;q=0.9"), json);
        assert_eq!(wanted("application/json, application/graphql-response+json"), new);
        assert_eq!(wanted("text/html, application/json;charset=utf-8"), json);
        assert_eq!(wanted("application/json;q=0, text/plain"), None);
    }
}
