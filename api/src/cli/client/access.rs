//! Which service is called, as whom, and how.

use std::{env, net::IpAddr, path::PathBuf};

use clap::Args;
use reqwest::Url;

use super::{
    super::failure::Failure,
    profile::{self, Profile},
};

/// Variable with the address of the service.
pub(super) const URL: &str = "CONCORD_URL";
/// Variable with an API key.
pub(super) const API_KEY: &str = "CONCORD_API_KEY";
/// Variable with an access token.
pub(super) const TOKEN: &str = "CONCORD_TOKEN";

/// How the service is called.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Service")]
pub(super) struct Access {
    /// Profile of `client.toml` that has address and key; else `CONCORD_URL` and `CONCORD_API_KEY` or `CONCORD_TOKEN`
    /// have them, else the profile `default`.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Owner to act for, such as `KGZ`, where you have grants of several.
    #[arg(long, value_name = "CODE")]
    owner: Option<String>,
    /// Trusts the certificates of this file (PEM) and no others, instead of those of the system.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Calls another machine without TLS: whoever is on the way reads key and data.
    #[arg(long)]
    insecure: bool,
    /// How often a call that failed on the way is made again.
    #[arg(long, value_name = "TIMES", default_value_t = 6)]
    pub(super) retries: usize,
    /// Writes what the service answers to standard output, as JSON; all else goes to standard error.
    #[arg(long)]
    pub(super) json: bool,
}

/// A service, and as whom it is called.
#[derive(Debug)]
pub(super) struct Target {
    /// Where it is, with a path that ends in `/`.
    pub(super) url: Url,
    /// Key or token; none for what everybody may see.
    pub(super) secret: Option<String>,
    /// Owner that is acted for.
    pub(super) owner: Option<String>,
    /// Certificates that are trusted, where not those of the system.
    pub(super) ca: Option<PathBuf>,
}

impl Target {
    /// Whether calls stay on this machine and go without TLS.
    pub(super) fn is_local(&self) -> bool {
        self.url.scheme() == "http" && is_this_machine(&self.url)
    }
}

impl Access {
    /// Where and as whom to call.
    ///
    /// # Errors
    /// What is missing or wrong, and what to do about it.
    pub(super) fn target(&self) -> Result<Target, Failure> {
        let given = variable(URL)?;
        let profile = match (&self.profile, given) {
            (Some(name), _) => profile::named(name)?,
            (None, Some(url)) => of_variables(url)?,
            (None, None) => profile::named("default")
                .map_err(|failure| failure.with_hint(&format!("or set {URL}, and {API_KEY} or {TOKEN}")))?,
        };
        Ok(Target {
            url: self.address(&profile.url)?,
            secret: profile.secret()?,
            owner: self.owner.clone().or(profile.owner),
            ca: self.ca.clone().or(profile.ca),
        })
    }

    fn address(&self, text: &str) -> Result<Url, Failure> {
        let wrong = |why: &str| Failure::usage(&format!("{text:?} is no address of a service: {why}"));
        let mut url: Url = text.parse().map_err(|_| wrong("one is such as https://concord.example.org"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("a key does not stand in it"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it ends with the path"));
        }
        match url.scheme() {
            "https" => {}
            "http" if self.insecure || is_this_machine(&url) => {}
            "http" => {
                return Err(wrong(
                    "without TLS only this machine is called; --insecure does it all the same",
                ));
            }
            _ => return Err(wrong("it begins with https://")),
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(url)
    }
}

fn of_variables(url: String) -> Result<Profile, Failure> {
    let (key, token) = (variable(API_KEY)?, variable(TOKEN)?);
    if key.is_some() && token.is_some() {
        return Err(Failure::usage(&format!("{API_KEY} and {TOKEN} are both set: give one of them")));
    }
    Ok(Profile { url, key: key.or(token), ..Profile::default() })
}

/// A variable that is there and not empty.
fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::usage(&format!("{name} is not UTF-8"))),
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(insecure: bool) -> Access {
        Access { profile: None, owner: None, ca: None, insecure, retries: 0, json: false }
    }

    #[test]
    fn keys_go_to_other_machines_by_tls_only() {
        let good =
            ["https://a.example/concord", "http://127.0.0.1:8080", "http://[::1]:1/", "http://localhost"];
        let bad = ["http://a.example", "http://127.0.0.1.a.example", "ftp://localhost", "a.example", ""];
        let wrong = ["https://me@a.example", "https://a.example/?x=1", "https://a.example/#x"];

        assert_eq!(good.map(|text| access(false).address(text).is_ok()), [true; 4]);
        assert_eq!(bad.map(|text| access(false).address(text).is_err()), [true; 5]);
        assert_eq!(wrong.map(|text| access(true).address(text).is_err()), [true; 3]);
        assert!(access(true).address("http://a.example").is_ok());
    }

    #[test]
    fn paths_of_the_api_stand_below_that_of_the_service() {
        let url = access(false).address("https://a.example/concord").unwrap();

        assert_eq!(url.join("api/v1/me").unwrap().as_str(), "https://a.example/concord/api/v1/me");
    }
}
