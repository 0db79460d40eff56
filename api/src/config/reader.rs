//! Reading settings from their sources, collecting everything that is wrong.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Error, Figment, Metadata, Profile, Provider};
use tracing_subscriber::EnvFilter;

use super::{Config, DEFAULT_FILE, FILE_VARIABLE, LogFormat, PREFIX, SETTINGS, Secret};

const FOREIGN_PREFIXES: [&str; 2] = ["CONCORD_TEST_", "CONCORD_CI_"];
/// Variables of the commands that call a service; where they run beside one, they are no settings of it.
const CALLERS: [&str; 3] = ["CONCORD_API_KEY", "CONCORD_TOKEN", "CONCORD_URL"];
const SHORTEST_SECRET: usize = 32;

/// Variables as a figment source: always text, so that a secret of digits stays what it is.
struct Variables(Dict);

impl Variables {
    const NAME: &str = "variables";
}

impl Provider for Variables {
    fn metadata(&self) -> Metadata {
        Metadata::named(Self::NAME)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.0.clone()))
    }
}

/// Takes the settings out of their sources one by one, collecting what is wrong.
pub(super) struct Reader {
    figment: Figment,
    values: Dict,
    file: String,
    errors: Vec<String>,
}

impl Reader {
    /// Merges the sources; variables win.
    pub(super) fn new(
        file: Option<(&str, &str)>,
        variables: impl IntoIterator<Item = (String, String)>,
        mut errors: Vec<String>,
    ) -> Self {
        let (file, text) = file.unwrap_or((DEFAULT_FILE, ""));
        let from_file = Figment::from(Toml::string(text));
        let given = Variables(setting_variables(variables, &mut errors));

        // Only the place is told: the parser's message quotes the line, which may hold a secret.
        let figment = match from_file.extract::<Dict>() {
            Ok(_) => from_file.merge(given),
            Err(error) => {
                let message = error.to_string();
                let place = message.lines().next().unwrap_or_default();
                let place = place.strip_prefix("TOML parse error ").unwrap_or("");
                errors.push(format!("{file} is not valid TOML {place}").trim_end().to_owned());
                Figment::from(given)
            }
        };
        let values = figment.extract::<Dict>().unwrap_or_default();

        Self { figment, values, file: file.to_owned(), errors }
    }

    /// Takes every setting, with its default where it is missing or wrong.
    pub(super) fn config(&mut self) -> Config {
        let default = Config::default();
        let config = Config {
            database_url: self.database_url().unwrap_or(default.database_url),
            listen: self.address("listen").unwrap_or(default.listen),
            admin_listen: if self.is_empty("admin_listen") { None } else { self.address("admin_listen") },
            secret: self.secret(),
            secret_file: self.text("secret_file").map_or(default.secret_file, PathBuf::from),
            log_format: self.log_format().unwrap_or(default.log_format),
            log: self.log().unwrap_or(default.log),
            max_connections: self.number("max_connections", 1..=1000).unwrap_or(default.max_connections),
            body_limit_bytes: self
                .number("body_limit_bytes", 1024..=1024 * 1024 * 1024)
                .unwrap_or(default.body_limit_bytes),
            request_timeout_seconds: self
                .number("request_timeout_seconds", 1..=3600)
                .unwrap_or(default.request_timeout_seconds),
            stored_documents_dir: self.text("stored_documents_dir").map(PathBuf::from),
            stored_documents_only: self.flag("stored_documents_only").unwrap_or_default(),
            issuers: self.issuers(),
            webhook_networks: self.networks("webhook_networks").unwrap_or(default.webhook_networks),
            front: self.front(default.front),
        };

        if config.admin_listen == Some(config.listen) && config.listen.port() != 0 {
            self.errors
                .push(format!("admin_listen and listen are both {}: give two addresses", config.listen));
        }
        if config.stored_documents_only && config.stored_documents_dir.is_none() {
            let text = "stored_documents_only needs stored_documents_dir, the folder of what may be run";
            self.errors.push(text.to_owned());
        }
        config
    }

    /// Adds what is left over, which no setting claimed, and returns everything wrong.
    pub(super) fn finish(mut self) -> Vec<String> {
        for name in self.values.keys() {
            let place = self.place(name);
            self.errors.push(format!("{place} is no setting; settings are {}", SETTINGS.join(", ")));
        }
        self.errors
    }

    /// Takes a list: of the file as it is, of a variable as JSON.
    pub(super) fn list(&mut self, name: &str) -> Option<Vec<Value>> {
        let value = self.values.remove(name)?;
        let value = match value.as_str() {
            Some(text) => serde_json::from_str::<serde_json::Value>(text)
                .map_err(|error| format!("is not JSON: {error}"))
                .and_then(|json| Value::serialize(json).map_err(|error| error.to_string())),
            None => Ok(value),
        };
        let list = value.and_then(|value| match value {
            Value::Array(_, list) => Ok(list),
            _ => Err("must be a list".to_owned()),
        });
        self.collected(name, list)
    }

    /// Notes something wrong with an item of a list.
    pub(super) fn fault_in(&mut self, name: &str, at: usize, why: &str) {
        let place = self.place(name);
        self.errors.push(format!("{place}, item {}: {why}", at + 1));
    }

    /// Notes something wrong that is not one setting's fault.
    pub(super) fn fault(&mut self, text: &str) {
        self.errors.push(text.to_owned());
    }

    fn database_url(&mut self) -> Option<String> {
        self.checked("database_url", |url| {
            let known = ["sqlite:", "postgres://", "postgresql://"];
            if known.iter().any(|scheme| url.starts_with(scheme)) {
                Ok(url.to_owned())
            } else {
                Err("must start with sqlite: or postgres://".to_owned())
            }
        })
    }

    fn address(&mut self, name: &str) -> Option<SocketAddr> {
        self.checked(name, |text| {
            text.parse().map_err(|_| format!("is {text:?}, not an address with port such as 127.0.0.1:8080"))
        })
    }

    fn secret(&mut self) -> Option<Secret> {
        self.checked("secret", |text| {
            if text.chars().count() < SHORTEST_SECRET {
                return Err(format!(
                    "must have {SHORTEST_SECRET} characters or more; `concord secret new` makes one"
                ));
            }
            Ok(Secret(text.to_owned()))
        })
    }

    fn log_format(&mut self) -> Option<LogFormat> {
        self.checked("log_format", |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err(format!("is {text:?}; it can be text or json")),
        })
    }

    fn log(&mut self) -> Option<String> {
        self.checked("log", |text| match EnvFilter::try_new(text) {
            Ok(_) => Ok(text.to_owned()),
            Err(_) => Err(format!("is {text:?}, not a filter such as info or info,concord=debug")),
        })
    }

    /// Takes a setting that is left out by giving it empty.
    pub(super) fn is_empty(&mut self, name: &str) -> bool {
        let empty = self.values.get(name).and_then(Value::as_str) == Some("");
        if empty {
            self.values.remove(name);
        }
        empty
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.checked(name, |text| Ok(text.to_owned()))
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.values.remove(name)?;
        let flag = value.as_str().map_or_else(|| value.to_bool(), |text| text.parse().ok());
        self.collected(name, flag.ok_or_else(|| "must be true or false".to_owned()))
    }

    pub(super) fn checked<T>(
        &mut self,
        name: &str,
        check: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.values.remove(name)?;
        let checked = match value.as_str() {
            Some("") => Err("is empty: leave it out or give a value".to_owned()),
            Some(text) => check(text),
            None => Err("must be text".to_owned()),
        };
        self.collected(name, checked)
    }

    pub(super) fn number<T: TryFrom<i128>>(
        &mut self,
        name: &str,
        allowed: RangeInclusive<i128>,
    ) -> Option<T> {
        let value = self.values.remove(name)?;
        let number = value.as_str().map_or_else(|| value.to_i128(), |text| text.parse().ok());
        let checked = number
            .filter(|number| allowed.contains(number))
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| format!("must be a whole number from {} to {}", allowed.start(), allowed.end()));
        self.collected(name, checked)
    }

    pub(super) fn collected<T>(&mut self, name: &str, checked: Result<T, String>) -> Option<T> {
        checked.map_err(|error| self.errors.push(format!("{} {error}", self.place(name)))).ok()
    }

    /// Says where a setting was given, as the reader would look for it.
    fn place(&self, name: &str) -> String {
        let from_variable = self.figment.find_metadata(name).is_some_and(|data| data.name == Variables::NAME);
        if from_variable { variable(name) } else { format!("{name} in {}", self.file) }
    }
}

fn variable(name: &str) -> String {
    format!("{PREFIX}{}", name.to_ascii_uppercase())
}

/// Keeps the variables that are settings; any other of our prefix is an error.
fn setting_variables(
    variables: impl IntoIterator<Item = (String, String)>,
    errors: &mut Vec<String>,
) -> Dict {
    let mut dict = Dict::new();
    for (name, value) in variables {
        let ours = name.starts_with(PREFIX) && name != FILE_VARIABLE && !CALLERS.contains(&name.as_str());
        if !ours || FOREIGN_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        match SETTINGS.iter().find(|setting| variable(setting) == name) {
            Some(setting) => {
                dict.insert((*setting).to_owned(), Value::from(value));
            }
            None => errors.push(format!(
                "{name} is no setting; settings are {}",
                SETTINGS.iter().map(|name| variable(name)).collect::<Vec<_>>().join(", ")
            )),
        }
    }
    dict
}
