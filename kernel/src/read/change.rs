//! The change log: append-only, gap-free in commit order, chained by SHA-256.
//!
//! One `change_set` is one committed unit. The chain covers `SHA-256(salt || payload)` of each
//! change and not the payload itself, so a payload can be destroyed (erasure of a person, a
//! country leaving) and the chain still holds.

mod about;
mod chain;
mod ended;
pub mod feed;
mod history;
pub mod past;
mod verify;

use serde_json::json;

pub use about::{Written, records_about, written_by};
pub use chain::{ChangeLeaf, SetHead, payload_hash};
pub(crate) use chain::{Digest, GENESIS};
pub use history::{Entry, Past, Span, histories, versions};
pub use verify::{Finding, Head, Report, head, verify};

/// The canonical text of a payload, as it is hashed.
fn payload_text(before: Option<&str>, after: Option<&str>) -> String {
    json!([before, after]).to_string()
}
