//! Settings of a Concord process.
//!
//! They come from an optional TOML file and from `CONCORD_*` variables, which win. Everything wrong is
//! reported at once, at start; no message and no `Debug` output shows a secret or a database password.

mod front;
mod issuers;
mod public;
mod reader;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use reader::Reader;

pub use front::{ForwardedHeader, Front, TlsFiles};
pub use issuers::{Given, Issuer};
pub use public::PublicUrl;

/// Names of all settings; as a variable `CONCORD_` and the name in capitals.
pub const SETTINGS: &[&str] = &[
    "address_rate",
    "admin_listen",
    "body_limit_bytes",
    "body_timeout_seconds",
    "caller_rate",
    "cors_origins",
    "database_url",
    "forwarded_header",
    "grace_seconds",
    "header_timeout_seconds",
    "idle_timeout_seconds",
    "issuers",
    "last_call_seconds",
    "listen",
    "log",
    "log_format",
    "max_clients",
    "max_connections",
    "max_requests",
    "max_requests_of_a_network",
    "public_url",
    "request_timeout_seconds",
    "secret",
    "secret_file",
    "stored_documents_dir",
    "stored_documents_only",
    "tls_certificate_file",
    "tls_key_file",
    "trusted_proxies",
    "webhook_networks",
];

const PREFIX: &str = "CONCORD_";
const FILE_VARIABLE: &str = "CONCORD_CONFIG";
const DEFAULT_FILE: &str = "concord.toml";

/// Settings of one process, checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// Address of the database: `sqlite://...` or `postgres://...`; may hold a password.
    pub database_url: String,
    /// Address the API answers on.
    pub listen: SocketAddr,
    /// Address `/metrics` answers on; none turns it off.
    pub admin_listen: Option<SocketAddr>,
    /// Installation secret itself; where given, `secret_file` is not read.
    pub secret: Option<Secret>,
    /// File that holds the installation secret.
    pub secret_file: PathBuf,
    /// Form of the log lines.
    pub log_format: LogFormat,
    /// Filter of the log lines, for example `info,concord=debug`.
    pub log: String,
    /// Connections kept to the database, at most; 1..=1000.
    pub max_connections: u32,
    /// Bytes a request body may have; 1 KiB..=1 GiB, default 4 MiB (a full batch).
    pub body_limit_bytes: usize,
    /// Seconds a request may take; 1..=3600.
    pub request_timeout_seconds: u64,
    /// Folder of the GraphQL documents that are asked for by their hash; none stores none.
    pub stored_documents_dir: Option<PathBuf>,
    /// Whether no other document is run.
    pub stored_documents_only: bool,
    /// Issuers whose tokens are accepted besides our own.
    pub issuers: Vec<Issuer>,
    /// Networks besides the public one that webhooks may be sent to.
    pub webhook_networks: Vec<IpNet>,
    /// How connections are taken.
    pub front: Front,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database_url: "sqlite://concord.db?mode=rwc".to_owned(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            admin_listen: None,
            secret: None,
            secret_file: PathBuf::from("concord.secret"),
            log_format: LogFormat::Text,
            log: "info".to_owned(),
            max_connections: 10,
            body_limit_bytes: 4 * 1024 * 1024,
            request_timeout_seconds: 30,
            stored_documents_dir: None,
            stored_documents_only: false,
            issuers: Vec::new(),
            webhook_networks: Vec::new(),
            front: Front::default(),
        }
    }
}

impl Config {
    /// Reads the file named by `CONCORD_CONFIG` (default `concord.toml`) and the variables.
    ///
    /// # Errors
    /// Everything that is wrong, together. A missing default file is not wrong; a missing named one is.
    pub fn load() -> Result<Self, ConfigErrors> {
        let mut errors = Vec::new();
        let variables = variables(&mut errors);
        let named = variables.iter().find(|(name, _)| name == FILE_VARIABLE).map(|(_, value)| value.clone());
        let file = read_file(named, &mut errors);

        Self::from_sources(
            file.as_ref().map(|(name, text)| (name.as_str(), text.as_str())),
            variables,
            errors,
        )
    }

    /// Reads settings from the text of a file, given with its name, and from variables.
    ///
    /// # Errors
    /// Everything that is wrong, together.
    pub fn read(
        file: Option<(&str, &str)>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigErrors> {
        Self::from_sources(file, variables, Vec::new())
    }

    /// Returns the database address with its password replaced, for logs.
    #[must_use]
    pub fn database_url_shown(&self) -> String {
        without_password(&self.database_url)
    }

    /// Returns the file the settings come from, if a secret or a password stands in it.
    #[must_use]
    pub fn file_with_secrets(&self) -> Option<PathBuf> {
        let file = std::env::var_os(FILE_VARIABLE).map_or_else(|| DEFAULT_FILE.into(), PathBuf::from);
        let text = std::fs::read_to_string(&file).ok()?;
        let has_secret = self.secret.as_ref().is_some_and(|secret| text.contains(secret.expose()));
        let has_password =
            self.database_url_shown() != self.database_url && text.contains(&self.database_url);
        (has_secret || has_password).then_some(file)
    }

    fn from_sources(
        file: Option<(&str, &str)>,
        variables: impl IntoIterator<Item = (String, String)>,
        errors: Vec<String>,
    ) -> Result<Self, ConfigErrors> {
        let mut reader = Reader::new(file, variables, errors);
        let config = reader.config();

        let errors = reader.finish();
        if errors.is_empty() { Ok(config) } else { Err(ConfigErrors(errors)) }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("database_url", &self.database_url_shown())
            .field("listen", &self.listen)
            .field("admin_listen", &self.admin_listen)
            .field("secret", &self.secret)
            .field("secret_file", &self.secret_file)
            .field("log_format", &self.log_format)
            .field("log", &self.log)
            .field("max_connections", &self.max_connections)
            .field("body_limit_bytes", &self.body_limit_bytes)
            .field("request_timeout_seconds", &self.request_timeout_seconds)
            .field("stored_documents_dir", &self.stored_documents_dir)
            .field("stored_documents_only", &self.stored_documents_only)
            .field("issuers", &self.issuers)
            .field("webhook_networks", &self.webhook_networks)
            .field("front", &self.front)
            .finish()
    }
}

/// Text that never shows in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Returns the text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Form of the log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line per event.
    #[default]
    Text,
    /// One JSON object per event.
    Json,
}

/// Everything wrong with the settings, one message each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<String>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings are not usable:")?;
        self.0.iter().try_for_each(|error| write!(f, "\n  - {error}"))
    }
}

impl std::error::Error for ConfigErrors {}

/// Reads the process's variables of our prefix; others are nobody's business here.
fn variables(errors: &mut Vec<String>) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
            continue;
        };
        match value.into_string() {
            Ok(value) => variables.push((name.to_owned(), value)),
            Err(_) => errors.push(format!("{name} is not valid UTF-8")),
        }
    }
    variables
}

fn read_file(named: Option<String>, errors: &mut Vec<String>) -> Option<(String, String)> {
    if named.is_none() && !Path::new(DEFAULT_FILE).exists() {
        return None;
    }
    let name = named.unwrap_or_else(|| DEFAULT_FILE.to_owned());
    match std::fs::read_to_string(&name) {
        Ok(text) => Some((name, text)),
        Err(error) => {
            errors.push(format!("{name} cannot be read ({FILE_VARIABLE} names the file): {error}"));
            None
        }
    }
}

/// Cuts user, password and parameters from a server's address.
///
/// Takes everything up to the last `@`, so a password that should have been escaped does not show either.
fn without_password(url: &str) -> String {
    if url.starts_with("sqlite:") {
        return url.to_owned();
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (user, rest) = rest.rsplit_once('@').map_or(("", rest), |(_, rest)| ("***@", rest));
    let address = rest.split_once('?').map_or(rest, |(address, _)| address);
    format!("{scheme}://{user}{address}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::read(Some(("concord.toml", file)), variables)
    }

    #[test]
    fn nothing_given_means_defaults() {
        assert_eq!(
            read("", &[("CONCORD_TEST_DB", "postgres"), ("CONCORD_URL", "https://a"), ("HOME", "/")]),
            Ok(Config::default())
        );
    }

    #[test]
    fn variables_win_over_the_file() {
        let config = read(
            "listen = \"127.0.0.1:1\"\nmax_connections = 3\nlog_format = \"json\"",
            &[("CONCORD_LISTEN", "0.0.0.0:80"), ("CONCORD_ADMIN_LISTEN", "")],
        )
        .unwrap();

        assert_eq!(config.listen, SocketAddr::from(([0, 0, 0, 0], 80)));
        assert_eq!((config.max_connections, config.log_format), (3, LogFormat::Json));
    }

    #[test]
    fn everything_wrong_is_reported_at_once() {
        let errors = read(
            "max_connections = true\nlisten = \"here\"\nsnacks = 1",
            &[("CONCORD_LOGFORMAT", "json"), ("CONCORD_BODY_LIMIT_BYTES", "1e9"), ("CONCORD_LOG", "a=b=c")],
        )
        .unwrap_err();

        let starts =
            ["CONCORD_LOGFORMAT is no", "listen in concord.toml is", "CONCORD_LOG is", "max_connections in"];
        assert_eq!(errors.0.len(), 6, "{errors}");
        assert!(starts.iter().all(|start| errors.0.iter().any(|error| error.starts_with(start))), "{errors}");
    }

    #[test]
    fn secrets_are_never_shown() {
        let secret = "31415926535897932384626433832795";
        let url = "postgres://u:hunter/2@db:5432/concord?password=hunter";
        let config = read("", &[("CONCORD_SECRET", secret), ("CONCORD_DATABASE_URL", url)]).unwrap();
        let errors = read("secret = \"hunter\"\ndatabase_url = \"hunter\"", &[]).unwrap_err();
        let broken = read("secret = hunter", &[]).unwrap_err();

        assert_eq!(config.secret.as_ref().map(Secret::expose), Some(secret));
        assert_eq!(config.database_url_shown(), "postgres://***@db:5432/concord");
        let shown = format!("{config:?} {errors} {broken}");
        assert!(!shown.contains("hunter") && !shown.contains(secret), "{shown}");
        assert_eq!(broken.0, ["concord.toml is not valid TOML at line 1, column 10"]);
    }
}
