//! What a command works on: the settings, the database and the secret of this installation.

use kernel::{Ctx, cause::Cause, clock::Clock, db::Db};

use super::failure::Failure;
use crate::{
    config::{Config, Secret},
    domain::KINDS,
    migrate,
    signin::secret::InstallationSecret,
    telemetry,
};

/// Reads the settings and starts logging.
pub(super) fn settings() -> Result<Config, Failure> {
    let config = Config::load()?;
    telemetry::init(&config);
    Ok(config)
}

/// Opens the database, which a command other than `serve` and `migrate up` does not create.
pub(super) async fn connect(config: &Config, creates: bool) -> Result<Db, Failure> {
    let url = if creates { config.database_url.clone() } else { existing(&config.database_url) };
    let hint = if url == config.database_url { "" } else { "; `concord migrate up` makes a new one" };
    Db::connect(&url, config.max_connections).await.map_err(|error| {
        Failure::other(&format!("{} cannot be opened: {error}{hint}", config.database_url_shown()))
    })
}

fn existing(url: &str) -> String {
    if url.starts_with("sqlite:") { url.replace("mode=rwc", "mode=rw") } else { url.to_owned() }
}

/// An installation whose schema fits this program.
pub(super) struct Installation {
    /// Its settings.
    pub(super) config: Config,
    /// The service itself, on the command line.
    pub(super) ctx: Ctx,
}

impl Installation {
    /// Opens the installation the settings describe.
    pub(super) async fn open() -> Result<Self, Failure> {
        let config = settings()?;
        let db = connect(&config, false).await?;
        migrate::check(&db).await?;
        let ctx = Ctx::of_service(db, Clock::system(), &KINDS, Cause::Cli);
        Ok(Self { config, ctx })
    }

    /// Gives the writes of this command another cause in the change log.
    pub(super) fn because(mut self, cause: Cause) -> Self {
        self.ctx.cause = cause;
        self
    }

    /// The installation secret.
    pub(super) fn secret(&self) -> Result<InstallationSecret, Failure> {
        let given = self.config.secret.as_ref().map(Secret::expose);
        Ok(InstallationSecret::read(given, &self.config.secret_file)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_do_not_create_a_database() {
        assert_eq!(existing("sqlite://concord.db?mode=rwc"), "sqlite://concord.db?mode=rw");
        assert_eq!(existing("postgres://u:mode=rwc@db/x"), "postgres://u:mode=rwc@db/x");
    }
}
