//! Errors of the domain as GraphQL errors with the same codes.

use async_graphql::{ErrorExtensionValues, Pos, ServerError, Value};
use kernel::{Code, Error};

use crate::domain::batch::BatchOutcome;

/// The domain's error on its way out of a field.
#[derive(Clone, Debug)]
pub struct Fault(pub Error);

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Fault> for async_graphql::Error {
    fn from(Fault(error): Fault) -> Self {
        let mut out = Self::new(error.detail());
        out.extensions = Some(extensions(&error));
        out
    }
}

/// What an error says besides its text.
fn extensions(error: &Error) -> ErrorExtensionValues {
    if let Error::Internal(why) = error {
        tracing::error!("a field failed: {why}");
    }
    let mut all = coded(error.code());
    if !error.violations().is_empty() {
        all.set("errors", value(&error.violations()));
    }
    match error {
        Error::StaleVersion { current: Some(version) } => all.set("currentVersion", *version),
        Error::IllegalMove { allowed, missing, .. } => {
            all.set("allowed", allowed.clone());
            all.set("missing", missing.clone());
        }
        Error::Rejected(outcomes) => {
            let outcomes: Vec<BatchOutcome> = outcomes.iter().map(BatchOutcome::from).collect();
            all.set("outcomes", value(&outcomes));
        }
        _ => {}
    }
    all
}

fn coded(code: Code) -> ErrorExtensionValues {
    let mut all = ErrorExtensionValues::default();
    all.set("code", code.name());
    all.set("status", i32::from(code.status()));
    all
}

/// The error of a field.
#[must_use]
pub(crate) fn field_fault(error: &Error, pos: Pos) -> ServerError {
    let mut out = ServerError::new(error.detail(), Some(pos));
    out.extensions = Some(extensions(error));
    out
}

/// The error of a request that does not run.
#[must_use]
pub(crate) fn request_fault(text: impl Into<String>, pos: Pos) -> ServerError {
    let mut out = ServerError::new(text, Some(pos));
    out.extensions = Some(coded(Code::BadRequest));
    out
}

/// Errors of a request that does not run, each with its code.
#[must_use]
pub(crate) fn request_faults(mut faults: Vec<ServerError>) -> Vec<ServerError> {
    for fault in &mut faults {
        fault.extensions.get_or_insert_with(|| coded(Code::BadRequest));
    }
    faults
}

/// An error that is about no field.
#[must_use]
pub(crate) fn plain_fault(text: &str, code: Code) -> ServerError {
    let mut out = ServerError::new(text, None);
    out.extensions = Some(coded(code));
    out
}

fn value<T: serde::Serialize>(of: &T) -> Value {
    serde_json::to_value(of).ok().and_then(|json| Value::from_json(json).ok()).unwrap_or_default()
}
