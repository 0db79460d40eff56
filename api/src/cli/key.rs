//! `concord key`: the keys that sign access tokens.

use clap::Subcommand;

use super::{
    failure::Failure,
    installation::Installation,
    say,
    users::{reason, request},
};
use crate::signin::{
    keys::{KeyRing, RETIRED_MINUTES},
    notice::under,
};

/// What to do with the keys.
#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Makes a new key that signs from now on; processes that run notice within seconds.
    Rotate {
        /// Why, for the log.
        #[arg(long, value_parser = reason)]
        reason: Option<String>,
    },
}

pub(super) async fn run(command: Key) -> Result<(), Failure> {
    let Key::Rotate { reason } = command;
    let mut installation = Installation::open().await?;
    installation.ctx.request_id = Some(request("key rotate", reason.as_deref()));
    let ctx = under(&installation.ctx, "installation");
    let ring = KeyRing::open(&ctx.db, &ctx.clock, &installation.secret().await?).await?;
    ctx.run(async |unit| {
        unit.remember();
        ring.rotate(unit.conn()).await
    })
    .await?;
    ring.reload().await?;
    let signing = ring.signing_kid().unwrap_or_default();
    say(&format_args!(
        "key {signing} signs from now on; earlier ones verify for {RETIRED_MINUTES} minutes more"
    ));
    drop(ring);
    installation.ctx.db.close().await?;
    Ok(())
}
