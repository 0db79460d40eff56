//! Imports that nobody is at: of a process that ended, or that could not begin.

use kernel::{Error, Result, cause::Cause};

use super::Service;
use crate::{domain::exchange::imports, signin::standing::sender};

/// Carries out the imports that are not done, each as its sender stands now.
///
/// # Errors
/// What the database says.
pub async fn take_up(service: Service) -> Result<()> {
    for (id, user, owner, key) in imports::waiting(&service.ctx).await? {
        if service.stopping.is_cancelled() {
            break;
        }
        let Some(actor) = sender(&service.ctx, user, &owner, key).await? else {
            imports::give_up(&service.ctx, id, "who sent it may not act for its owner any more").await?;
            continue;
        };
        let mut ctx = service.ctx.acting(actor);
        ctx.cause = Cause::Import;
        match imports::carry_out(&ctx, id).await {
            Ok(()) => {}
            Err(error @ Error::Unavailable(_)) => return Err(error),
            Err(error) => tracing::warn!("the import {id} failed: {error}"),
        }
    }
    Ok(())
}
