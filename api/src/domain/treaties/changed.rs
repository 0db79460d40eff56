//! Records that the service itself changes, their states too.

use kernel::{
    policy::Verb,
    record::Op,
    row::{Row, json},
};

/// What makes one row the other; nothing where they do not differ.
pub(super) fn changed(before: &Row, after: Row) -> Option<Op> {
    if *before == after {
        return None;
    }
    let state = after.def().lifecycle.map(|cycle| cycle.state);
    if state.is_none_or(|column| before.get(column) == after.get(column)) {
        return Some(Op::Put(Box::new(after)));
    }
    // A state changes by moves only.
    let columns =
        after.def().columns.iter().filter(|column| before.get(column.name) != after.get(column.name));
    let set = columns.map(|column| (column.field.to_owned(), json(after.get(column.name)))).collect();
    Some(Op::Move {
        id: before.id(),
        version: Some(before.version()),
        verb: Verb::Update,
        authority: Verb::Update,
        set,
        faults: Vec::new(),
    })
}
