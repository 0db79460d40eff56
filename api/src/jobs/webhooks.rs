//! Webhooks that have something to send.

use futures_util::{StreamExt, stream};
use kernel::Result;

use super::Service;
use crate::domain::exchange::webhooks::{self, AT_ONCE};

/// Sends what webhooks have to send, a few of them at a time.
///
/// # Errors
/// The last failure, after every webhook had its turn.
pub async fn send(service: Service) -> Result<()> {
    let due = webhooks::due(&service.ctx).await?;
    let one = |hook| async {
        if service.stopping.is_cancelled() {
            return Ok(());
        }
        webhooks::deliver(&service.ctx, &service.hooks, hook).await
    };
    let sent = stream::iter(due).map(one).buffer_unordered(AT_ONCE);
    sent.fold(Ok(()), async |all, one| all.and(one)).await
}
