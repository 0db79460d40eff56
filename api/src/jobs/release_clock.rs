//! The clock of releases: the log learns when one begins or ends.

use kernel::Result;

use super::Service;
use crate::domain::sharing::term;

/// Begins and ends the releases whose instants have come.
///
/// # Errors
/// What the database says.
pub async fn turn(service: Service) -> Result<()> {
    let turned = term::keep_terms(&service.ctx).await?;
    if turned > 0 {
        tracing::info!("{turned} releases began or ended");
    }
    Ok(())
}
