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

use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait};
use serde_json::json;

pub use about::{Written, records_about, written_by};
pub use chain::{ChangeLeaf, SetHead, payload_hash};
pub(crate) use chain::{Digest, GENESIS};
pub use history::{Entry, Past, Span, histories, versions};
pub use verify::{Finding, Head, Report, head, verify};

/// Whether a row of one table of the log has the place of a row of another one: set and ordinal.
pub(crate) fn in_place(one: &Alias, other: &Alias) -> Cond {
    let of = |table: &Alias, column| Expr::col((table.clone(), Alias::new(column)));
    let same = |column| of(one, column).eq(of(other, column));
    Cond::all().add(same("set_id")).add(same("ordinal"))
}

/// The canonical text of a payload, as it is hashed.
fn payload_text(before: Option<&str>, after: Option<&str>) -> String {
    json!([before, after]).to_string()
}
