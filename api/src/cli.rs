//! The command line: `serve`, what is done beside it on the host, and what asks a service over the network.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 findings or
//! wrong rows, 2 wrong call, settings or input, 3 the database, the service that is called, or anything else failed.

mod backup;
mod bundle;
mod client;
mod contracts;
mod failure;
mod given;
mod health;
mod installation;
mod key;
mod load;
mod log;
mod restore;
mod schema;
mod secret;
mod seed;
mod users;

use std::{fmt::Display, io::Write, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::server::{self, ServeOptions};
use failure::Failure;

/// Concord: the open backend for CBRN National Action Plans, treaty obligations and interagency tasks.
///
/// Settings come from `CONCORD_*` variables and `concord.toml`; see docs/operations.md.
#[derive(Debug, Parser)]
#[command(name = "concord", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answers REST, GraphQL and the pages, after bringing schema and reference data up to date.
    Serve(Serve),
    /// Shows or changes the state of the schema.
    #[command(subcommand)]
    Migrate(schema::Migrate),
    /// Loads the reference data, or what has changed in them.
    Seed,
    /// Loads records from a CSV file, all or none.
    Load(load::Load),
    /// Manages accounts from the host.
    #[command(subcommand)]
    User(users::User),
    /// Manages the installation secret.
    #[command(subcommand)]
    Secret(secret::Secret),
    /// Manages the keys that sign access tokens.
    #[command(subcommand)]
    Key(key::Key),
    /// Makes, verifies and sends bundles of what a country releases, and keeps their keys.
    #[command(subcommand)]
    Bundle(Box<bundle::Bundle>),
    /// Writes the two contracts to `openapi/`.
    Contracts(contracts::Contracts),
    /// Proves the change log.
    #[command(subcommand)]
    Log(log::Log),
    /// Writes a consistent copy of an SQLite database, while a service may run.
    Backup(backup::Backup),
    /// Puts a copy made by `backup` in the place of the SQLite database, while no service runs.
    Restore(restore::Restore),
    /// Asks a running service whether it is ready.
    Health(health::Health),
    #[command(flatten)]
    Remote(Box<client::Remote>),
}

#[derive(Debug, Args)]
struct Serve {
    /// Adds the demonstration: invented countries, and one account for each role.
    #[arg(long)]
    demo: bool,
    /// Lets a demonstration listen beyond this machine.
    #[arg(long, requires = "demo")]
    demo_open: bool,
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(execute(cli.command));
            // What still computes is not waited for: whoever asked to end has its answer.
            runtime.shutdown_background();
            done
        }
        Err(error) => Err(Failure::other(&format!("the runtime cannot be started: {error}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

async fn execute(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(options) => serve(&options).await,
        Command::Migrate(command) => schema::run(command).await,
        Command::Seed => seed::run().await,
        Command::Load(load) => load::run(load).await,
        Command::User(command) => users::run(command).await,
        Command::Secret(command) => secret::run(command).await,
        Command::Key(command) => key::run(command).await,
        Command::Bundle(command) => bundle::run(*command).await,
        Command::Contracts(options) => contracts::run(&options),
        Command::Log(command) => log::run(command).await,
        Command::Backup(backup) => backup::run(&backup).await,
        Command::Restore(restore) => restore::run(&restore).await,
        Command::Health(health) => health::run(&health),
        Command::Remote(remote) => client::run(*remote).await,
    }
}

async fn serve(options: &Serve) -> Result<(), Failure> {
    let config = installation::settings()?;
    let options = ServeOptions { demo: options.demo, demo_open: options.demo_open };
    server::serve(config, options).await.map_err(|error| Failure::other(&error))
}

/// Writes a line of the result; a reader that has gone away is no failure.
fn say(line: &dyn Display) {
    drop(writeln!(std::io::stdout(), "{line}"));
}

/// Writes a line for people to standard error.
fn tell(line: &dyn Display) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }
}
