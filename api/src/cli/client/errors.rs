//! `concord errors`: what is wrong with the refused rows of an import.

use std::{
    io::{self, Write, stdout},
    path::PathBuf,
};

use clap::Args;
use reqwest::Method;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    super::{failure::Failure, say, tell},
    access::Access,
    download,
    report::{Refused, Row},
    sent::path,
    service::Service,
};
use crate::domain::exchange::{columns::guarded, imports::ImportError};

/// Rows that are asked for at a time.
const PAGE: usize = 200;
/// Columns of the table of errors.
const COLUMNS: [&str; 10] =
    ["table", "line", "row", "column", "pointer", "code", "severity", "value", "message", "hint"];

/// Which errors, in which form.
#[derive(Debug, Args)]
pub(in crate::cli) struct Errors {
    /// Id of the import.
    id: String,
    /// Writes them as CSV to standard output, a line for each.
    #[arg(long, conflicts_with_all = ["rejected", "json"])]
    csv: bool,
    /// Saves the refused rows in the form they came in, with what is wrong beside them: to be mended and sent again.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    rejected: Option<PathBuf>,
    #[command(flatten)]
    access: Access,
}

/// Lists them, and ends well: they are what was asked for.
pub(super) async fn run(errors: &Errors) -> Result<(), Failure> {
    let service = Service::open(&errors.access)?;
    let path = path(&errors.id)?;
    if let Some(file) = &errors.rejected {
        let request = || service.request(Method::GET, &format!("{path}/rejected"));
        let bytes = download::to_file(&service, request, file).await?;
        tell(&format_args!("wrote {} ({bytes} bytes)", file.display()));
        return Ok(());
    }
    if service.is_json() {
        all_as_json(&service, &path).await
    } else if errors.csv {
        all_as_csv(&service, &path).await
    } else {
        all_as_lines(&service, &path).await
    }
}

async fn all_as_lines(service: &Service, path: &str) -> Result<(), Failure> {
    let mut pages = Pages::of(service, path);
    while let Some(text) = pages.next().await? {
        let page: Refused = read(&text)?;
        page.items.iter().flat_map(|row| &row.errors).for_each(|error| say(error));
    }
    Ok(())
}

/// One document with the rows of all pages, as they were answered.
async fn all_as_json(service: &Service, path: &str) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        items: Vec<&'a RawValue>,
    }
    let mut pages = Pages::of(service, path);
    let mut between = r#"{"items":["#;
    while let Some(text) = pages.next().await? {
        let page: Page<'_> = read(&text)?;
        for item in page.items {
            if !download::wrote(write!(stdout(), "{between}{item}"))? {
                return Ok(());
            }
            between = ",";
        }
    }
    let start = if between == "," { "" } else { between };
    say(&format_args!("{start}],\"next\":null}}"));
    Ok(())
}

async fn all_as_csv(service: &Service, path: &str) -> Result<(), Failure> {
    let mut pages = Pages::of(service, path);
    let mut to = csv::Writer::from_writer(stdout());
    let told = |result: csv::Result<()>| download::wrote(result.map_err(io::Error::from));
    if !told(to.write_record(COLUMNS))? {
        return Ok(());
    }
    while let Some(text) = pages.next().await? {
        let page: Refused = read(&text)?;
        let errors = page.items.iter().flat_map(|row: &Row| &row.errors);
        let written = errors.map(cells).try_for_each(|cells| to.write_record(&cells));
        if !told(written.and_then(|()| Ok(to.flush()?)))? {
            return Ok(());
        }
    }
    download::wrote(to.flush()).map(drop)
}

/// The cells of an error; none is taken for a formula.
fn cells(error: &ImportError) -> [String; 10] {
    let text = |given: &Option<String>| given.as_deref().map(guarded).unwrap_or_default().into_owned();
    [
        text(&error.table),
        error.line.to_string(),
        error.row.to_string(),
        text(&error.column),
        text(&error.pointer),
        error.code.clone(),
        error.severity.clone(),
        text(&error.value),
        guarded(&error.message).into_owned(),
        guarded(&error.hint).into_owned(),
    ]
}

/// The pages of refused rows, one after the other.
struct Pages<'a> {
    service: &'a Service,
    path: String,
    query: Option<Vec<(&'static str, String)>>,
}

impl<'a> Pages<'a> {
    fn of(service: &'a Service, path: &str) -> Self {
        let query = Some(vec![("limit", PAGE.to_string())]);
        Self { service, path: format!("{path}/errors"), query }
    }

    /// The next page as it was answered.
    async fn next(&mut self) -> Result<Option<String>, Failure> {
        #[derive(Deserialize)]
        struct Next {
            next: Option<String>,
        }
        let Some(query) = self.query.take() else { return Ok(None) };
        let answer = self.service.get(&self.path, &query).await?;
        let next = answer.read::<Next>()?.next;
        self.query = next.map(|next| vec![("limit", PAGE.to_string()), ("after", next)]);
        Ok(Some(answer.text))
    }
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure::other(&format!("the service answers something else: {error}")))
}
