//! `concord export`: all of a list as a file.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use reqwest::Method;

use super::{
    super::{failure::Failure, tell},
    access::Access,
    download,
    service::Service,
};

/// Which list, in which form, and where to.
#[derive(Debug, Args)]
pub(in crate::cli) struct Export {
    /// The list, such as `tasks`.
    #[arg(value_parser = list)]
    list: String,
    /// Form of the file.
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    format: Form,
    /// A filter of the list, or another parameter of its exports, such as `status=in_progress`, `q=order`,
    /// `sort=-due_on`, `columns=id,title`, `excel=1`; may be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = filter)]
    filter: Vec<(String, String)>,
    /// Puts labels in the place of codes (`labels`), or beside them (`both`).
    #[arg(long, value_name = "WHERE", num_args = 0..=1, default_missing_value = "labels", require_equals = true)]
    labels: Option<String>,
    /// Languages of texts and labels, best first, such as `ky,ru`.
    #[arg(long, value_name = "TAGS")]
    lang: Option<String>,
    /// File to write, in the place of one that is there; else standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    access: Access,
}

/// Form of a list that is one file.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Csv,
    Ndjson,
    Xlsx,
}

impl Form {
    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Xlsx => "xlsx",
        }
    }
}

pub(super) async fn run(export: &Export) -> Result<(), Failure> {
    let service = Service::open(&export.access)?;
    let path = format!("{}.{}", export.list, export.format.ending());
    let given = |name: &str, value: &Option<String>| value.clone().map(|value| (name.to_owned(), value));
    let named = [given("labels", &export.labels), given("lang", &export.lang)];
    let query: Vec<(String, String)> =
        export.filter.iter().cloned().chain(named.into_iter().flatten()).collect();
    let request = || Ok(service.request(Method::GET, &path)?.query(&query));
    match &export.output {
        None => download::to_output(&service, request).await,
        Some(file) => {
            let bytes = download::to_file(&service, request, file).await?;
            tell(&format_args!("wrote {} ({bytes} bytes)", file.display()));
            Ok(())
        }
    }
}

fn list(text: &str) -> Result<String, String> {
    let is_name = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    if is_name { Ok(text.to_owned()) } else { Err("a list is such as `tasks` or `legal-reviews`".to_owned()) }
}

fn filter(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = pair.ok_or("a filter is such as `status=in_progress`")?;
    Ok((name.to_owned(), value.to_owned()))
}
