//! What is wrong with a row, and how it is told.

use kernel::{Code, Error, Violation};

use crate::cli::failure::Failure;

/// One thing that is wrong, with its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Physical line the row begins on, from 1.
    pub(super) line: usize,
    /// Name of the column, where one is to blame.
    pub(super) column: Option<String>,
    /// Code, as the API answers it.
    pub(super) code: Code,
    /// What is wrong and what would be right.
    pub(super) text: String,
}

impl Fault {
    pub(super) fn new(line: usize, column: Option<&str>, code: Code, text: impl Into<String>) -> Self {
        Self { line, column: column.map(str::to_owned), code, text: text.into() }
    }

    /// Everything an error says of a row; `names` are the columns of the file.
    pub(super) fn of(line: usize, error: &Error, names: &[&str]) -> Vec<Self> {
        let found = error.violations();
        if found.is_empty() {
            return vec![Self::new(line, None, error.code(), error.detail())];
        }
        let fault = |v: &Violation| {
            let text = match item(&v.pointer) {
                Some(number) => format!("item {number} of the list: {}", v.detail),
                None => v.detail.clone(),
            };
            Self::new(line, column(&v.pointer, names).as_deref(), v.code, text)
        };
        found.iter().map(fault).collect()
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}: {}", self.code.name(), self.text)
    }
}

/// The column a JSON Pointer into the record leads to.
fn column(pointer: &str, names: &[&str]) -> Option<String> {
    let mut parts = pointer.split('/').skip(1);
    let member = parts.next().filter(|member| !member.is_empty())?;
    let Some(part) = parts.next() else { return Some(member.to_owned()) };
    let translated = parts.next().filter(|_| member == "translations");
    let name = translated.map_or_else(|| format!("{member}.{part}"), |field| format!("{field}@{part}"));
    // A bad tag is reported without a field: any column with that tag shows it.
    let tagged = names.iter().find(|name| member == "translations" && name.ends_with(&format!("@{part}")));
    if names.contains(&name.as_str()) {
        return Some(name);
    }
    Some(tagged.map_or(member, |name| name).to_owned())
}

/// Number of the item of a list that a pointer leads to, from 1.
fn item(pointer: &str) -> Option<usize> {
    pointer.rsplit('/').next()?.parse::<usize>().ok()?.checked_add(1)
}

/// The faults as lines, in the order of the file.
pub(super) fn lines(mut faults: Vec<Fault>) -> Vec<String> {
    faults.sort_by_key(|fault| fault.line);
    faults.iter().map(ToString::to_string).collect()
}

/// The failure of a file that cannot be judged row by row.
pub(super) fn failure(faults: Vec<Fault>) -> Failure {
    let mut lines = lines(faults);
    lines.push("the file cannot be loaded; nothing was written".into());
    Failure::findings(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_lead_to_columns() {
        let names = ["title", "title@ru", "shared_with.agencies", "cost"];
        let leads = |pointer| column(pointer, &names);

        assert_eq!(leads("/title").as_deref(), Some("title"));
        assert_eq!(leads("/contributing_agencies/1").as_deref(), Some("contributing_agencies"));
        assert_eq!(leads("/translations/ru/title").as_deref(), Some("title@ru"));
        assert_eq!(leads("/translations/ru").as_deref(), Some("title@ru"));
        assert_eq!(leads("/shared_with/agencies/0").as_deref(), Some("shared_with.agencies"));
        assert_eq!(leads("/cost/amount").as_deref(), Some("cost"));
        assert_eq!(leads(""), None);
        assert_eq!((item("/title"), item("/contributing_agencies/1")), (None, Some(2)));
    }

    #[test]
    fn faults_read_as_lines() {
        let fault = |line, column| Fault::new(line, column, Code::BadFormat, "must be a date");

        assert_eq!(
            lines(vec![fault(9, None), fault(2, Some("due_on"))]),
            ["line 2, column due_on: bad_format: must be a date", "line 9: bad_format: must be a date"]
        );
    }
}
