//! `concord commit`, `concord cancel` and `concord imports`: imports after they were sent.

use clap::Args;
use reqwest::{Method, header::CONTENT_TYPE};
use serde::Deserialize;
use serde_json::json;

use super::{
    super::{failure::Failure, say, tell},
    access::Access,
    report::{Told, conclude, finished},
    sending::PREFER,
    service::Service,
};

/// Which dry run to carry out.
#[derive(Debug, Args)]
pub(in crate::cli) struct Commit {
    /// Id of the import.
    id: String,
    /// Plan that was reviewed, as the dry run answered it (`import_plan`); without it, the one the import has now.
    #[arg(long, value_name = "PLAN")]
    plan: Option<String>,
    /// Does not wait for an import that takes long.
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    access: Access,
}

/// Which import to end.
#[derive(Debug, Args)]
pub(in crate::cli) struct Cancel {
    /// Id of the import.
    id: String,
    #[command(flatten)]
    access: Access,
}

/// Which imports to list.
#[derive(Debug, Args)]
pub(in crate::cli) struct Imports {
    /// Id of one import, to tell how far it is and what became of it.
    id: Option<String>,
    /// Waits until that one is done.
    #[arg(long, requires = "id")]
    wait: bool,
    /// How many to list, 1 to 200.
    #[arg(long, default_value_t = 20, conflicts_with = "id")]
    limit: u8,
    #[command(flatten)]
    access: Access,
}

/// A page of imports, the last one first.
#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) items: Vec<Told>,
    next: Option<String>,
}

pub(super) async fn commit(commit: &Commit) -> Result<(), Failure> {
    let service = Service::open(&commit.access)?;
    let path = path(&commit.id)?;
    let shown: Told = service.get(&path, &[]).await?.read()?;
    let Some(plan) = commit.plan.clone().or_else(|| shown.import_plan.clone()) else {
        let text = format!("import {} is {}: it has no plan that could be done", shown.id, shown.state);
        return Err(Failure::usage(&text));
    };
    if commit.plan.is_none() {
        tell(&format_args!("as was shown: {shown}"));
    }
    let request = || {
        let request = service.request(Method::POST, &format!("{path}/commit"))?;
        let request = if commit.no_wait { request } else { request.header(PREFER.0, PREFER.1) };
        Ok(request.header(CONTENT_TYPE, "application/json").body(json!({ "import_plan": plan }).to_string()))
    };
    let look = async || {
        let now = service.get(&path, &[]).await?;
        Ok(Some(now).filter(|now| now.read::<Told>().is_ok_and(|now| !now.dry_run)))
    };
    let answer = service.ask_once(request, look).await?;
    let answer = if commit.no_wait { answer } else { finished(&service, answer).await? };
    conclude(&service, &answer, None).await
}

pub(super) async fn cancel(cancel: &Cancel) -> Result<(), Failure> {
    let service = Service::open(&cancel.access)?;
    let path = path(&cancel.id)?;
    let request = || service.request(Method::POST, &format!("{path}/cancel"));
    let look = async || {
        let now = service.get(&path, &[]).await?;
        Ok(Some(now).filter(|now| now.read::<Told>().is_ok_and(|now| now.state == "cancelled")))
    };
    let answer = service.ask_once(request, look).await?;
    let told: Told = answer.read()?;
    service.show(&answer, &told.to_string());
    Ok(())
}

pub(super) async fn imports(imports: &Imports) -> Result<(), Failure> {
    let service = Service::open(&imports.access)?;
    // The service lists nothing for nobody, which is no answer to who forgot the key.
    service.must_have_key()?;
    if let Some(id) = &imports.id {
        let answer = service.get(&path(id)?, &[]).await?;
        let answer = if imports.wait { finished(&service, answer).await? } else { answer };
        return conclude(&service, &answer, None).await;
    }
    let answer = service.get("imports", &[("limit", imports.limit.to_string())]).await?;
    let page: Page = answer.read()?;
    if service.is_json() {
        say(&answer.text.trim_end());
        return Ok(());
    }
    for told in &page.items {
        let kind = told.kind.as_deref().unwrap_or("-");
        let name = told.file_name.as_deref().unwrap_or("-");
        say(&format_args!("{}\t{kind}\t{name}\t{told}", told.created_at));
    }
    if page.next.is_some() {
        tell(&"there are more: --limit takes up to 200");
    }
    Ok(())
}

/// Address of the import with this id.
///
/// # Errors
/// For what is no id.
pub(super) fn path(id: &str) -> Result<String, Failure> {
    let id: uuid::Uuid = id.parse().map_err(|_| {
        Failure::usage(&format!("{id:?} is no id of an import; `concord imports` lists them"))
    })?;
    Ok(format!("imports/{id}"))
}
