//! Errors of the domain as GraphQL errors with the same codes.

use async_graphql::{ErrorExtensionValues, Value};
use kernel::Error;

use crate::domain::batch::BatchOutcome;

/// The domain's error on its way out of a resolver.
#[derive(Clone, Debug)]
pub struct Fault(pub Error);

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Fault> for async_graphql::Error {
    fn from(Fault(error): Fault) -> Self {
        if let Error::Internal(why) = &error {
            tracing::error!("a resolver failed: {why}");
        }
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", error.code().name());
        extensions.set("status", i32::from(error.code().status()));
        if !error.violations().is_empty() {
            extensions.set("errors", value(&error.violations()));
        }
        match &error {
            Error::StaleVersion { current: Some(version) } => extensions.set("currentVersion", *version),
            Error::IllegalMove { allowed, missing, .. } => {
                extensions.set("allowed", allowed.clone());
                extensions.set("missing", missing.clone());
            }
            Error::Rejected(outcomes) => {
                let outcomes: Vec<BatchOutcome> = outcomes.iter().map(BatchOutcome::from).collect();
                extensions.set("outcomes", value(&outcomes));
            }
            _ => {}
        }
        let mut out = Self::new(error.detail());
        out.extensions = Some(extensions);
        out
    }
}

fn value<T: serde::Serialize>(of: &T) -> Value {
    serde_json::to_value(of).ok().and_then(|json| Value::from_json(json).ok()).unwrap_or_default()
}
