//! Housekeeping: deletes what nobody needs any more.

use futures_util::future::BoxFuture;
use kernel::{Ctx, Result, idempotency};

use super::Service;
use crate::{
    domain::exchange::{imports, snapshots},
    signin::cleaning,
};

/// Rows deleted in one transaction.
const BATCH: u64 = 500;

/// Deletes up to so many rows and answers how many there were.
type Delete = for<'a> fn(&'a Ctx, u64) -> BoxFuture<'a, Result<u64>>;

/// What is deleted, by name.
const SWEEPS: &[(&str, Delete)] = &[
    ("sessions", |ctx, most| Box::pin(cleaning::sessions(ctx, most))),
    ("idempotency keys", |ctx, most| Box::pin(idempotency::expire(ctx, most))),
    ("snapshots", |ctx, most| Box::pin(snapshots::expire(ctx, most))),
    ("imports", |ctx, most| Box::pin(imports::expire(ctx, most))),
    ("uploads", |ctx, most| Box::pin(imports::expire_uploads(ctx, most))),
    ("attempts to sign in", |ctx, most| Box::pin(cleaning::attempts(ctx, most))),
    ("password tokens", |ctx, most| Box::pin(cleaning::password_tokens(ctx, most))),
    ("signing keys", |ctx, most| Box::pin(cleaning::signing_keys(ctx, most))),
];

/// Deletes in short transactions until nothing is left or the service stops.
///
/// # Errors
/// The last failure, after every table was tried.
pub async fn sweep(service: Service) -> Result<()> {
    let mut outcome = Ok(());
    for (what, delete) in SWEEPS {
        if let Err(error) = empty(&service, what, *delete).await {
            tracing::warn!("{what} could not be deleted: {error}");
            outcome = Err(error);
        }
    }
    outcome
}

async fn empty(service: &Service, what: &str, delete: Delete) -> Result<()> {
    let mut total = 0;
    while !service.stopping.is_cancelled() {
        let gone = delete(&service.ctx, BATCH).await?;
        total += gone;
        if gone < BATCH {
            break;
        }
    }
    if total > 0 {
        tracing::info!("deleted {total} {what}");
    }
    Ok(())
}
