//! The clock of deadlines: with each day the horizon moves on.

use kernel::Result;

use super::Service;
use crate::domain::treaties::compile;

/// Works out again what falls due for the countries that asked; where nothing changes it writes nothing.
///
/// # Errors
/// What the database says.
pub async fn compile(service: Service) -> Result<()> {
    compile::daily(&service.ctx).await
}
