//! Why a command failed, and with which exit code.

use std::{fmt::Display, process::ExitCode};

use kernel::Error;

use super::{say, tell};
use crate::{config::ConfigErrors, migrate::MigrateError, signin::secret::SecretError};

/// The end of a command that was not done: what to print, and the exit code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    code: u8,
    lines: Vec<String>,
    /// For programs: the answer of a service that says no, as it is.
    document: Option<String>,
}

impl Failure {
    const fn new(code: u8, lines: Vec<String>) -> Self {
        Self { code, lines, document: None }
    }

    /// What was looked at is not as it should be: exit code 1.
    pub(super) const fn findings(lines: Vec<String>) -> Self {
        Self::new(1, lines)
    }

    /// The call, the settings or the input are wrong: exit code 2.
    pub(super) fn usage(why: &dyn Display) -> Self {
        Self::wrong(vec![why.to_string()])
    }

    /// The same, with everything that is wrong.
    pub(super) const fn wrong(lines: Vec<String>) -> Self {
        Self::new(2, lines)
    }

    /// The database, a service that is called, or anything else failed: exit code 3.
    pub(super) fn other(why: &dyn Display) -> Self {
        Self::others(vec![why.to_string()])
    }

    /// The same, with everything that is to be said of it.
    pub(super) const fn others(lines: Vec<String>) -> Self {
        Self::new(3, lines)
    }

    /// With a line about what helps.
    pub(super) fn with_hint(mut self, hint: &str) -> Self {
        self.lines.push(hint.to_owned());
        self
    }

    /// With what standard output tells a program of it.
    pub(super) fn with_document(mut self, document: String) -> Self {
        self.document = Some(document);
        self
    }

    /// Whether rows or records are not as they should be, and nothing else is wrong.
    pub(super) const fn is_findings(&self) -> bool {
        self.code == 1
    }

    /// All of it in one line.
    pub(super) fn summary(&self) -> String {
        self.lines.join("; ")
    }

    /// Prints the lines and gives the exit code.
    pub(super) fn tell(&self) -> ExitCode {
        self.document.iter().for_each(|document| say(&document.trim_end()));
        self.lines.iter().for_each(|line| tell(line));
        ExitCode::from(self.code)
    }
}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        Self::usage(&errors)
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        Self::usage(&error)
    }
}

impl From<MigrateError> for Failure {
    fn from(error: MigrateError) -> Self {
        Self::other(&error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match &error {
            Error::Internal(_) | Error::Unavailable(_) => Self::other(&error),
            Error::BadRequest(found) | Error::Invalid(found) if !found.is_empty() => {
                let line =
                    |v: &kernel::Violation| format!("{}: {}", v.pointer.trim_start_matches('/'), v.detail);
                Self::wrong(found.iter().map(line).collect())
            }
            _ => Self::usage(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Code, Violation};

    use super::*;

    #[test]
    fn refused_input_is_told_apart_from_a_failing_database() {
        let wrong = Error::Invalid(vec![
            Violation::new("/email", Code::BadFormat, "no address"),
            Violation::new("/name", Code::TooShort, "at least 1 characters"),
        ]);

        let lines = vec!["email: no address".to_owned(), "name: at least 1 characters".to_owned()];
        assert_eq!(Failure::from(wrong), Failure::wrong(lines));
        assert_eq!(Failure::from(Error::Internal("disk".into())).code, 3);
        assert_eq!(Failure::from(Error::NotFound).code, 2);
    }
}
