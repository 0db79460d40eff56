//! Following the feed: waiting for more, and going on for as long as the caller listens.

use std::{future::pending, pin::pin, time::Duration};

use futures_util::{Stream, stream};
use kernel::{Result, change::feed::Position};
use tokio::time::timeout;

use super::{ChangePage, Reader};

/// Longest time between two looks, of which all who wait in a process share one: rights that end are found by
/// looking, and so is what other processes write where nothing is heard of it.
const LOOK: Duration = Duration::from_secs(2);

/// Reads the next page, and where it is empty waits for one that is not until `over` is done.
///
/// The log is read, and the caller looked up, only after a look has said that one of them has moved.
///
/// # Errors
/// As for [`Reader::next`].
pub async fn wait(reader: &mut Reader, over: impl Future<Output = ()>) -> Result<ChangePage> {
    let mut over = pin!(over);
    let db = reader.base.db.clone();
    let (mut commits, mut seen) = (db.commits(), 0);
    commits.mark_unchanged();
    let mut page = reader.next().await?;
    while page.items.is_empty() {
        let has_more = page.has_more;
        let more = async {
            if has_more {
                return reader.next().await;
            }
            loop {
                // Whether it was told of a commit or has waited long enough, it looks again.
                let _ = timeout(LOOK, commits.changed()).await;
                let look = db.look(seen).await?;
                seen = look.number;
                if reader.is_behind(&look) {
                    return reader.until(Position::after_set(look.seq)).await;
                }
            }
        };
        page = tokio::select! {
            biased;
            () = &mut over => return Ok(page),
            found = more => found?,
        };
    }
    Ok(page)
}

/// Goes on for ever: pages with changes as they happen. Each is paid for before it is told; ends with the first
/// error.
pub fn follow(
    reader: Reader,
    pay: impl Fn() -> Result<()> + Send,
) -> impl Stream<Item = Result<ChangePage>> + Send {
    stream::unfold(Some((reader, pay)), |state| async {
        let (mut reader, pay) = state?;
        let page = wait(&mut reader, pending()).await.and_then(|page| pay().map(|()| page));
        let goes_on = page.is_ok().then_some((reader, pay));
        Some((page, goes_on))
    })
}
