//! Why something was written.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a change set was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A call of a user.
    #[default]
    Request,
    /// A bulk import.
    Import,
    /// A background job.
    Job,
    /// Reference data or the demonstration.
    Seed,
    /// A release beginning or ending.
    Release,
    /// The command line.
    Cli,
    /// A read that leaves a trace.
    Read,
}

impl Cause {
    /// Code in the log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Import => "import",
            Self::Job => "job",
            Self::Seed => "seed",
            Self::Release => "release",
            Self::Cli => "cli",
            Self::Read => "read",
        }
    }
}

/// Why a read left a trace.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, Enum,
)]
#[serde(rename_all = "snake_case")]
pub enum ReadReason {
    /// The records are marked as restricted.
    Restricted,
    /// They are another owner's, read through a release that is not to everybody.
    Release,
    /// A focal point viewed its country as others.
    ViewAs,
    /// Everything that is kept of a person was exported by somebody else.
    Export,
}

impl ReadReason {
    /// Code in the log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Release => "release",
            Self::ViewAs => "view_as",
            Self::Export => "export",
        }
    }
}
