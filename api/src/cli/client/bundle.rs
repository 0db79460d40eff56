//! `concord bundle make` and `concord bundle send`: bundles of a running service.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use reqwest::{Method, header::CONTENT_TYPE};
use serde::Deserialize;
use serde_json::json;
use tokio::time::sleep;

use super::{
    super::{failure::Failure, tell},
    access::Access,
    download,
    sending::{PREFER, with_file},
    service::{Answer, Service},
    trouble::Repeat,
};

/// What to have made.
#[derive(Debug, Args)]
pub(in crate::cli) struct Make {
    /// An audience that it is for, such as `region:CA`; may be repeated.
    #[arg(long = "audience", required = true, value_name = "AUDIENCE")]
    audiences: Vec<String>,
    /// The one plan that it holds, by id; everything that is released without it.
    #[arg(long, value_name = "ID")]
    plan: Option<String>,
    /// Instant from which it shows nothing, such as 2027-03-31T00:00:00Z; in 90 days without it.
    #[arg(long, value_name = "INSTANT")]
    valid_until: Option<String>,
    /// File to write, in the place of one that is there.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    access: Access,
}

/// What to send.
#[derive(Debug, Args)]
pub(in crate::cli) struct Send {
    /// File of a bundle.
    file: PathBuf,
    #[command(flatten)]
    access: Access,
}

/// A snapshot, as far as it is told here.
#[derive(Deserialize)]
struct Told {
    id: String,
    state: String,
    error: Option<String>,
    files: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    rows: u64,
}

/// A bundle that was received.
#[derive(Deserialize)]
struct Received {
    owner: String,
    records: u64,
    valid_until: String,
}

pub(in crate::cli) async fn make(wanted: &Make) -> Result<(), Failure> {
    let service = Service::open(&wanted.access)?;
    service.must_have_key()?;
    let Make { audiences, plan, valid_until, .. } = wanted;
    let bundle = json!({ "audiences": audiences, "plan": plan, "valid_until": valid_until });
    let body = json!({ "bundle": bundle }).to_string();
    // The same order while one is at work is that one.
    let ask = || {
        let request = service.request(Method::POST, "exports")?.header(PREFER.0, PREFER.1);
        Ok(request.header(CONTENT_TYPE, "application/json").body(body.clone()))
    };
    let mut answer = service.ask(Repeat::Always, ask).await?;
    let mut told: Told = answer.read()?;
    while ["waiting", "running"].contains(&told.state.as_str()) {
        sleep(Duration::from_secs(1)).await;
        answer = service.get(&format!("exports/{}", told.id), &[]).await?;
        told = answer.read()?;
    }
    let Some(file) = told.files.first() else {
        let why = told.error.unwrap_or_else(|| format!("it is {}", told.state));
        return Err(Failure::usage(&format!("the bundle was not made: {why}")));
    };
    let path = format!("exports/{}/files/{}", told.id, file.name);
    let bytes = download::to_file(&service, || service.request(Method::GET, &path), &wanted.output).await?;
    tell(&format_args!("wrote {} ({} records, {bytes} bytes)", wanted.output.display(), file.rows));
    if service.is_json() {
        service.show(&answer, "");
    }
    Ok(())
}

pub(in crate::cli) async fn send(wanted: &Send) -> Result<(), Failure> {
    let service = Service::open(&wanted.access)?;
    service.must_have_key()?;
    let request = || with_file(service.request(Method::POST, "bundles")?, &wanted.file);
    let answer: Answer = service.ask(Repeat::Always, request).await?;
    let told: Received = answer.read()?;
    let text =
        format!("{}: {} records are shown until {} at most", told.owner, told.records, told.valid_until);
    service.show(&answer, &text);
    Ok(())
}
