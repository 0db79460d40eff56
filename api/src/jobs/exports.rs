//! Snapshots that nobody is at: of a process that ended, or that could not begin.

use kernel::{Error, Result};

use super::Service;
use crate::domain::exchange::{bundles, snapshots};

/// Makes the snapshots that are not done, each with the rights that who asked has now, and ends bundles that are over.
///
/// # Errors
/// What the database says.
pub async fn take_up(service: Service) -> Result<()> {
    bundles::end_over(&service.ctx).await?;
    for id in snapshots::waiting(&service.ctx).await? {
        if service.stopping.is_cancelled() {
            break;
        }
        match snapshots::carry_out(&service.ctx, id).await {
            Ok(()) => {}
            Err(error @ Error::Unavailable(_)) => return Err(error),
            Err(error) => tracing::warn!("the snapshot {id} failed: {error}"),
        }
    }
    Ok(())
}
