//! Proof of which log a reader has read: a restored database goes on with other changes under the same numbers.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};

use crate::{error::Result, view::View};

/// Digits of a hash that a proof keeps.
const DIGITS: usize = 16;

/// Number of a change set and the beginning of its hash, over it and all sets before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Number of the set; 0 proves nothing.
    pub seq: i64,
    /// First 64 bits of its hash.
    pub hash: u64,
}

/// Holds a proof against the log and answers that of its end `end`; none where the log is another one.
///
/// # Errors
/// What the database says.
pub async fn prove(view: &View, end: i64, held: Proof) -> Result<Option<Proof>> {
    let select = Query::select()
        .expr(Expr::col("seq"))
        .expr(Expr::col("hash"))
        .from(Alias::new("change_set"))
        .and_where(Expr::col("seq").is_in([held.seq, end]))
        .take();
    let (mut is_held, mut found) = (held.seq == 0, Proof::default());
    for row in view.db.reading().all(&select).await? {
        let (seq, hash): (i64, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let hash = hash.get(..DIGITS).and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let one = Proof { seq, hash: hash.unwrap_or_default() };
        is_held |= one == held;
        if seq == end {
            found = one;
        }
    }
    Ok(is_held.then_some(found))
}
