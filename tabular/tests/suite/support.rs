//! Reads files of bytes into lists that tests can look at.

use std::io::Cursor;
use std::ops::ControlFlow;

use tabular::{Cell, Cells, Fault, FaultCode, Found, Item, Options, Row, RowFaultCode};

/// Everything a file gave.
pub struct Got {
    pub found: Found,
    pub items: Vec<Item>,
}

pub fn read_with(bytes: &[u8], options: Options) -> Result<Got, Fault> {
    let mut items = Vec::new();
    let found = tabular::read(Cursor::new(bytes), &options, &mut |item| {
        items.push(item);
        ControlFlow::Continue(())
    })?;
    let got = Got { found, items };
    assert_eq!(got.found.rows, u64::try_from(got.rows().len()).expect("a number"));
    Ok(got)
}

pub fn read(bytes: impl AsRef<[u8]>) -> Got {
    read_with(bytes.as_ref(), Options::default()).expect("a readable file")
}

/// A file that `tests/files/make.py` made.
pub fn file(name: &str) -> Got {
    let path = format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"));
    read(std::fs::read(path).expect("a file made by make.py"))
}

pub fn code(bytes: impl AsRef<[u8]>) -> FaultCode {
    fault(bytes.as_ref(), Options::default()).code
}

pub fn fault(bytes: &[u8], options: Options) -> Fault {
    read_with(bytes, options).err().expect("a fault")
}

impl Got {
    pub fn rows(&self) -> Vec<&Row> {
        self.items
            .iter()
            .filter_map(|item| if let Item::Row(row) = item { Some(row) } else { None })
            .collect()
    }

    pub fn lines(&self) -> Vec<u64> {
        self.rows().iter().map(|row| row.line).collect()
    }

    /// The rows as text: cells parted by `|`, members as JSON, faults by their codes.
    pub fn shown(&self) -> Vec<String> {
        self.items.iter().map(show).collect()
    }

    pub fn faults(&self) -> Vec<RowFaultCode> {
        self.rows().iter().flat_map(|row| codes(&row.cells)).collect()
    }
}

fn codes(cells: &Cells) -> Vec<RowFaultCode> {
    match cells {
        Cells::Bad(bad) => bad.faults.iter().map(|fault| fault.code).collect(),
        Cells::Cells(cells) => cells
            .iter()
            .filter_map(|cell| if let Cell::Bad(fault) = cell { Some(fault.code) } else { None })
            .collect(),
        Cells::Members(_) => Vec::new(),
    }
}

fn show(item: &Item) -> String {
    match item {
        Item::Table { name, .. } => format!("[{}]", name.as_deref().unwrap_or_default()),
        Item::Row(row) => match &row.cells {
            Cells::Members(members) => serde_json::to_string(members).expect("JSON"),
            Cells::Bad(_) => format!("{:?}", codes(&row.cells)),
            Cells::Cells(cells) => cells.iter().map(show_cell).collect::<Vec<_>>().join("|"),
        },
    }
}

fn show_cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Bool(truth) => truth.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Time(time) => time.to_string(),
        Cell::Bad(fault) => format!("!{:?}", fault.code),
    }
}
