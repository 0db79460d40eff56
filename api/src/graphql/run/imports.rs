//! Imports.

use kernel::{Ctx, Result};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    Found, Run,
    json::of_value,
    roots::{following, or_null, text},
};
use crate::{
    domain::exchange::imports::{self, CommitInput, Import, Started},
    graphql::{
        selection::Item,
        types::{CommitImportInput, ImportInput, ImportRead, ImportWrite, RevertImportInput},
    },
};

impl Run {
    /// Imports of the caller.
    pub(super) async fn imports(&self, item: &Item, read: ImportRead) -> Result<Found> {
        if read == ImportRead::List {
            let of_owner = item.arguments.get("of_owner").and_then(Json::as_bool).unwrap_or_default();
            let page = imports::list(&self.ctx, of_owner, following(item)?).await?;
            return Ok(of_value(&serde_json::to_value(page)?));
        }
        let Ok(id) = text(item, "id").parse::<Uuid>() else { return Ok(Found::Null) };
        match read {
            ImportRead::List | ImportRead::One => or_null(imports::find(&self.ctx, id).await),
            ImportRead::Rows => {
                let result = Some(text(item, "result")).filter(|result| !result.is_empty());
                or_null(imports::rows(&self.ctx, id, result, following(item)?).await)
            }
            ImportRead::Errors => or_null(imports::errors(&self.ctx, id, following(item)?).await),
        }
    }
}

/// Does something with an import.
pub(super) async fn write(call: &Ctx, write: ImportWrite, input: Map<String, Json>) -> Result<Found> {
    let input = Json::Object(input);
    let import = match write {
        ImportWrite::Commit => {
            let CommitImportInput { id, import_plan } = serde_json::from_value(input)?;
            begun(imports::commit(call, id, &CommitInput { import_plan }).await?)
        }
        ImportWrite::Review => {
            let ImportInput { id } = serde_json::from_value(input)?;
            begun(imports::review(call, id).await?)
        }
        ImportWrite::Cancel => {
            let ImportInput { id } = serde_json::from_value(input)?;
            imports::cancel(call, id).await?
        }
        ImportWrite::Revert => {
            let RevertImportInput { id, dry_run } = serde_json::from_value(input)?;
            begun(imports::revert(call, id, dry_run.unwrap_or_default()).await?)
        }
    };
    Ok(of_value(&serde_json::to_value(&import)?))
}

/// An import that is done, or goes on behind the answer.
fn begun(started: Started) -> Import {
    match started {
        Started::Done(import) | Started::Earlier(import) => *import,
        Started::Later(import, work) => {
            // Kept in the database: whoever serves goes on with it, should this process end.
            tokio::spawn(work);
            *import
        }
    }
}
