//! All rows in one unit, judged to the last one, kept only if none is wrong.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use indicatif::ProgressBar;
use kernel::{
    Ctx, Error, KindDef, Unit,
    record::{Op, OutcomeKind},
    unit::Atomic,
};
use serde_json::{Map, Value as Json};

use super::{
    fault::Fault,
    rows::{File, Row},
};
use crate::cli::failure::Failure;

/// Rows applied at a time.
const CHUNK: usize = 1000;

/// What the rows came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) created: usize,
    pub(super) updated: usize,
    pub(super) unchanged: usize,
    pub(super) faults: Vec<Fault>,
}

/// Applies a file.
///
/// Items are applied one by one within the unit, so that a row may refer to a good one above it whatever
/// else is wrong, and the unit as a whole is rolled back when any row was refused. A dry run is the same
/// unit, rolled back in any case.
pub(super) async fn apply(
    ctx: &Ctx,
    def: &'static KindDef,
    file: File,
    is_dry: bool,
    bar: &ProgressBar,
) -> Result<Tally, Failure> {
    let File { names, rows, faults } = file;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let chunks = chunks(def, &rows);
    let last = RefCell::new(Tally::default());
    let done = ctx
        .run(async |unit| {
            bar.reset();
            let mut tally = Tally { faults: faults.clone(), ..Tally::default() };
            for chunk in &chunks {
                judge(unit, def, chunk, &names, &mut tally).await?;
                bar.inc(u64::try_from(chunk.len()).unwrap_or_default());
            }
            let keeps = !is_dry && tally.faults.is_empty();
            last.replace(tally);
            // An error is what rolls a unit back.
            if keeps { Ok(()) } else { Err(Error::Rejected(Vec::new())) }
        })
        .await;
    match done {
        Ok(()) | Err(Error::Rejected(_)) => Ok(last.into_inner()),
        Err(error) => Err(error.into()),
    }
}

async fn judge(
    unit: &mut Unit,
    def: &'static KindDef,
    chunk: &[&Row],
    names: &[&str],
    tally: &mut Tally,
) -> kernel::Result<()> {
    let ops = chunk.iter().map(|row| row.op.clone()).collect();
    unit.call_items(chunk.iter().map(|row| format!("line {}", row.line)).collect());
    let outcomes = unit.apply(def, ops, Atomic::Each).await?;
    for (row, outcome) in chunk.iter().zip(outcomes) {
        match outcome.kind {
            OutcomeKind::Created => tally.created += 1,
            OutcomeKind::Updated => tally.updated += 1,
            OutcomeKind::Unchanged => tally.unchanged += 1,
            OutcomeKind::Deleted => {}
            OutcomeKind::Rejected(error) => tally.faults.extend(Fault::of(row.line, &error, names)),
        }
    }
    Ok(())
}

/// Cuts rows into chunks, each row behind those it refers to or in one chunk with them: rows of a chunk find each
/// other, and those of earlier chunks are stored by then.
fn chunks<'a>(def: &KindDef, rows: &'a [Row]) -> Vec<Vec<&'a Row>> {
    let order: Vec<&Row> = order(def, rows).into_iter().filter_map(|at| rows.get(at)).collect();
    order.chunks(CHUNK).map(<[_]>::to_vec).collect()
}

/// The places of rows in an order in which each comes behind those it refers to, as far as there is one.
fn order(def: &KindDef, rows: &[Row]) -> Vec<usize> {
    let mut makers: HashMap<String, usize> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        for name in names_made(def, &row.op) {
            makers.entry(name).or_insert(at);
        }
    }
    let (mut order, mut met) = (Vec::with_capacity(rows.len()), HashSet::new());
    let mut stack: Vec<(usize, bool)> = (0..rows.len()).rev().map(|at| (at, false)).collect();
    while let Some((at, is_done)) = stack.pop() {
        if is_done {
            order.push(at);
        } else if met.insert(at) {
            stack.push((at, true));
            let names = rows.get(at).map(|row| referred(def, &row.op)).unwrap_or_default();
            stack.extend(names.iter().rev().filter_map(|name| Some((*makers.get(*name)?, false))));
        }
    }
    order
}

fn members(op: &Op) -> Option<&Map<String, Json>> {
    match op {
        Op::Create(fields) | Op::Upsert { fields, .. } | Op::Update { fields, .. } => Some(fields),
        Op::Make(_) | Op::Put(_) | Op::Delete { .. } | Op::Move { .. } => None,
    }
}

/// What other records of the same kind a row refers to.
fn referred<'a>(def: &KindDef, op: &'a Op) -> Vec<&'a str> {
    let own = def.columns.iter().filter(|column| column.target == Some(def.name)).map(|c| c.field);
    let lists = def.links.iter().filter(|link| link.target == Some(def.name)).map(|link| link.column);
    let values = own.chain(lists).filter_map(|field| members(op)?.get(field));
    values
        .flat_map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice))
        .filter_map(Json::as_str)
        .collect()
}

/// How other rows can refer to the record a row makes.
fn names_made(def: &KindDef, op: &Op) -> Vec<String> {
    let code = def.code.and_then(|code| members(op)?.get(code)?.as_str());
    let key = match op {
        Op::Upsert { source_system, external_key, .. } => {
            Some(format!("external_key:{source_system}:{external_key}"))
        }
        _ => None,
    };
    code.map(str::to_owned).into_iter().chain(key).collect()
}

#[cfg(test)]
mod tests {
    use entity::Task;

    use super::*;
    use crate::{cli::load::rows, domain::Registered};

    #[test]
    fn a_row_comes_behind_those_it_refers_to() {
        let text = "title,source_system,external_key,depends_on\n\
            One,crm,1,external_key:crm:3\nTwo,crm,2,\nThree,crm,3,external_key:crm:2;external_key:crm:4\nFour,crm,4,\n";
        let file = rows::read(Task::def(), text.as_bytes()).unwrap();

        assert_eq!(order(Task::def(), &file.rows), [1, 3, 2, 0]);
    }

    #[test]
    fn rows_in_a_circle_all_have_a_place() {
        let text = "title,source_system,external_key,depends_on\n\
            One,crm,1,external_key:crm:2\nTwo,crm,2,external_key:crm:1\n";
        let file = rows::read(Task::def(), text.as_bytes()).unwrap();

        assert_eq!(order(Task::def(), &file.rows), [1, 0]);
    }

    #[test]
    fn chunks_are_full() {
        let text = format!("title\n{}", "One\n".repeat(2500));
        let file = rows::read(Task::def(), text.as_bytes()).unwrap();

        let sizes: Vec<usize> = chunks(Task::def(), &file.rows).iter().map(Vec::len).collect();

        assert_eq!(sizes, [1000, 1000, 500]);
    }
}
