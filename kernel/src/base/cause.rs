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
        }
    }
}
