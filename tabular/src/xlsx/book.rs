//! Reads which sheets a workbook has and where its parts are.

use std::collections::HashMap;
use std::io::{Read, Seek};

use super::broken;
use super::xml::{Piece, attribute, open};
use crate::fault::{Fault, FaultCode, Halt};
use crate::options::Limits;
use crate::zipped::Zip;

/// How many sheets or relations a workbook may have.
const ENTRIES: usize = 10_000;

/// Bytes of the names and paths of all of them.
const NAMES: usize = 4 << 20;

pub(super) struct Book {
    pub sheets: Vec<SheetEntry>,
    pub strings: Option<String>,
    pub styles: Option<String>,
    /// Days are counted from 1904 and not from 1900.
    pub from_1904: bool,
}

pub(super) struct SheetEntry {
    pub name: String,
    /// Where its cells are; none if it is no worksheet.
    pub path: Option<String>,
    pub hidden: bool,
}

struct Relation {
    kind: String,
    path: String,
}

/// Reads the workbook part and its relations.
pub(super) fn read<R: Read + Seek>(zip: &mut Zip<'_, R>, limits: Limits) -> Result<Book, Halt> {
    let package = relations(zip, "_rels/.rels", "", limits)?;
    let path = package.into_values().find(|relation| relation.kind == "officeDocument");
    let path = path.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.path);
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", &path));
    let relations = relations(zip, &format!("{folder}/_rels/{file}.rels"), folder, limits)?;

    let mut names = 0;
    let budget = zip.budget();
    let mut book = Book { sheets: Vec::new(), strings: None, styles: None, from_1904: false };
    let mut part =
        open(zip, &path, budget, limits)?.ok_or_else(|| broken(format!("the workbook has no {path}")))?;
    loop {
        match part.next()? {
            Piece::Start(start) if start.local_name().as_ref() == b"sheet" => {
                let relation = attribute(&start, "id").and_then(|id| relations.get(&id));
                let path = relation.filter(|relation| relation.kind == "worksheet");
                let name = attribute(&start, "name").unwrap_or_default();
                names += name.len();
                book.sheets.push(SheetEntry {
                    name,
                    path: path.map(|relation| relation.path.clone()),
                    hidden: attribute(&start, "state").is_some_and(|state| state != "visible"),
                });
                bounded(book.sheets.len(), names)?;
            }
            Piece::Start(start) if start.local_name().as_ref() == b"workbookPr" => {
                let given =
                    attribute(&start, "date1904").is_some_and(|value| value == "1" || value == "true");
                book.from_1904 |= given;
            }
            Piece::Eof => break,
            _ => {}
        }
    }
    for relation in relations.into_values() {
        match relation.kind.as_str() {
            "sharedStrings" => book.strings = Some(relation.path),
            "styles" => book.styles = Some(relation.path),
            _ => {}
        }
    }
    Ok(book)
}

/// Relations by id, with paths from the root of the zip.
fn relations<R: Read + Seek>(
    zip: &mut Zip<'_, R>,
    path: &str,
    folder: &str,
    limits: Limits,
) -> Result<HashMap<String, Relation>, Halt> {
    let mut found = HashMap::new();
    let mut names = 0;
    let budget = zip.budget();
    let Some(mut part) = open(zip, path, budget, limits)? else { return Ok(found) };
    loop {
        match part.next()? {
            Piece::Start(start) if start.local_name().as_ref() == b"Relationship" => {
                let value = |name| attribute(&start, name);
                if let (Some(id), Some(kind), Some(target)) = (value("Id"), value("Type"), value("Target")) {
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    names += id.len() + kind.len() + target.len();
                    found.insert(id, Relation { kind, path: resolved(folder, &target) });
                    bounded(found.len(), names)?;
                }
            }
            Piece::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// The target as seen from the root of the zip.
fn resolved(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            _ => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}

fn bounded(entries: usize, names: usize) -> Result<(), Halt> {
    if entries > ENTRIES || names > NAMES {
        let text = format!("the workbook has more than {ENTRIES} sheets or parts, or too long names of them");
        return Err(Fault::new(FaultCode::TooLarge, text).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn targets_are_seen_from_the_root() {
        assert_eq!(resolved("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("xl", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(resolved("xl/a", "../b.xml"), "xl/b.xml");
        assert_eq!(resolved("", "xl/workbook.xml"), "xl/workbook.xml");
    }
}
