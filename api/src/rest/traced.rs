//! Reads that leave a trace are written down before they are answered.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::Ctx;

use super::problem::Problem;

/// What is read for one request, and the context it is written down in.
#[derive(Clone, Debug, Default)]
pub struct Tracing(Arc<OnceLock<Ctx>>);

impl Tracing {
    /// Lets everything that is read in a context of the request be noted.
    pub fn begin(&self, ctx: &mut Ctx) {
        let kept = self.0.get_or_init(|| Ctx { view: ctx.view.noting(), ..ctx.clone() });
        ctx.reads.clone_from(&kept.reads);
    }
}

/// Answers only once the traces of what was read are written; an answer that shows nothing leaves none.
pub async fn settled(mut request: Request, next: Next) -> Response {
    let tracing = Tracing::default();
    request.extensions_mut().insert(tracing.clone());
    let response = next.run(request).await;
    let Some(ctx) = tracing.0.get().filter(|_| response.status().is_success()) else { return response };
    match ctx.settle_reads().await {
        Ok(()) => response,
        Err(error) => Problem::from(error).into_response(),
    }
}
