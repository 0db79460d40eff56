//! Lines of the CSV files and their cells in wire form.

use std::sync::Arc;

use chrono::NaiveDate;
use csv::StringRecord;
use kernel::{Error, Result};
use serde_json::{Map, Value as Json, json};

/// One line of a CSV file with a head.
#[derive(Debug)]
pub(super) struct Line {
    file: &'static str,
    head: Arc<StringRecord>,
    cells: StringRecord,
}

/// Reads the lines of a CSV file.
///
/// # Errors
/// `Internal` when the text is no CSV.
pub(super) fn lines(file: &'static str, text: &str) -> Result<Vec<Line>> {
    let broken = |error: csv::Error| Error::Internal(format!("{file} cannot be read: {error}"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = Arc::new(reader.headers().map_err(broken)?.clone());
    let line = |cells| Line { file, head: Arc::clone(&head), cells };
    reader.records().map(|cells| cells.map(line).map_err(broken)).collect()
}

impl Line {
    /// The text of a cell; empty means nobody was sure.
    pub(super) fn text(&self, column: &str) -> Result<&str> {
        let at = self.head.iter().position(|name| name == column);
        let cell = at.and_then(|at| self.cells.get(at));
        cell.ok_or_else(|| Error::Internal(format!("{} has no column `{column}`", self.file)))
    }

    /// The text of a cell; null when it is empty.
    pub(super) fn given(&self, column: &str) -> Result<Json> {
        let text = self.text(column)?;
        Ok(if text.is_empty() { Json::Null } else { json!(text) })
    }

    /// The values of a cell that holds a list.
    pub(super) fn list(&self, column: &str) -> Result<Vec<&str>> {
        Ok(self.text(column)?.split(';').filter(|value| !value.is_empty()).collect())
    }

    /// Whether a cell says `true`.
    pub(super) fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.text(column)? == "true")
    }

    /// First day and precision of a date that may be reduced to a month or a year (ISO 8601).
    pub(super) fn period(&self, column: &str) -> Result<(Json, Json)> {
        let text = self.text(column)?;
        match first_day(text) {
            Some((day, precision)) => Ok((json!(day), json!(precision))),
            None if text.is_empty() => Ok((Json::Null, Json::Null)),
            None => Err(Error::Internal(format!("{}: `{text}` is not a date", self.file))),
        }
    }

    /// Translations of `field`, by the columns that hold them; null where a cell is empty.
    pub(super) fn translations(&self, field: &str, columns: &[(&str, &str)]) -> Result<Map<String, Json>> {
        columns
            .iter()
            .map(|(tag, column)| Ok(((*tag).to_owned(), json!({ field: self.given(column)? }))))
            .collect()
    }
}

/// The first day of a period and how exact the date is.
fn first_day(text: &str) -> Option<(NaiveDate, &'static str)> {
    let (day, precision) = match text.len() {
        10 => (text.to_owned(), "day"),
        7 => (format!("{text}-01"), "month"),
        4 => (format!("{text}-01-01"), "year"),
        _ => return None,
    };
    Some((day.parse().ok()?, precision))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::lines;

    #[test]
    fn reduced_dates_become_the_first_day_and_say_so() {
        let rows = lines("t", "on\n2025-09-03\n2025-09\n2004\n\"\"\nsoon\n").unwrap();
        let periods: Vec<_> = rows.iter().map(|line| line.period("on").ok()).collect();

        let day = |day: &str, precision: &str| Some((json!(day), json!(precision)));
        assert_eq!(
            periods,
            [
                day("2025-09-03", "day"),
                day("2025-09-01", "month"),
                day("2004-01-01", "year"),
                Some((Json::Null, Json::Null)),
                None,
            ]
        );
    }

    #[test]
    fn cells_are_lists_flags_and_nulls() {
        let rows = lines("t", "a,b,c\nC;B,true,\n").unwrap();
        let line = rows.first().unwrap();

        assert_eq!(line.list("a").unwrap(), ["C", "B"]);
        assert_eq!(line.list("c").unwrap(), Vec::<&str>::new());
        assert!(line.flag("b").unwrap());
        assert_eq!(line.given("c").unwrap(), Json::Null);
        assert!(line.text("d").is_err());
    }
}
