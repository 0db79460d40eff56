//! Files from the service: what breaks off on the way never looks whole.

use std::{
    fs::Permissions,
    io::{self, Write, stdout},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use indicatif::ProgressBar;
use reqwest::{RequestBuilder, Response};
use tempfile::{Builder, NamedTempFile};

use super::{
    super::failure::Failure,
    progress::{self, Unit},
    service::Service,
    trouble::{Repeat, Trouble, persist},
};

/// Writes what is answered to a file, in the place of one that is there, as soon as it is whole; begins again where
/// it breaks off. Answers how many bytes it has.
///
/// # Errors
/// Why it is not there; what was there before still is.
pub(super) async fn to_file<F>(service: &Service, request: F, file: &Path) -> Result<u64, Failure>
where
    F: Fn() -> Result<RequestBuilder, Failure>,
{
    let cannot = |error: io::Error| Failure::usage(&format!("{} cannot be written: {error}", file.display()));
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (whole, bytes) = persist(service.retries(), Repeat::Always, async || {
        let mut response = service.open_answer(request()?).await?;
        let mut partial = beside(folder).map_err(cannot)?;
        let bar = received(&response);
        let mut bytes = 0;
        while let Some(piece) = response.chunk().await.map_err(Trouble::unanswered)? {
            partial.write_all(&piece).map_err(cannot)?;
            bytes += u64::try_from(piece.len()).unwrap_or_default();
            bar.set_position(bytes);
        }
        bar.finish_and_clear();
        Ok((partial, bytes))
    })
    .await?;
    whole.as_file().sync_all().map_err(cannot)?;
    whole.persist(file).map_err(|error| cannot(error.error))?;
    Ok(bytes)
}

/// A file that is gone unless it gets its name; others may read it as the user's files may be read.
fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    Builder::new().prefix(".concord-").permissions(Permissions::from_mode(0o666)).tempfile_in(folder)
}

/// Writes what is answered to standard output. What breaks off after its beginning is not begun again.
///
/// # Errors
/// Why there is nothing, or not all.
pub(super) async fn to_output<F>(service: &Service, request: F) -> Result<(), Failure>
where
    F: Fn() -> Result<RequestBuilder, Failure>,
{
    let mut response =
        persist(service.retries(), Repeat::Always, async || service.open_answer(request()?).await).await?;
    let mut out = stdout();
    loop {
        let piece = response.chunk().await.map_err(|error| {
            let cause = Failure::from(Trouble::unanswered(error));
            cause.with_hint("what was written is not whole")
        })?;
        let Some(piece) = piece else { break };
        if !wrote(out.write_all(&piece))? {
            return Ok(());
        }
    }
    wrote(out.flush()).map(drop)
}

/// Whether something could be written to standard output; a reader that has gone away is no failure.
///
/// # Errors
/// Any other reason why it could not.
pub(super) fn wrote(result: io::Result<()>) -> Result<bool, Failure> {
    match result {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::other(&format!("standard output cannot be written: {error}"))),
    }
}

fn received(response: &Response) -> ProgressBar {
    progress::bar("received", response.content_length(), Unit::Bytes)
}
