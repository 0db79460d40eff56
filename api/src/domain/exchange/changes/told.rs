//! The feed for whoever passes it on to somebody else, a change at a time.

use kernel::{
    Ctx, KindDef, Result,
    change::feed::{self, News, Position, Told as Which},
    row::Row,
};

use super::{After, Change, cursor::Mark, page, replaced, shown};
use crate::signin::identity::rights;

/// A change as it is told to its reader, with what its reader is not told.
pub(crate) struct Told {
    /// The change.
    pub(crate) change: Change,
    /// The record as it is now; none once it has disappeared.
    pub(crate) row: Option<Row>,
    /// Number of its change set: nobody outside is told.
    pub(crate) seq: i64,
    /// Where in the log it is, and at which version of the record: nobody outside is told.
    pub(crate) place: String,
}

/// A part of the feed.
pub(crate) struct Part {
    /// What became of records, oldest first.
    pub(crate) told: Vec<Told>,
    /// Where to go on.
    pub(crate) next: String,
    /// Whether more can be read at once.
    pub(crate) has_more: bool,
}

/// A part of the feed after a cursor and up to an end of the log, which was looked for before the caller was looked up.
/// Who is told notes what is shown.
///
/// # Errors
/// As for [`super::Reader::next`].
pub(crate) async fn told(
    ctx: &Ctx,
    (after, end): (&str, Position),
    (kinds, limit): (&[&'static KindDef], usize),
) -> Result<Part> {
    let after = After::Cursor(after.to_owned());
    let (page, mark) = page(ctx, (&after, end), rights(ctx).await?, (kinds, limit)).await?;
    let next = Mark { position: page.position, ..mark }.seal(ctx)?;
    let has_more = page.has_more;
    let news = page.news.clone();
    let changes = shown(ctx, page, mark).await?;
    let told = changes.into_iter().zip(news).map(|(change, news)| Told {
        change,
        seq: news.position.seq,
        place: place(&news),
        row: news.row,
    });
    Ok(Part { told: told.collect(), next, has_more })
}

fn place(news: &News) -> String {
    let Position { seq, ordinal, told } = news.position;
    let which = if told == Which::All { "all" } else { "own" };
    let version = news.row.as_ref().map_or(0, Row::version);
    format!("{seq}/{ordinal}/{which}/{version}")
}

/// Whether a cursor is one of this caller's, under the rights that it has, in this log.
///
/// # Errors
/// As for [`super::Reader::next`].
pub(crate) async fn cursor_stands(ctx: &Ctx, cursor: &str) -> Result<()> {
    let mark = Mark::open(ctx, cursor)?.under(rights(ctx).await?)?;
    let end = feed::end(ctx).await?;
    feed::prove(ctx, end.seq, mark.proof).await?.ok_or_else(replaced).map(drop)
}
