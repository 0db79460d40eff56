//! The one error type of the domain.
//!
//! Every refusal that a caller can meet is a [`Code`]; REST renders it as RFC 9457
//! problem details, GraphQL as `extensions.code`. Codes are API: renaming one breaks callers.

mod codes;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::record::Outcome;
pub use codes::Code;

/// A `Result` whose error is the domain's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One thing that is wrong, with the place where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Violation {
    /// JSON Pointer (RFC 6901) into the body, or `?name` for a query parameter.
    pub pointer: String,
    /// Machine-readable code.
    #[schema(value_type = String)]
    pub code: Code,
    /// What is wrong and what would be right, for people.
    pub detail: String,
}

impl Violation {
    /// Makes a violation.
    pub fn new(pointer: impl Into<String>, code: Code, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, detail: detail.into() }
    }
}

/// What can stop an operation.
#[derive(Clone, Debug)]
pub enum Error {
    /// The request cannot be understood; every fault is listed.
    BadRequest(Vec<Violation>),
    /// No valid sign-in.
    Unauthenticated(String),
    /// The password is right, and the code of the second factor missing or wrong.
    SecondFactorRequired(String),
    /// Visible, but not allowed; names the rule.
    Forbidden(String),
    /// A write by somebody who views as others.
    Viewing,
    /// Absent, or hidden from this caller.
    NotFound,
    /// What the caller goes on from is not good any more.
    Gone(Code, String),
    /// An edit came without the version it is based on.
    VersionRequired,
    /// An edit is based on an old version; `current` is what is stored, where the caller may see it.
    StaleVersion {
        /// The version stored now.
        current: Option<i32>,
    },
    /// The state of the records refuses the operation.
    Conflict(Code, String),
    /// Something else would be done than was reviewed; everything that moved is listed.
    PlanMoved {
        /// What has moved, and what helps.
        detail: String,
        /// Each thing that has moved.
        moved: Vec<Violation>,
    },
    /// The state does not allow the move, or facts are missing for it.
    IllegalMove {
        /// What is wrong and what helps.
        detail: String,
        /// Moves the state knows.
        allowed: Vec<String>,
        /// Facts that are missing.
        missing: Vec<String>,
    },
    /// The content breaks rules; every violation is listed.
    Invalid(Vec<Violation>),
    /// Items of an all-or-nothing batch were rejected; nothing was written.
    Rejected(Vec<Outcome>),
    /// Too many requests.
    Limited {
        /// Seconds after which the next one may be sent.
        seconds: u64,
        /// Which bound is reached, where it is another one than the quota of requests.
        why: Option<String>,
    },
    /// Signing in failed too often.
    TooManyAttempts {
        /// Seconds to wait before the next attempt.
        seconds: u64,
    },
    /// Who calls cannot be told now: the issuer of the token does not answer.
    IssuerUnreachable,
    /// Temporary: the same call may succeed later.
    Unavailable(String),
    /// Our fault; the text goes to the log, never to the caller.
    Internal(String),
}

impl Error {
    /// An [`Error::Invalid`] with one violation.
    pub fn invalid(pointer: &str, code: Code, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(pointer, code, detail)])
    }

    /// An [`Error::BadRequest`] with one violation.
    pub fn bad_request(pointer: &str, code: Code, detail: impl Into<String>) -> Self {
        Self::BadRequest(vec![Violation::new(pointer, code, detail)])
    }

    /// An [`Error::IllegalMove`] of which no other move or fact is to be told.
    pub fn no_move(detail: impl Into<String>) -> Self {
        Self::IllegalMove { detail: detail.into(), allowed: Vec::new(), missing: Vec::new() }
    }

    /// The code that stands for the whole error.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::BadRequest(found) => match found.as_slice() {
                [one] if one.code.status() == 400 => one.code,
                _ => Code::BadRequest,
            },
            Self::Unauthenticated(_) => Code::Unauthenticated,
            Self::SecondFactorRequired(_) => Code::SecondFactorRequired,
            Self::Forbidden(_) => Code::Forbidden,
            Self::Viewing => Code::ViewingAs,
            Self::NotFound => Code::NotFound,
            Self::VersionRequired => Code::VersionRequired,
            Self::StaleVersion { .. } => Code::StaleVersion,
            Self::Conflict(code, _) | Self::Gone(code, _) => *code,
            Self::PlanMoved { .. } => Code::PlanMoved,
            Self::IllegalMove { .. } => Code::IllegalMove,
            Self::Invalid(_) | Self::Rejected(_) => Code::Invalid,
            Self::Limited { .. } => Code::Limited,
            Self::TooManyAttempts { .. } => Code::TooManyAttempts,
            Self::IssuerUnreachable => Code::IssuerUnreachable,
            Self::Unavailable(_) => Code::Unavailable,
            Self::Internal(_) => Code::Internal,
        }
    }

    /// What happened this time and what helps, fit for the caller's eyes.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::BadRequest(found) | Self::Invalid(found) => match found.as_slice() {
                [one] => one.detail.clone(),
                many => format!("{} things are wrong; see errors", many.len()),
            },
            Self::Unauthenticated(why)
            | Self::SecondFactorRequired(why)
            | Self::Forbidden(why)
            | Self::Conflict(_, why)
            | Self::Gone(_, why)
            | Self::Unavailable(why) => why.clone(),
            Self::IllegalMove { detail, .. } | Self::PlanMoved { detail, .. } => detail.clone(),
            Self::IssuerUnreachable => {
                "the issuer of the token does not answer, so its keys are not known; try again soon".into()
            }
            Self::Viewing => {
                "nothing is written while you view as others; send the call without `X-Concord-View-As`"
                    .into()
            }
            Self::NotFound => "no record with this address is visible to you".into(),
            Self::VersionRequired => {
                "send the version you read: If-Match in REST, expectedVersion in GraphQL".into()
            }
            Self::StaleVersion { current: Some(version) } => {
                format!("the record is at version {version} now; read it again and repeat the edit")
            }
            Self::StaleVersion { current: None } => "read the record again and repeat the edit".into(),
            Self::Rejected(outcomes) => format!(
                "{} of {} items were rejected; nothing was written",
                outcomes.iter().filter(|o| o.is_rejected()).count(),
                outcomes.len()
            ),
            Self::Limited { seconds, why } => {
                let why = why.as_ref().map_or_else(String::new, |why| format!("{why}; "));
                format!("{why}wait {seconds} s before the next request")
            }
            Self::TooManyAttempts { seconds } => {
                format!("too many attempts failed; wait {seconds} seconds before the next one")
            }
            Self::Internal(_) => "the fault is logged under the request id".into(),
        }
    }

    /// The violations to list, empty for errors that have none.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::BadRequest(found) | Self::Invalid(found) | Self::PlanMoved { moved: found, .. } => found,
            _ => &[],
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Internal(why) => write!(f, "internal: {why}"),
            other => write!(f, "{}: {}", other.code().name(), other.detail()),
        }
    }
}

impl std::error::Error for Error {}

/// Text by which a unit recognises that running again may help.
pub(crate) const RETRY: &str = "the database was busy; try again";

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("stored JSON cannot be read: {error}"))
    }
}

impl Error {
    /// Whether the same unit may succeed when it is run again.
    #[must_use]
    pub fn is_retriable(&self) -> bool {
        matches!(self, Self::Unavailable(why) if why == RETRY)
    }
}
