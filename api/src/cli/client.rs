//! Commands that talk to a running service over the network, as any other program does.
//!
//! What the service answers decides the exit code: 0 done, 1 rows were refused, 2 the request, the settings or the
//! input are wrong, 3 the service or the network failed.

mod access;
pub(super) mod bundle;
mod download;
mod errors;
mod export;
mod lost;
mod parts;
mod profile;
mod progress;
mod report;
mod revert;
mod sending;
mod sent;
mod service;
mod trouble;

use clap::Subcommand;
use tokio::signal;

use super::failure::Failure;

/// What to ask of a running service.
#[derive(Debug, Subcommand)]
pub(super) enum Remote {
    /// Sends files of records to a running service, one after the other.
    Import(sending::Import),
    /// Asks a running service what importing files would do; nothing is written.
    Validate(sending::Import),
    /// Does exactly what a dry run showed.
    Commit(sent::Commit),
    /// Lists what is wrong with the refused rows of an import.
    Errors(errors::Errors),
    /// Takes an import back.
    Revert(revert::Revert),
    /// Lists your imports, the last one first, or tells how far one is.
    Imports(sent::Imports),
    /// Ends an import that is not done.
    Cancel(sent::Cancel),
    /// Fetches all of a list as a file.
    Export(export::Export),
}

/// Runs a command until it is done or somebody interrupts it, so that nothing half done stays on the disk.
pub(super) async fn run(remote: Remote) -> Result<(), Failure> {
    tokio::select! {
        done = execute(remote) => done,
        _ = signal::ctrl_c() => Err(Failure::other(&"interrupted")),
    }
}

async fn execute(remote: Remote) -> Result<(), Failure> {
    match remote {
        Remote::Import(import) => sending::run(&import).await,
        Remote::Validate(import) => sending::run(&import.dry()).await,
        Remote::Commit(commit) => sent::commit(&commit).await,
        Remote::Errors(errors) => errors::run(&errors).await,
        Remote::Revert(revert) => revert::run(&revert).await,
        Remote::Imports(imports) => sent::imports(&imports).await,
        Remote::Cancel(cancel) => sent::cancel(&cancel).await,
        Remote::Export(export) => export::run(&export).await,
    }
}
