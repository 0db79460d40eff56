//! The installation secret of the settings, and the database that was used with it before.

use crate::{
    config::{Config, Secret},
    host::{database, files},
    signin::{
        keys,
        secret::{InstallationSecret, SecretError},
    },
};

/// Takes the secret from the settings, else from its file; `makes` one where there is none, for the demonstration.
///
/// # Errors
/// When there is none, or it is too short. Where the database was used with one before, the text says that it is that
/// one which is needed; no text shows a secret.
pub async fn read(config: &Config, makes: bool) -> Result<InstallationSecret, SecretError> {
    let (given, file) = (config.secret.as_ref().map(Secret::expose), &config.secret_file);
    if given.is_none() && !file.exists() {
        if was_used(config).await {
            return Err(SecretError::lost(file, &config.database_url_shown()));
        }
        if makes {
            return InstallationSecret::create(file);
        }
    }
    if given.is_none() {
        files::warn_if_open(file);
    }
    InstallationSecret::read(given, file)
}

/// Whether the database of the settings was used with a secret before; one that does not answer was not.
pub async fn was_used(config: &Config) -> bool {
    let url = database::existing(&config.database_url);
    if database::file_of(&url).is_some_and(|file| !file.exists()) {
        return false;
    }
    let Ok(db) = database::connect(config, &url).await else { return false };
    let found = keys::are_there(db.reading()).await.unwrap_or(false);
    drop(db.close().await);
    found
}
