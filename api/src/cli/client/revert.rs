//! `concord revert`: an import is taken back.

use clap::Args;
use reqwest::Method;

use super::{
    super::failure::Failure,
    access::Access,
    lost::Before,
    report::{Told, conclude, finished},
    sent::path,
    service::Service,
};

/// Which import to take back.
#[derive(Debug, Args)]
pub(in crate::cli) struct Revert {
    /// Id of the import.
    id: String,
    /// Only tells what would become of each record.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    access: Access,
}

pub(super) async fn run(revert: &Revert) -> Result<(), Failure> {
    let service = Service::open(&revert.access)?;
    let path = path(&revert.id)?;
    let before = Before::look(&service).await?;
    let request = || {
        let request = service.request(Method::POST, &format!("{path}/revert"))?;
        Ok(request.query(&[("dry_run", revert.dry_run)]))
    };
    let is_of = |told: &Told| told.reverts.as_ref().is_some_and(|of| path == format!("imports/{of}"));
    let is_meant = |told: &Told| is_of(told) && told.dry_run == revert.dry_run;
    let look = async || before.made(&is_meant).await;
    let answer = service.ask_once(request, look).await?;
    let answer = finished(&service, answer).await?;
    conclude(&service, &answer, None).await
}
