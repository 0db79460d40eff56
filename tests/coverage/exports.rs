//! Exports: in every form whoever exports a list gets what it may read of it, and nothing else.

use std::collections::BTreeSet;

use kernel::KindDef;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Caller, Faults};
use crate::{exports::Book, policy_matrix::permitted, support::client::Answer};

/// What reads the ids in a file.
type Reader = fn(&Answer) -> BTreeSet<Uuid>;

/// Ids in the lines of an answer of NDJSON.
fn of_lines(answer: &Answer) -> BTreeSet<Uuid> {
    let lines = answer.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let records = lines.map(|line| serde_json::from_slice::<Json>(line).expect("a line of JSON"));
    records.map(|record| record["id"].as_str().expect("an id").parse().expect("a uuid")).collect()
}

/// Ids in the first column of an answer of CSV.
fn of_table(answer: &Answer) -> BTreeSet<Uuid> {
    let mut reader = csv::Reader::from_reader(answer.bytes.as_slice());
    let rows = reader.records().map(|row| row.expect("a record"));
    rows.map(|row| row[0].parse().expect("a uuid")).collect()
}

/// Ids in the first column of a workbook.
fn of_book(answer: &Answer) -> BTreeSet<Uuid> {
    let cells = Book::of(answer).sheets.remove(0).1;
    let ids = cells.rows().skip(1).map(|row| row[0].to_string());
    ids.map(|id| id.parse().expect("a uuid")).collect()
}

/// Exports the list of a kind in each form.
pub(super) async fn exports(caller: &Caller<'_>, def: &'static KindDef) -> Faults {
    let allowed = permitted(caller.stage.app, &caller.actor, def).await;
    let mut faults = Faults::new();
    let forms: [(&str, Reader); 3] = [("ndjson", of_lines), ("csv", of_table), ("xlsx", of_book)];
    for (form, ids) in forms {
        let answer = caller.client.get(&format!("/{}.{form}", def.collection)).await;
        let what = format!("export {} as {form}", def.name);
        faults.extend(caller.expect(&what, answer.status, 200, &answer));
        let shown = if answer.status == 200 { ids(&answer) } else { BTreeSet::new() };
        if shown != allowed {
            faults.push(format!("{} {what}: {shown:?}, not {allowed:?}", caller.name));
        }
    }
    faults
}
