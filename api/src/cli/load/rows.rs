//! Rows as operations, and what can be said of them before the database is asked.

use std::collections::HashMap;

use kernel::{
    Code, KindDef,
    record::{Expected, Op},
    spelling,
};
use serde_json::{Map, Value as Json};

use super::{
    cells,
    columns::{Column, columns},
    fault::Fault,
    table::{self, Line},
};

/// One row that can be judged.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Physical line it begins on.
    pub(super) line: usize,
    /// What it does.
    pub(super) op: Op,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// Names of its columns.
    pub(super) names: Vec<String>,
    /// The rows that can be judged.
    pub(super) rows: Vec<Row>,
    /// What is wrong with the others, one fault or more each.
    pub(super) faults: Vec<Fault>,
}

/// Reads a file of records of one kind.
///
/// # Errors
/// What is wrong with the header, all of it.
pub(super) fn read(def: &KindDef, bytes: &[u8]) -> Result<File, Vec<Fault>> {
    let mut lines = table::read(bytes).map_err(|fault| vec![fault])?.into_iter();
    let none = || vec![Fault::new(1, None, Code::Required, "the file has no line with names of columns")];
    let header = lines.next().ok_or_else(none)?;
    let no_text = || {
        let text = "the names of the columns are not UTF-8; save the file as UTF-8";
        vec![Fault::new(header.number, None, Code::BadFormat, text)]
    };
    let names: Vec<String> = header.cells.iter().cloned().collect::<Option<_>>().ok_or_else(no_text)?;
    let columns = columns(def, &names, header.number)?;

    let mut file = File {
        names: columns.iter().map(|column| column.name.clone()).collect(),
        rows: Vec::new(),
        faults: Vec::new(),
    };
    let mut keys = HashMap::new();
    for line in lines {
        match fields(&columns, &line).and_then(|fields| row(line.number, fields, &mut keys)) {
            Ok(row) => file.rows.push(row),
            Err(faults) => file.faults.extend(faults),
        }
    }
    Ok(file)
}

/// The members of one record.
fn fields(columns: &[Column], line: &Line) -> Result<Map<String, Json>, Vec<Fault>> {
    let (has, needs) = (line.cells.len(), columns.len());
    if has != needs {
        let text = format!("the row has {has} cells, the first line {needs}");
        return Err(vec![Fault::new(line.number, None, Code::BadFormat, text)]);
    }
    let mut fields = Map::new();
    let mut faults = Vec::new();
    for (column, cell) in columns.iter().zip(&line.cells).filter(|(column, _)| !column.path.is_empty()) {
        match cell {
            None => {
                let text = "the cell is not UTF-8; save the file as UTF-8";
                faults.push(Fault::new(line.number, Some(&column.name), Code::BadFormat, text));
            }
            Some(cell) => {
                if let Some(value) = cells::json(column.form, cell) {
                    cells::put(&mut fields, &column.path, value);
                }
            }
        }
    }
    if faults.is_empty() { Ok(fields) } else { Err(faults) }
}

/// Lines by owner and external key.
type Keys = HashMap<(String, String, String), usize>;

fn row(line: usize, mut fields: Map<String, Json>, keys: &mut Keys) -> Result<Row, Vec<Fault>> {
    let text = |name| fields.get(name).and_then(Json::as_str).map(spelling::key);
    let (Some(source_system), Some(external_key)) = (text("source_system"), text("external_key")) else {
        return Ok(Row { line, op: Op::Create(fields) });
    };
    let owner = text("owner").unwrap_or_default();
    if let Some(first) = keys.insert((owner, source_system.clone(), external_key.clone()), line) {
        let text = format!("line {first} has the same `source_system` and `external_key`");
        return Err(vec![Fault::new(line, Some("external_key"), Code::DuplicateItem, text)]);
    }
    fields.remove("source_system");
    fields.remove("external_key");
    Ok(Row { line, op: Op::Upsert { source_system, external_key, expected: Expected::Anything, fields } })
}

#[cfg(test)]
mod tests {
    use entity::Task;

    use super::*;
    use crate::domain::Registered;

    #[test]
    fn rows_with_a_key_are_upserts() {
        let text = "title,owner,source_system,external_key\nOne,KGZ,,\nTwo,KGZ,crm,7\nThree,KGZ,crm,\n";

        let file = read(Task::def(), text.as_bytes()).unwrap();

        assert!(file.faults.is_empty());
        assert!(matches!(&file.rows[0].op, Op::Create(fields) if fields.len() == 2));
        assert!(matches!(&file.rows[1].op, Op::Upsert { external_key, .. } if external_key == "7"));
        assert!(matches!(&file.rows[2].op, Op::Create(fields) if fields.contains_key("source_system")));
    }

    #[test]
    fn rows_that_cannot_be_judged_are_told_with_their_line() {
        let text = b"title,source_system,external_key\nOne,crm,1\nTwo\n\xff,crm,2\nAgain,crm,1\n";

        let file = read(Task::def(), text).unwrap();

        let places: Vec<_> = file.faults.iter().map(|f| (f.line, f.column.as_deref(), f.code)).collect();
        assert_eq!(file.rows.len(), 1);
        assert_eq!(
            places,
            [
                (3, None, Code::BadFormat),
                (4, Some("title"), Code::BadFormat),
                (5, Some("external_key"), Code::DuplicateItem)
            ]
        );
    }
}
