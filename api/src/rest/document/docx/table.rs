//! Tables of a file.

use docx_rs::{
    AlignmentType, Paragraph, Run, Shading, TableBorder, TableBorderPosition, TableBorders, TableCell,
    TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType,
};

use super::{SOFT, parts::clean};

/// Lines between cells.
const LINE: &str = "B9C6D2";
/// Ground of heads.
const WASH: &str = "EEF3F7";
/// Size of what stands in cells, in half points.
const SIZE: usize = 16;

/// A cell, as it is put together.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    lines: Vec<(String, bool)>,
    fill: Option<String>,
    is_soft: bool,
    is_centred: bool,
    spans: usize,
}

/// A cell with a text.
pub(super) fn plain(text: &str) -> Cell {
    Cell::default().and(text)
}

impl Cell {
    /// One more line.
    pub(super) fn and(mut self, text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        self.lines.extend(lines.map(|line| (clean(line), false)));
        self
    }

    /// One more line that stands out.
    pub(super) fn strong(mut self, text: &str) -> Self {
        self.lines.push((clean(text), true));
        self
    }

    /// The cell in a paler colour.
    pub(super) const fn soft(mut self) -> Self {
        self.is_soft = true;
        self
    }

    /// The cell with its text in the middle.
    pub(super) const fn centred(mut self) -> Self {
        self.is_centred = true;
        self
    }

    /// The cell on a ground.
    pub(super) fn on(mut self, fill: &str) -> Self {
        self.fill = Some(fill.trim_start_matches('#').to_owned());
        self
    }

    /// The cell over several columns.
    pub(super) const fn over(mut self, columns: usize) -> Self {
        self.spans = columns;
        self
    }

    fn done(self, (width, size): (usize, usize)) -> TableCell {
        let mut cell = TableCell::new().width(width, WidthType::Dxa).vertical_align(VAlignType::Top);
        if self.spans > 1 {
            cell = cell.grid_span(self.spans);
        }
        if let Some(fill) = self.fill {
            cell = cell.shading(Shading::new().fill(fill));
        }
        // A cell without a paragraph is none; the crate puts an empty one.
        for (text, is_strong) in self.lines {
            let mut run = Run::new().add_text(text).size(size);
            if is_strong {
                run = run.bold();
            }
            if self.is_soft {
                run = run.color(SOFT);
            }
            let mut line = Paragraph::new().add_run(run);
            if self.is_centred {
                line = line.align(AlignmentType::Center);
            }
            cell = cell.add_paragraph(line);
        }
        cell
    }
}

/// A table, as it is put together.
pub(super) struct Table {
    widths: Vec<usize>,
    rows: Vec<TableRow>,
    size: usize,
}

impl Table {
    /// A table with columns of these shares of a width.
    pub(super) fn new(shares: &[usize], width: usize) -> Self {
        let all: usize = shares.iter().sum::<usize>().max(1);
        Self {
            widths: shares.iter().map(|share| width * share / all).collect(),
            rows: Vec::new(),
            size: SIZE,
        }
    }

    /// The table with texts of this size, in half points.
    pub(super) const fn sized(mut self, size: usize) -> Self {
        self.size = size;
        self
    }

    /// A head, which stands above the table on each page.
    pub(super) fn head(&mut self, names: &[&str]) {
        let cells = names.iter().map(|name| Cell::default().strong(name).on(WASH)).collect();
        let row = self.cells(cells);
        self.rows.push(TableRow::new(row).cant_split());
    }

    /// A row.
    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        let row = self.cells(cells);
        self.rows.push(TableRow::new(row));
    }

    fn cells(&self, cells: Vec<Cell>) -> Vec<TableCell> {
        let mut at = 0;
        let mut made = Vec::with_capacity(cells.len());
        for cell in cells {
            let columns = cell.spans.max(1);
            let width = self.widths.iter().skip(at).take(columns).sum();
            made.push(cell.done((width, self.size)));
            at += columns;
        }
        made
    }

    pub(super) fn done(self) -> docx_rs::Table {
        use TableBorderPosition::{Bottom, InsideH, InsideV, Left, Right, Top};
        let line = |at| TableBorder::new(at).size(4).color(LINE);
        let all = [Top, Left, Bottom, Right, InsideH, InsideV];
        let borders = all.into_iter().fold(TableBorders::new(), |borders, at| borders.set(line(at)));
        let width = self.widths.iter().sum();
        let margins = TableCellMargins::new().margin(40, 80, 40, 80);
        docx_rs::Table::new(self.rows)
            .set_grid(self.widths)
            .width(width, WidthType::Dxa)
            .layout(TableLayoutType::Fixed)
            .set_borders(borders)
            .margins(margins)
    }
}
