//! The line that names the columns of a table.

use kernel::{Code, KindDef};
use serde_json::Value as Json;
use tabular::Cell;

use super::{
    cells::{self, Form},
    columns::{Column, Mapped, Role, understood, unknown},
    fault::{self, RowFault},
    shown,
    spool::Table,
};

/// A name in the line of names; or what is wrong with it, where it cannot be read.
pub(super) type Name = Result<String, RowFault>;

/// The names in the line of names; all of them, where none is there.
pub(super) fn names(cells: &[Cell]) -> Vec<Name> {
    let name = |(at, cell): (usize, &Cell)| {
        if let Cell::Bad(bad) = cell {
            let text = format!("the name of column {} cannot be read: {}", at + 1, bad.text);
            return Err(RowFault::new(Some(&format!("{}", at + 1)), fault::code(bad.code), text));
        }
        match cells::read(Form::Text, cell) {
            Some(Json::String(name)) => Ok(name.trim().to_owned()),
            _ => Ok(String::new()),
        }
    };
    let mut names: Vec<Name> = cells.iter().enumerate().map(name).collect();
    // Programs write separators behind the last column.
    if let Some(last) = names.iter().rposition(|name| *name != Ok(String::new())) {
        names.truncate(last + 1);
    }
    names
}

/// What is said of a first column without a name.
const INDEX: &str = "; if it is the index that pandas writes, write the file with `index=False`";

/// Makes columns of a header.
///
/// # Errors
/// Every name that cannot be read, is unknown or stands there twice.
pub(super) fn columns(
    def: &KindDef,
    header: &[Name],
    mapped: Option<&Mapped>,
) -> Result<Vec<Column>, Vec<RowFault>> {
    let mut found: Vec<Column> = Vec::new();
    let mut faults = Vec::new();
    let has_names = header.iter().any(|name| name.as_ref().is_ok_and(|name| !name.is_empty()));
    let leaves_out = has_names && mapped.is_some_and(|(mapping, _)| mapping.leaves_out_others);
    for (at, name) in header.iter().enumerate() {
        let name = match name {
            Ok(name) => name.as_str(),
            Err(fault) => {
                faults.push(fault.clone());
                continue;
            }
        };
        let place = format!("{}", at + 1);
        let mut fault = |column: &str, code, text: String| {
            faults.push(RowFault::new(Some(column), code, text));
        };
        let is_there = |field: &str| {
            let same = |known: &Column| known.field == field && known.role != Role::Own;
            found.iter().any(same) || found.iter().any(|known| known.name == name && known.role == Role::Own)
        };
        match understood(def, name, mapped).filter(|column| !leaves_out || !is_there(&column.field)) {
            _ if name.is_empty() && !leaves_out => {
                let index = if at == 0 && has_names { INDEX } else { "" };
                fault(&place, Code::Required, format!("column {place} has no name{index}"));
            }
            Some(column) if is_there(&column.field) => {
                fault(
                    name,
                    Code::NotUnique,
                    format!("the column stands there twice{}", other(&found, &column)),
                );
            }
            Some(column) => found.push(column),
            None if leaves_out => found.push(Column::apart(name, Form::Text, Role::Own)),
            None => fault(name, Code::UnknownMember, unknown(def, name)),
        }
    }
    shown::leave(def, &mut found);
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// The table that begins with these columns, and the places of those without a name, which the mapping leaves out.
pub(super) fn table(name: Option<String>, def: &'static KindDef, columns: &[Column]) -> (Table, Vec<usize>) {
    let (mut table, mut unnamed) = (Table::new(name, def), Vec::new());
    for (at, column) in columns.iter().enumerate() {
        match column.role {
            Role::Told => table.tell(&column.name),
            Role::Own if column.name.is_empty() => unnamed.push(at),
            Role::Own if !column.field.starts_with("x_") => table.left_out.push(column.name.clone()),
            _ => {}
        }
        table.columns.push((column.field.clone(), column.name.clone()));
    }
    (table, unnamed)
}

/// The column that holds the same field under another name, to be told.
fn other(found: &[Column], column: &Column) -> String {
    let other = found.iter().find(|known| known.field == column.field && known.name != column.name);
    other.map_or_else(String::new, |other| format!(": `{}` holds `{}` already", other.name, column.field))
}

#[cfg(test)]
mod tests {
    use entity::{Action, Task};

    use super::*;
    use crate::domain::Registered;

    fn read(def: &KindDef, names: &[&str]) -> Result<Vec<Column>, Vec<RowFault>> {
        columns(def, &names.iter().map(|name| Ok((*name).to_owned())).collect::<Vec<_>>(), None)
    }

    #[test]
    fn names_are_those_of_the_api() {
        let names = ["title", "due_on", "title@ru", "contributing_agencies", "progress_percent", "x_mine"];

        let found = read(Task::def(), &names).unwrap();

        assert_eq!(
            found.iter().map(|column| column.form).collect::<Vec<_>>(),
            [Form::Text, Form::Text, Form::Text, Form::List, Form::Number, Form::Text]
        );
        assert_eq!(found[2].path, ["translations", "ru", "title"]);
        assert_eq!(found[5].role, Role::Own);
        assert_eq!(read(Action::def(), &["cost.amount"]).unwrap()[0].path, ["cost", "amount"]);
        assert_eq!(read(Task::def(), &["origin.id"]).unwrap()[0].path, ["origin", "id"]);
        assert_eq!(read(Task::def(), &["shared_with.agencies"]).unwrap()[0].form, Form::List);
    }

    #[test]
    fn names_that_cannot_be_read_are_told_with_the_others() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let header = |row: &[u8]| {
            let mut cells = Vec::new();
            tabular::read(std::io::Cursor::new(row), &tabular::Options::default(), &mut |item| {
                if let tabular::Item::Row(tabular::Row { cells: tabular::Cells::Cells(row), .. }) = item {
                    cells = row;
                }
                std::ops::ControlFlow::Continue(())
            })
            .unwrap();
            columns(Task::def(), &names(&cells), None).map(|columns| columns.len()).map_err(|faults| {
                let told =
                    |fault: &RowFault| format!("{} {}", fault.column.as_deref().unwrap(), fault.code.name());
                faults.iter().map(told).collect::<Vec<_>>()
            })
        };

        assert_eq!(header(b"title,owner,,\n"), Ok(2));
        assert_eq!(
            header(b" , , ,\n").unwrap_err(),
            ["1 required", "2 required", "3 required", "4 required"]
        );
        assert_eq!(
            header(b"\"title\"x,titel,ow\0ner,\n").unwrap_err(),
            ["1 bad_format", "titel unknown_member", "3 null_character"]
        );
        let index = columns(Task::def(), &names(&[Cell::Empty, text("title")]), None).unwrap_err();
        assert!(index[0].text.contains("index=False"), "{index:?}");
    }

    #[test]
    fn unknown_names_get_the_nearest_one() {
        let faults = read(Task::def(), &["titel", "dou", "titel@ru", "title", "title", ""]).unwrap_err();
        let told = |at: usize| (faults[at].column.as_deref(), faults[at].text.as_str());

        assert_eq!(faults.len(), 5, "{faults:?}");
        assert!(matches!(told(0), (Some("titel"), text) if text.contains("`title`")), "{faults:?}");
        assert!(told(2).1.contains("`title@ru`"), "{faults:?}");
        assert!(told(3).1.contains("twice") && told(4).0 == Some("6"), "{faults:?}");
    }

    #[test]
    fn what_exports_say_besides_is_left_alone() {
        let names = ["id", "version", "created_at", "status.label", "lead_agency.name", "shown_in", "title"];

        let roles: Vec<Role> = read(Task::def(), &names).unwrap().iter().map(|column| column.role).collect();

        assert_eq!(roles[..2], [Role::Address, Role::Address]);
        assert!(roles[2..].iter().all(|role| *role == Role::Told), "{roles:?}");
    }
}
