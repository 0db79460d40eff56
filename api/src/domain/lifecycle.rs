//! What lifecycles have in common: moves, what they lack, how they are refused.

use async_graphql::SimpleObject;
use kernel::{Error, policy::Verb, unit::Item};
use serde::Serialize;
use utoipa::ToSchema;

/// A move that a record's lifecycle knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct MoveState {
    /// The move.
    pub verb: Verb,
    /// State the record would be in afterwards.
    #[graphql(skip)]
    pub to: String,
    /// Whether the caller can make the move now.
    pub allowed: bool,
    /// Whether the caller can make it only as a move recorded on paper (`recorded`).
    pub recorded_only: bool,
    /// Facts that are missing for it.
    pub missing: Vec<String>,
}

/// Refuses edits that would change the state without a move, as an upsert by key could.
pub fn refuse_silent_moves(items: &mut [Item]) {
    for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_new() && !item.is_move()) {
        if !item.is_deletion() && item.changes("status") {
            let detail = "the state changes by moves only; see `moves`".to_owned();
            item.reject(Error::IllegalMove { detail, allowed: Vec::new(), missing: Vec::new() });
        }
    }
}

/// The refusal of a move that the state does not allow, or for which facts are missing.
#[must_use]
pub fn refuse(verb: Verb, state: &str, allowed: &[Verb], missing: Vec<String>) -> Error {
    let allowed: Vec<String> = allowed.iter().map(|verb| verb.name()).collect();
    let detail = if missing.is_empty() {
        let open = if allowed.is_empty() { "no move".to_owned() } else { allowed.join(", ") };
        format!("`{}` is not possible in the state `{state}`; possible: {open}", verb.name())
    } else {
        format!("`{}` needs {}", verb.name(), missing.join(", "))
    };
    Error::IllegalMove { detail, allowed, missing }
}
