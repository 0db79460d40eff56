//! Forms in which one thing is answered, by name or by `Accept`.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::{Datelike, NaiveDate};
use kernel::{
    Code, Error,
    input::{did_you_mean, nearest},
};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, XlsxError};

use super::{document::html::POLICY, problem::Problem};
use crate::preference::Accept;

/// A form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// Its name in `format`.
    pub(super) name: &'static str,
    /// Its media type.
    pub(super) media: &'static str,
}

/// The form of tables as text.
pub(super) const CSV: Form = Form { name: "csv", media: "text/csv" };
/// The form of workbooks.
pub(super) const XLSX: Form =
    Form { name: "xlsx", media: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };
/// The form of programs, the first of every list.
pub(super) const JSON: Form = Form { name: "json", media: "application/json" };
/// The form of browsers.
pub(super) const HTML: Form = Form { name: "html", media: "text/html" };

/// One thing in one of its forms, as it is sent.
pub(super) struct Printed {
    /// Its media type, with parameters.
    pub(super) media: &'static str,
    /// The thing itself.
    pub(super) body: Vec<u8>,
    /// Its entity tag.
    pub(super) tag: String,
    /// Language of the texts, where it is one.
    pub(super) language: Option<String>,
    /// What a file of it is called.
    pub(super) file: String,
    /// Whether it is kept as a file, not shown.
    pub(super) is_attachment: bool,
}

impl IntoResponse for Printed {
    fn into_response(self) -> Response {
        let place = if self.is_attachment { "attachment" } else { "inline" };
        let is_page = self.media.starts_with("text/html");
        let texts = [
            (header::CONTENT_TYPE, Some(self.media.to_owned())),
            (header::ETAG, Some(self.tag)),
            (header::CONTENT_LANGUAGE, self.language),
            (header::CONTENT_DISPOSITION, Some(format!("{place}; filename=\"{}\"", self.file))),
            (header::CONTENT_SECURITY_POLICY, is_page.then(|| POLICY.to_owned())),
        ];
        let given =
            |(name, text): (HeaderName, Option<String>)| Some((name, HeaderValue::from_str(&text?).ok()?));
        let headers: HeaderMap = texts.into_iter().filter_map(given).collect();
        (headers, self.body).into_response()
    }
}

/// The properties of a workbook that was made on a day: with the same content it is the same file.
pub(super) fn made_on(day: NaiveDate) -> Result<DocProperties, XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or(2000);
    let [month, day] = [day.month(), day.day()].map(|number| u8::try_from(number).unwrap_or(1));
    Ok(DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(year, month, day)?))
}

/// The form that is wanted: the one with this name, else of those the caller takes the one it prefers, the first of equals.
pub(super) fn wanted(all: &[Form], name: Option<&str>, accept: &Accept<'_>) -> Result<Form, Problem> {
    match name.filter(|name| !name.is_empty()) {
        Some(name) => Ok(named(all, name)?),
        None => preferred(all, accept),
    }
}

fn named(all: &[Form], name: &str) -> Result<Form, Error> {
    all.iter().copied().find(|form| form.name == name).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|form| form.name).collect();
        let hint = did_you_mean(nearest(name, names.iter().copied()));
        let text = format!("`format` is one of {}{hint}", names.join(", "));
        Error::bad_request("?format", Code::NotInList, text)
    })
}

fn preferred(all: &[Form], accept: &Accept<'_>) -> Result<Form, Problem> {
    let mut best: Option<(Form, f32)> = None;
    for form in all {
        let weight = accept.weight(form.media);
        if weight > best.map_or(0.0, |(_, known)| known) {
            best = Some((*form, weight));
        }
    }
    best.map(|(form, _)| form).ok_or_else(|| {
        let all: Vec<&str> = all.iter().map(|form| form.media).collect();
        Problem::Http(Code::NotAcceptable, format!("answers are one of {}", all.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::*;

    const FORMS: [Form; 3] = [JSON, HTML, Form { name: "csv", media: "text/csv" }];

    fn chosen(name: Option<&str>, accept: &'static str) -> Option<&'static str> {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        wanted(&FORMS, name, &Accept::of(&headers)).ok().map(|form| form.name)
    }

    #[test]
    fn browsers_get_a_page_and_programs_get_json() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

        assert_eq!(chosen(None, browser), Some("html"));
        assert_eq!(chosen(None, "*/*"), Some("json"));
        assert_eq!(chosen(None, "text/csv"), Some("csv"));
        assert_eq!(chosen(None, "image/png"), None);
        assert_eq!(chosen(None, "application/json;q=0, text/*"), Some("html"));
    }

    #[test]
    fn a_name_stands_before_what_is_accepted() {
        assert_eq!(chosen(Some("csv"), "image/png"), Some("csv"));
        assert_eq!(chosen(Some(""), "text/html"), Some("html"));
        assert_eq!(chosen(Some("pdf"), "*/*"), None);
    }
}
