//! Markdown tables.

use std::fmt::Write as _;

/// A Markdown table under construction.
#[derive(Debug)]
pub struct Table(String);

impl Table {
    /// A table with these columns.
    #[must_use]
    pub fn new(columns: &[&str]) -> Self {
        let mut table = Self(String::new());
        table.row(columns);
        table.row(&vec!["---"; columns.len()]);
        table
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) {
        for cell in cells {
            // Writing to a `String` does not fail.
            let _ = write!(self.0, "| {} ", cell.as_ref());
        }
        self.0.push_str("|\n");
    }

    /// The table as text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}
