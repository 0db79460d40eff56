//! Keeps a row of separated text as it stands in the file.

/// The cells of the row that is read, with their quotes, as far as they are wanted and not too long together.
pub(crate) struct Raw {
    most: usize,
    bytes: usize,
    cells: Vec<Vec<u8>>,
    cell: Vec<u8>,
}

impl Raw {
    /// Begins with no cell; with a limit of 0 nothing is kept.
    pub fn new(most: usize) -> Self {
        Self { most, bytes: 0, cells: Vec::new(), cell: Vec::new() }
    }

    /// Adds to the cell that is read.
    pub fn note(&mut self, text: &[u8]) {
        if self.most == 0 {
            return;
        }
        self.bytes = self.bytes.saturating_add(text.len());
        if self.bytes <= self.most {
            self.cell.extend_from_slice(text);
        } else {
            (self.cells, self.cell) = (Vec::new(), Vec::new());
        }
    }

    /// Ends a cell.
    pub fn end_cell(&mut self) {
        if self.most > 0 && self.bytes <= self.most {
            self.cells.push(std::mem::take(&mut self.cell));
        }
    }

    /// Ends the row; answers it where it was kept.
    pub fn take(&mut self) -> Option<Vec<Vec<u8>>> {
        let is_kept = self.most > 0 && self.bytes <= self.most;
        (self.bytes, self.cell) = (0, Vec::new());
        let cells = std::mem::take(&mut self.cells);
        is_kept.then_some(cells)
    }
}
