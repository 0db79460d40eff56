//! `concord secret`.

use std::path::PathBuf;

use clap::Subcommand;

use super::{failure::Failure, say};
use crate::{
    config::Config,
    host,
    signin::secret::{InstallationSecret, SecretError},
};

/// What to do with the secret.
#[derive(Debug, Subcommand)]
pub(super) enum Secret {
    /// Makes a new installation secret in a file that only this user can read.
    New {
        /// File to make; by default the one the settings name.
        file: Option<PathBuf>,
    },
}

pub(super) async fn run(command: Secret) -> Result<(), Failure> {
    let Secret::New { file } = command;
    let file = match file {
        Some(file) => file,
        None => of_settings(&Config::load()?).await?,
    };
    InstallationSecret::create(&file)?;
    say(&format_args!("made {}; keep it apart from the database and its backups", file.display()));
    Ok(())
}

/// The file of the settings, unless it would take the place of the secret their database was used with.
async fn of_settings(config: &Config) -> Result<PathBuf, Failure> {
    let file = &config.secret_file;
    if config.secret.is_none() && !file.exists() && host::secret::was_used(config).await {
        return Err(SecretError::lost(file, &config.database_url_shown()).into());
    }
    Ok(file.clone())
}
