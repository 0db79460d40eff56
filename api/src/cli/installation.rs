//! What a command works on: the settings, the database and the secret of this installation.

use kernel::{Ctx, cause::Cause, clock::Clock, db::Db};

use super::failure::Failure;
use crate::{
    config::Config,
    domain::KINDS,
    host::{
        self,
        database::{self, existing},
    },
    migrate,
    signin::{keys::KeyRing, secret::InstallationSecret},
    telemetry,
};

/// Reads the settings and starts logging.
pub(super) fn settings() -> Result<Config, Failure> {
    let config = Config::load()?;
    telemetry::init(&config);
    config.file_with_secrets().iter().for_each(|file| host::files::warn_if_open(file));
    Ok(config)
}

/// Opens the database, which a command other than `serve` and `migrate up` does not create.
pub(super) async fn connect(config: &Config, creates: bool) -> Result<Db, Failure> {
    let url = if creates { config.database_url.clone() } else { existing(&config.database_url) };
    let hint = if url == config.database_url { "" } else { "; `concord migrate up` makes a new one" };
    database::connect(config, &url).await.map_err(|error| {
        Failure::other(&format!("{} cannot be opened: {error}{hint}", config.database_url_shown()))
    })
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
    pub(super) async fn secret(&self) -> Result<InstallationSecret, Failure> {
        Ok(host::secret::read(&self.config, false).await?)
    }

    /// The installation secret, which has to be the one the database was used with.
    ///
    /// What is signed with another one would be found out much later, such as a head of the log at a restore.
    pub(super) async fn secret_to_sign(&self) -> Result<InstallationSecret, Failure> {
        let secret = self.secret().await?;
        KeyRing::opens(&self.ctx.db, &self.ctx.clock, &secret).await?;
        Ok(secret)
    }
}
