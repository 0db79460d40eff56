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

use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, JoinType, Query, SelectStatement};
use serde_json::json;

pub use about::{Written, records_about, written_by};
pub use chain::{ChangeLeaf, SetHead, payload_hash};
pub(crate) use chain::{Digest, GENESIS};
pub use history::{Entry, Past, Span, histories, versions};
pub use verify::{Finding, Head, Report, head, verify};

/// A select of changes that have an image, with their sets and payloads.
pub(crate) fn with_images() -> SelectStatement {
    let (change, set, payload) =
        (Alias::new("change"), Alias::new("change_set"), Alias::new("change_payload"));
    let col = |table: &Alias, column: &'static str| Expr::col((table.clone(), Alias::new(column)));
    let of_change = Cond::all()
        .add(col(&payload, "set_id").eq(col(&change, "set_id")))
        .add(col(&payload, "ordinal").eq(col(&change, "ordinal")));
    Query::select()
        .from(change.clone())
        .join(JoinType::InnerJoin, set.clone(), col(&set, "id").eq(col(&change, "set_id")))
        .join(JoinType::InnerJoin, payload.clone(), of_change)
        .and_where(col(&payload, "after").is_not_null())
        .take()
}

/// The canonical text of a payload, as it is hashed.
fn payload_text(before: Option<&str>, after: Option<&str>) -> String {
    json!([before, after]).to_string()
}
