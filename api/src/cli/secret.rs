//! `concord secret`.

use std::path::PathBuf;

use clap::Subcommand;

use super::{failure::Failure, say};
use crate::{config::Config, signin::secret::InstallationSecret};

/// What to do with the secret.
#[derive(Debug, Subcommand)]
pub(super) enum Secret {
    /// Makes a new installation secret in a file that only this user can read.
    New {
        /// File to make; by default the one the settings name.
        file: Option<PathBuf>,
    },
}

pub(super) fn run(command: Secret) -> Result<(), Failure> {
    let Secret::New { file } = command;
    let file = match file {
        Some(file) => file,
        None => Config::load()?.secret_file,
    };
    InstallationSecret::create(&file)?;
    say(&format_args!("made {}; keep it apart from the database and its backups", file.display()));
    Ok(())
}
