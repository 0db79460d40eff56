//! `concord migrate`.

use clap::Subcommand;

use super::{
    failure::Failure,
    installation::{connect, settings},
    say,
};
use crate::migrate;

/// What to do with the schema.
#[derive(Debug, Subcommand)]
pub(super) enum Migrate {
    /// Applies every migration the database lacks.
    Up,
    /// Takes the newest migration back; what only the newer schema holds is lost.
    Down {
        /// How many migrations to take back.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
    },
    /// Lists all migrations and whether they are applied.
    Status,
}

pub(super) async fn run(command: Migrate) -> Result<(), Failure> {
    let config = settings()?;
    let db = connect(&config, matches!(command, Migrate::Up)).await?;
    match command {
        Migrate::Up => listed("applied", &migrate::up(&db).await?),
        Migrate::Down { steps } => listed("taken back", &migrate::down(&db, steps).await?),
        Migrate::Status => {
            for step in migrate::status(&db).await? {
                let state = if step.is_applied { "applied" } else { "pending" };
                say(&format_args!("{state:8} {}", step.name));
            }
        }
    }
    db.close().await?;
    Ok(())
}

fn listed(what: &str, names: &[String]) {
    for name in names {
        say(&format_args!("{what} {name}"));
    }
    if names.is_empty() {
        say(&"nothing to do");
    }
}
