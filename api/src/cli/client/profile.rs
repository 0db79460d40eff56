//! Profiles: services with their keys, in a file that only its user may read.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use figment::{
    Figment,
    error::Kind,
    providers::{Format, Toml},
};
use serde::Deserialize;

use super::super::failure::Failure;
use crate::host::files::open_mode;

/// A service, and as whom it is called.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    /// Address of the service.
    pub(super) url: String,
    /// API key or access token.
    pub(super) key: Option<String>,
    /// File that holds it instead; a relative name is beside the file of the profiles.
    pub(super) key_file: Option<PathBuf>,
    /// Owner to act for.
    pub(super) owner: Option<String>,
    /// Certificates that are trusted instead of those of the system.
    pub(super) ca: Option<PathBuf>,
}

impl Profile {
    /// Key or token.
    ///
    /// # Errors
    /// For a key that is given twice, or a file that others may read or nobody can.
    pub(super) fn secret(&self) -> Result<Option<String>, Failure> {
        let Some(file) = &self.key_file else { return Ok(self.key.clone()) };
        if self.key.is_some() {
            return Err(Failure::usage(&"the profile has both `key` and `key_file`: give one of them"));
        }
        let text = private(file)?;
        let key = text.trim();
        if key.is_empty() {
            return Err(Failure::usage(&format!("{} holds no key", file.display())));
        }
        Ok(Some(key.to_owned()))
    }
}

/// The profile with this name.
///
/// # Errors
/// Where file or profile are not there, wrong, or open to others.
pub(super) fn named(name: &str) -> Result<Profile, Failure> {
    let file = place()?;
    if !file.exists() {
        return Err(Failure::usage(&format!("there is no file of profiles {}", file.display())));
    }
    let text = private(&file)?;
    let mut all = read(&text).map_err(|why| Failure::usage(&format!("{}: {why}", file.display())))?;
    let names = all.keys().cloned().collect::<Vec<_>>().join(", ");
    let Some(mut profile) = all.remove(name) else {
        let known = if names.is_empty() { "it has none".to_owned() } else { format!("it has {names}") };
        return Err(Failure::usage(&format!("{} has no profile {name:?}: {known}", file.display())));
    };
    let folder = file.parent().unwrap_or(Path::new(""));
    for path in [&mut profile.key_file, &mut profile.ca].into_iter().flatten() {
        *path = folder.join(&path);
    }
    Ok(profile)
}

/// Where the profiles are.
fn place() -> Result<PathBuf, Failure> {
    let folder = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")));
    let config =
        config.ok_or_else(|| Failure::usage(&"XDG_CONFIG_HOME and HOME are not set: no file of profiles"))?;
    Ok(config.join("concord").join("client.toml"))
}

/// The text of a file that holds a secret.
fn private(file: &Path) -> Result<String, Failure> {
    let shown = file.display();
    if let Some(mode) = open_mode(file) {
        return Err(Failure::usage(&format!(
            "{shown} can be read or written by others (mode {mode:04o}) and holds a key: chmod 600 {shown}"
        )));
    }
    fs::read_to_string(file).map_err(|error| Failure::usage(&format!("{shown} cannot be read: {error}")))
}

/// Only names and places are told of what is wrong: a message of the parser may quote a key.
fn read(text: &str) -> Result<BTreeMap<String, Profile>, String> {
    let read: Result<BTreeMap<String, Profile>, figment::Error> = Figment::from(Toml::string(text)).extract();
    read.map_err(|error| match &error.kind {
        Kind::UnknownField(name, known) => {
            format!("a profile has no `{name}`; it has {}", known.join(", "))
        }
        Kind::MissingField(name) => format!("profile `{}` lacks `{name}`", error.path.join(".")),
        Kind::Message(text) => {
            let place = text.lines().next().and_then(|line| line.strip_prefix("TOML parse error "));
            format!("this is not valid TOML {}", place.unwrap_or_default()).trim_end().to_owned()
        }
        _ => format!("`{}` is not of the right type", error.path.join(".")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_without_the_key() {
        let wrong = |text: &str| read(text).unwrap_err();

        assert_eq!(wrong("[a]\nkey = \"hush\""), "profile `a` lacks `url`");
        assert!(
            wrong("[a]\nurl = \"x\"\nkye = \"hush\"").starts_with("a profile has no `kye`; it has url, key")
        );
        assert_eq!(wrong("[a]\nurl = \"x\"\nkey = 4711"), "`a.key` is not of the right type");
        assert_eq!(wrong("[a]\nkey = hush"), "this is not valid TOML at line 2, column 7");
    }

    #[test]
    fn profiles_are_found_by_name() {
        let all = read("[default]\nurl = \"https://a\"\n[b]\nurl = \"https://b\"\nkey_file = \"k\"").unwrap();

        assert_eq!(all["b"].key_file.as_deref(), Some(Path::new("k")));
        assert_eq!(all["default"].url, "https://a");
    }
}
