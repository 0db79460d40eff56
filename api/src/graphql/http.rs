//! GraphQL over HTTP: what a request holds, whether it may run, how it is run.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{
    Request, Response, ServerError, Value,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType},
};
use axum::http::request::Parts;
use futures_util::{FutureExt, StreamExt, stream::BoxStream};
use kernel::{Code, Ctx, Error, db::Db};
use serde_json::{Map, Value as Json};
use tracing::Instrument;

pub use super::{
    answer::{Answer, Media, failed},
    sent::{Sent, by_get, request},
};
use super::{
    coerce,
    cost::{self, Refusal},
    document::Document,
    fault::{plain_fault, request_fault, request_faults},
    freeze, hints,
    run::{Run, Work, broken},
    selection::{root_of, selection},
};
use crate::{
    limits::{
        graphql::{ROWS, ROWS_ANONYMOUS},
        meter::Meter,
        rates::COSTS,
    },
    signin::identity::{Identity, Recalled},
    state::AppState,
};

/// A request that may run: its document was found, read, held to its limits and checked with its variables, and
/// what it costs before it runs is paid.
pub struct Admitted {
    plan: Plan,
    ctx: Ctx,
    identity: Identity,
    meter: Option<Meter>,
}

/// What is to be done.
enum Plan {
    /// A query or a mutation.
    Run(Work),
    /// A subscription, for the library.
    Stream(ExecutableDocument),
    /// Nothing: what came by GET is no query.
    NotByGet,
}

impl Admitted {
    /// Whether it is a subscription.
    #[must_use]
    pub const fn is_subscription(&self) -> bool {
        matches!(self.plan, Plan::Stream(_))
    }

    /// The same, of a caller who is looked up now.
    ///
    /// # Errors
    /// As [`Identity::look_up`].
    pub async fn confirmed(self) -> kernel::Result<Self> {
        let ctx = Recalled::new(self.ctx, self.identity.clone()).confirmed().await?;
        Ok(Self { ctx, ..self })
    }
}

/// Finds the document of a request, bounds it, lets its caller pay, and checks it; the inner error is the
/// answer that says why it does not run.
///
/// # Errors
/// `Limited` where the caller cannot pay for the document.
pub async fn admit(
    state: &AppState,
    call: GraphqlCall,
    sent: Sent,
) -> kernel::Result<Result<Admitted, Box<Response>>> {
    let GraphqlCall { ctx, identity, meter } = call;
    let Sent { asked, variables, operation, by_get } = sent;
    let refuse = |response: Response| Ok(Err(Box::new(response)));
    let text = match state.stored.text(asked) {
        Ok(found) => found,
        Err(why) => return refuse(failed(why.message(), why.code())),
    };
    let name = operation.as_deref();
    let assessed = state.schema.documents.read(&text).and_then(|document| {
        let units = cost::assess(&document.parsed, name, &variables)?;
        Ok((document, units))
    });
    let (document, units) = match assessed {
        Ok(found) => found,
        Err(refusal) => return refuse(refused(refusal)),
    };
    meter.iter().try_for_each(|meter| meter.charge(units))?;
    if by_get && !document.only_reads(name) {
        return Ok(Ok(Admitted { plan: Plan::NotByGet, ctx, identity, meter }));
    }
    match plan(state, &document, (name, &variables)).await {
        Ok(plan) => Ok(Ok(Admitted { plan, ctx, identity, meter })),
        Err(faults) => refuse(Response::from_errors(request_faults(faults))),
    }
}

/// Checks a document and the values it comes with.
async fn plan(
    state: &AppState,
    document: &Document,
    (name, sent): (Option<&str>, &Map<String, Json>),
) -> Result<Plan, Vec<ServerError>> {
    let parsed = &document.parsed;
    let chosen = |operation: &OperationDefinition| {
        let variables = coerce::variables(operation, sent)?;
        let root = (root_of(operation.ty), &operation.selection_set.node);
        Ok((selection(parsed, &variables, root)?, variables))
    };
    let faults = document.faults(&state.schema).await;
    if !faults.is_empty() {
        // What is wrong with values is told here with what they are and what they should be.
        let own = document.operation(name).ok().filter(|_| hints::are_about_values(faults));
        let own = own.and_then(|operation| chosen(&operation.node).err());
        return Err(own.unwrap_or_else(|| faults.to_vec()));
    }
    let operation = document.operation(name).map_err(|fault| vec![fault])?;
    let (chosen, variables) = chosen(&operation.node)?;
    let (ty, fields) = (operation.node.ty, &operation.node.selection_set.node);
    if ty == OperationType::Subscription {
        let frozen = freeze::subscription(parsed, &variables, fields);
        let nothing = || vec![request_fault("nothing of the subscription is left", operation.pos)];
        return frozen.map(Plan::Stream).ok_or_else(nothing);
    }
    let writes = ty == OperationType::Mutation;
    let introspection = if writes { None } else { freeze::introspection(parsed, &variables, fields) };
    Ok(Plan::Run(Work { writes, selection: chosen, introspection }))
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

impl GraphqlCall {
    /// A call of this caller.
    #[must_use]
    pub fn of(recalled: &Recalled, parts: &Parts) -> Self {
        let meter = parts.extensions.get().cloned();
        Self { ctx: recalled.ctx.clone(), identity: recalled.identity.clone(), meter }
    }
}

/// Runs a request; none for what came by GET and is no query.
///
/// A mutation runs in its own task, so that a caller that leaves cancels nothing; a query runs again where its
/// caller stands otherwise by now than it is remembered.
///
/// # Errors
/// As [`Identity::look_up`].
pub async fn run(state: &AppState, admitted: Admitted) -> kernel::Result<Option<Answer>> {
    let Admitted { plan, ctx, identity, meter } = admitted;
    let work = match plan {
        Plan::Run(work) => work,
        Plan::NotByGet => return Ok(None),
        Plan::Stream(_) => {
            let text = "subscriptions are answered by a stream: take `text/event-stream`, or open a socket";
            return Ok(Some(failed(text, Code::BadRequest).into()));
        }
    };
    let writes = work.writes;
    let limit = if ctx.actor.is_known() { ROWS } else { ROWS_ANONYMOUS };
    let begin = |ctx: &Ctx, identity: &Identity| {
        let (db, ctx) = (ctx.db.bounded(limit), Ctx { view: ctx.view.noting(), ..ctx.clone() });
        (Run::new(&ctx, db.clone(), identity.clone(), state), db, ctx)
    };
    let costed = |answer: Answer, db: &Db| {
        if let Some(meter) = &meter {
            meter.settle(units(&answer, db));
        }
        answer.costed(db.rows(), limit)
    };
    let (request_id, mut recalled) = (ctx.request_id.clone(), Recalled::new(ctx, identity));
    if writes {
        let identity = recalled.identity.clone();
        let (mut run, db, ctx) = begin(&recalled.confirmed().await?, &identity);
        let run = contained(async move { run.answer(&work).await }, request_id);
        let answer = state.tasks.spawn(run.in_current_span()).await;
        let answer = answer.unwrap_or_else(|_| failed("the process ends", Code::Unavailable).into());
        return Ok(Some(settled(&ctx, costed(answer, &db)).await));
    }
    loop {
        let (mut run, db, ctx) = begin(&recalled.ctx, &recalled.identity);
        let answer = costed(contained(run.answer(&work), request_id.clone()).await, &db);
        if recalled.stood().await? {
            return Ok(Some(settled(&ctx, answer).await));
        }
    }
}

/// The answer, once the traces of what was read for it are written.
async fn settled(ctx: &Ctx, answer: Answer) -> Answer {
    match ctx.settle_reads().await {
        Ok(()) => answer,
        Err(error) => broken(&error),
    }
}

/// Units that an answer comes to once it is made: rows that were read for it, and bytes.
fn units(answer: &Answer, db: &Db) -> u32 {
    let bytes = u64::try_from(answer.bytes()).unwrap_or(u64::MAX);
    let units =
        db.work() / u64::from(COSTS.graphql_rows_per_unit) + bytes / u64::from(COSTS.graphql_bytes_per_unit);
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// Answers for what panicked, which was logged where it arose, under the request's id.
async fn contained(run: impl Future<Output = Answer>, request_id: Option<Arc<str>>) -> Answer {
    AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|_| {
        let mut fault = plain_fault(&Error::Internal(String::new()).detail(), Code::Internal);
        fault.extensions.get_or_insert_default().set("request_id", request_id.as_deref());
        Answer::refused(vec![fault])
    })
}

/// Begins a subscription: its answers, for as long as somebody listens.
///
/// # Errors
/// The answer to what is no subscription.
pub fn subscribe(state: &AppState, admitted: Admitted) -> Result<Answers, Box<Response>> {
    let Admitted { plan, ctx, identity, meter, .. } = admitted;
    let Plan::Stream(document) = plan else {
        let text = "only subscriptions are answered by a stream; send queries and mutations by POST as JSON";
        return Err(Box::new(failed(text, Code::BadRequest)));
    };
    let mut request = Request::new("").data(ctx).data(identity);
    if let Some(meter) = meter {
        request = request.data(meter);
    }
    request.set_parsed_query(document);
    Ok(state.schema.execute_stream(request).map(freeze::thawed).boxed())
}

/// The answers of a subscription.
pub type Answers = BoxStream<'static, Response>;

/// Whether an answer says that nothing follows: errors, and nothing else.
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

#[cfg(test)]
mod tests {
    use kernel::Code;
    use serde_json::Value as Json;

    use super::{Answer, Media, contained};

    #[tokio::test]
    async fn a_field_that_panics_is_answered_with_the_request_s_id() {
        let panics = async { panic!("a secret of the field") };

        let answer: Answer = contained(panics, Some("0198c0de".into())).await;

        let (status, body) = answer.write(Media::GraphqlResponse);
        let told: Json = serde_json::from_slice(&body).unwrap();
        assert_eq!(status, 400);
        assert_eq!(told["errors"][0]["extensions"]["code"], Code::Internal.name());
        assert_eq!(told["errors"][0]["extensions"]["request_id"], "0198c0de");
        assert!(!told.to_string().contains("secret"), "{told}");
    }
}
