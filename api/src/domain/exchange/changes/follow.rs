//! Following the feed: waiting for more, and going on for as long as the caller listens.

use std::{pin::pin, time::Duration};

use futures_util::{Stream, stream};
use kernel::Result;
use tokio::time::{sleep, timeout};

use super::{ChangePage, Reader};

/// Longest time between two looks: what other processes write, and rights that end, are found by looking.
const LOOK: Duration = Duration::from_secs(2);

/// Reads the next page, and where it is empty waits for one that is not until `over` is done.
///
/// # Errors
/// As for [`Reader::next`].
pub async fn wait(reader: &mut Reader, over: impl Future<Output = ()>) -> Result<ChangePage> {
    let mut over = pin!(over);
    let mut commits = reader.base.db.commits();
    loop {
        commits.mark_unchanged();
        let page = reader.next().await?;
        if !page.items.is_empty() {
            return Ok(page);
        }
        let pause = async {
            if !page.has_more {
                // Whether it was told of a commit or has waited long enough, it looks again.
                let _ = timeout(LOOK, commits.changed()).await;
            }
        };
        tokio::select! {
            biased;
            () = &mut over => return Ok(page),
            () = pause => {}
        }
    }
}

/// Goes on for ever: pages with changes as they happen, and an empty one every few seconds, after the
/// caller's rights were looked up anew. Each page with changes is paid for before it is told; ends with the
/// first error.
pub fn follow(
    reader: Reader,
    pay: impl Fn() -> Result<()> + Send,
) -> impl Stream<Item = Result<ChangePage>> + Send {
    stream::unfold(Some((reader, pay)), |state| async {
        let (mut reader, pay) = state?;
        let page = match wait(&mut reader, sleep(LOOK)).await {
            Ok(page) if !page.items.is_empty() => pay().map(|()| page),
            page => page,
        };
        let goes_on = page.is_ok().then_some((reader, pay));
        Some((page, goes_on))
    })
}
