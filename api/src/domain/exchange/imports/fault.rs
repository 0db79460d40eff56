//! What is wrong with a row, and how it is told.

use kernel::{
    Code, Error, Violation,
    input::{escape, unescape},
};
use serde::{Deserialize, Serialize};
use tabular::RowFaultCode;

use super::original;

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::domain) struct RowFault {
    /// Name of the column, where one is to blame.
    pub(in crate::domain) column: Option<String>,
    /// JSON Pointer into the record, where one is to blame.
    pub(in crate::domain) pointer: Option<String>,
    /// Code, as the API answers it.
    pub(in crate::domain) code: Code,
    /// What is wrong and what would be right.
    pub(in crate::domain) text: String,
    /// What stands there in the file, where the place does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::domain) value: Option<String>,
}

impl RowFault {
    pub(super) fn new(column: Option<&str>, code: Code, text: impl Into<String>) -> Self {
        Self { column: column.map(str::to_owned), pointer: None, code, text: text.into(), value: None }
    }

    /// What is wrong with a field, whatever its column is called.
    pub(super) fn at(field: &str, code: Code, text: impl Into<String>) -> Self {
        Self { pointer: Some(to(field)), ..Self::new(None, code, text) }
    }

    /// The same, of a place that has this text.
    pub(super) fn saying(self, text: &str) -> Self {
        Self { value: original::told(text), ..self }
    }

    /// One of a column whose values stand where the path leads.
    pub(super) fn within(
        column: &str,
        path: &[impl AsRef<str>],
        code: Code,
        text: impl Into<String>,
    ) -> Self {
        let pointer = path.iter().map(|one| to(one.as_ref())).collect();
        Self { pointer: Some(pointer), ..Self::new(Some(column), code, text) }
    }

    /// Everything an error says of a row; `names` are the columns of its table by field and name, none where rows are objects.
    pub(super) fn of(error: &Error, names: &[(String, String)]) -> Vec<Self> {
        let found = error.violations();
        if found.is_empty() {
            return vec![Self::new(None, error.code(), error.detail())];
        }
        let fault = |v: &Violation| {
            let text = match item(&v.pointer) {
                Some(number) => format!("item {number} of the list: {}", v.detail),
                None => v.detail.clone(),
            };
            let column = column(&v.pointer, names);
            Self { pointer: Some(v.pointer.clone()), ..Self::new(column.as_deref(), v.code, text) }
        };
        found.iter().map(fault).collect()
    }
}

/// The JSON Pointer to a member of the record.
pub(super) fn to(member: &str) -> String {
    format!("/{}", escape(member))
}

/// The code of what is wrong with a row or a cell.
pub(super) const fn code(of: RowFaultCode) -> Code {
    match of {
        RowFaultCode::CellTooLong | RowFaultCode::RowTooLong => Code::TooLong,
        RowFaultCode::Nul => Code::NullCharacter,
        RowFaultCode::NotJson => Code::MalformedJson,
        RowFaultCode::NotAnObject => Code::WrongType,
        RowFaultCode::DuplicateMember => Code::DuplicateMember,
        RowFaultCode::NotText
        | RowFaultCode::TextAfterQuote
        | RowFaultCode::ErrorValue
        | RowFaultCode::NoResult
        | RowFaultCode::BadValue => Code::BadFormat,
    }
}

/// The column a JSON Pointer into the record leads to.
pub(super) fn column(pointer: &str, names: &[(String, String)]) -> Option<String> {
    let of = field(pointer, names)?;
    let held = names.iter().find(|(field, _)| *field == of);
    Some(held.map_or(of, |(_, name)| name.clone()))
}

/// The field a JSON Pointer into the record leads to, as its column is called.
pub(super) fn field(pointer: &str, names: &[(String, String)]) -> Option<String> {
    let mut parts = pointer.split('/').skip(1).map(unescape);
    let member = parts.next().filter(|member| !member.is_empty())?;
    let mut fields = names.iter().map(|(field, _)| field);
    let Some(part) = parts.next() else {
        // Of a small object what names the record, else its first part.
        let parts =
            || fields.clone().filter(|field| field.split_once('.').is_some_and(|(of, _)| *of == member));
        let is_id = |field: &&String| field.rsplit_once('.').is_some_and(|(_, part)| part == "id");
        let one = parts().find(is_id).or_else(|| parts().next());
        let whole = fields.clone().find(|field| **field == member);
        return Some(whole.or(one).cloned().unwrap_or(member));
    };
    let translated = parts.next().filter(|_| member == "translations");
    let name = translated.map_or_else(|| format!("{member}.{part}"), |field| format!("{field}@{part}"));
    // A bad tag is reported without a field: any column with that tag shows it.
    if fields.clone().any(|field| *field == name) {
        return Some(name);
    }
    let tagged = fields.find(|field| member == "translations" && field.ends_with(&format!("@{part}")));
    Some(tagged.cloned().unwrap_or(member))
}

/// Number of the item of a list that a pointer leads to, from 1.
fn item(pointer: &str) -> Option<usize> {
    pointer.rsplit('/').next()?.parse::<usize>().ok()?.checked_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_lead_to_pointers() {
        let fault = RowFault::within("Name", &["translations", "a/b~", "title"], Code::BadFormat, "bad");

        assert_eq!(fault.pointer.as_deref(), Some("/translations/a~1b~0/title"));
        assert_eq!(fault.column.as_deref(), Some("Name"));
    }

    #[test]
    fn pointers_lead_to_columns() {
        let names = ["title", "title@ru", "shared_with.agencies", "cost"]
            .map(|name| (name.to_owned(), name.to_owned()));
        let leads = |pointer| column(pointer, &names);

        assert_eq!(leads("/title").as_deref(), Some("title"));
        assert_eq!(leads("/contributing_agencies/1").as_deref(), Some("contributing_agencies"));
        assert_eq!(leads("/translations/ru/title").as_deref(), Some("title@ru"));
        assert_eq!(leads("/translations/ru").as_deref(), Some("title@ru"));
        assert_eq!(leads("/shared_with/agencies/0").as_deref(), Some("shared_with.agencies"));
        assert_eq!(leads("/cost/amount").as_deref(), Some("cost"));
        assert_eq!(leads("/km~1h").as_deref(), Some("km/h"));
        assert_eq!(leads("/shared_with").as_deref(), Some("shared_with.agencies"));
        assert_eq!(leads(""), None);
        let of_file = [("due_on".to_owned(), "Срок".to_owned())];
        assert_eq!(column("/due_on", &of_file).as_deref(), Some("Срок"));
        assert_eq!((item("/title"), item("/contributing_agencies/1")), (None, Some(2)));
    }
}
