//! Any number of conditions as one.

use sea_orm::sea_query::Cond;

/// All of some conditions, or any of them, joined by halves: who reads or writes an expression goes down it with its stack, and one
/// that is joined from left to right is as deep as it has parts.
pub(crate) fn joined(mut parts: Vec<Cond>, is_all: bool) -> Cond {
    let join = if is_all { Cond::all() } else { Cond::any() };
    if parts.len() < 3 {
        return parts.into_iter().fold(join, Cond::add);
    }
    let others = parts.split_off(parts.len() / 2);
    join.add(joined(parts, is_all)).add(joined(others, is_all))
}
