//! How large bodies may be, by address.

use serde::Serialize;
use utoipa::ToSchema;

use super::traffic::Traffic;

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

    /// The limit of a sort of request.
    #[must_use]
    pub const fn of_traffic(&self, traffic: Traffic) -> usize {
        match traffic {
            Traffic::Read | Traffic::Write => self.write_bytes,
            Traffic::Batch => self.batch_bytes,
            Traffic::SignIn => self.sign_in_bytes,
            Traffic::Graphql => self.graphql_bytes,
        }
    }
}
