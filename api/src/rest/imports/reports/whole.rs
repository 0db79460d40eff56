//! Reports as files: rows or errors, each in a line, written while they are read.

use futures_util::{
    StreamExt,
    future::BoxFuture,
    stream::{iter, try_unfold},
};
use kernel::Ctx;
use uuid::Uuid;

use crate::{
    domain::exchange::{
        columns::Cell,
        imports::{ImportError, ImportRow, Report},
        print::{Object, Table},
    },
    rest::exports::{Begins, Begun, Pages},
};

/// What is told of each error.
const COLUMNS: [&str; 11] =
    ["row", "line", "table", "kind", "column", "pointer", "code", "severity", "value", "message", "hint"];

/// What a line tells.
#[derive(Clone, Copy)]
pub(super) enum Line {
    /// A row, as JSON.
    Row,
    /// An error, as JSON.
    Error,
    /// An error, as cells with this separator; for Excel or not.
    Cells(u8, bool),
}

/// All rows of an import with these results.
pub(super) struct Whole {
    pub(super) id: Uuid,
    pub(super) result: Option<String>,
    pub(super) line: Line,
}

impl Begins for Whole {
    fn begin<'a>(&'a self, snapshot: &'a Ctx) -> BoxFuture<'a, kernel::Result<Begun>> {
        Box::pin(async move {
            let report = Report::begin(snapshot.clone(), self.id, self.result.as_deref()).await?;
            Ok(Begun::Parts(self.line.pages(report)))
        })
    }
}

impl Line {
    fn pages(self, report: Report) -> Pages {
        let rest = try_unfold(report, move |mut report| async move {
            let rows = report.next().await?;
            let mut bytes = Vec::new();
            for row in &rows {
                self.write(row, &mut bytes)?;
            }
            Ok((!rows.is_empty()).then_some(((bytes, rows.len()), report)))
        });
        iter([Ok((self.head(), 0))]).chain(rest).boxed()
    }

    fn head(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let Some(table) = self.table() {
            table.names(COLUMNS.into_iter(), &mut bytes);
        }
        bytes
    }

    fn table(self) -> Option<Table> {
        match self {
            Self::Cells(separator, is_for_excel) => {
                Some(Table { columns: Vec::new(), separator, is_for_excel })
            }
            Self::Row | Self::Error => None,
        }
    }

    fn write(self, row: &ImportRow, to: &mut Vec<u8>) -> kernel::Result<()> {
        if let Self::Row = self {
            serde_json::to_writer(&mut *to, row)?;
            to.push(b'\n');
            return Ok(());
        }
        let table = self.table();
        for error in &row.errors {
            let cells = cells(row, error);
            if let Some(table) = &table {
                table.line(cells.into_iter(), to);
            } else {
                serde_json::to_writer(&mut *to, &Object(COLUMNS.into_iter().zip(cells).collect()))?;
                to.push(b'\n');
            }
        }
        Ok(())
    }
}

/// What is told of an error, as [`COLUMNS`] say.
fn cells<'a>(row: &'a ImportRow, error: &'a ImportError) -> [Cell<'a>; 11] {
    let number = |given: Option<i64>| given.map_or(Cell::Empty, Cell::Number);
    let text = |given: Option<&'a str>| given.map_or(Cell::Empty, |text| Cell::Text(text.into()));
    [
        number(row.row.map(i64::from)),
        number(row.line),
        text(row.table.as_deref()),
        text(Some(&row.kind)),
        text(error.column.as_deref()),
        text(error.pointer.as_deref()),
        text(Some(&error.code)),
        text(Some(&error.severity)),
        text(error.value.as_deref()),
        text(Some(&error.message)),
        text(Some(&error.hint)),
    ]
}
