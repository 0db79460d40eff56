//! `concord seed`.

use kernel::cause::Cause;

use super::{failure::Failure, installation::Installation, say};
use crate::seed;

pub(super) async fn run() -> Result<(), Failure> {
    let Installation { ctx, .. } = Installation::open().await?.because(Cause::Seed);
    say(&seed::reference(&ctx).await?);
    ctx.db.close().await?;
    Ok(())
}
