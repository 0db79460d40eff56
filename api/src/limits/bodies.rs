//! How large bodies may be, by address.

use serde::Serialize;
use utoipa::ToSchema;

const KIB: usize = 1024;

/// Bytes a body may have.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct BodyLimits {
    /// Of one record or verb.
    pub write_bytes: usize,
    /// Of a batch.
    pub batch_bytes: usize,
    /// Of a request about signing in.
    pub sign_in_bytes: usize,
    /// Of a GraphQL request, variables included.
    pub graphql_bytes: usize,
    /// Of a GraphQL request of an anonymous caller.
    pub graphql_anonymous_bytes: usize,
}

impl BodyLimits {
    /// The limits below the largest body the settings allow.
    #[must_use]
    pub fn of(largest: usize) -> Self {
        Self {
            write_bytes: largest.min(KIB * KIB),
            batch_bytes: largest,
            sign_in_bytes: largest.min(16 * KIB),
            graphql_bytes: largest,
            graphql_anonymous_bytes: largest.min(128 * KIB),
        }
    }

    /// The limit of an address, given below its version.
    #[must_use]
    pub fn at(&self, path: &str) -> usize {
        if path.starts_with("/auth/") {
            self.sign_in_bytes
        } else if path == "/graphql" {
            self.graphql_bytes
        } else if path.ends_with("/batch") {
            self.batch_bytes
        } else {
            self.write_bytes
        }
    }
}
