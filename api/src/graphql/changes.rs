//! The feed of changes, read by pages and by subscription.

use async_graphql::{Context, Object, Subscription as Subscribes};
use futures_util::{Stream, StreamExt, stream};
use kernel::{Error, page::Page};

use super::{edges::call, fault::Fault};
use crate::{
    domain::{
        access::signin::identity::Identity,
        exchange::changes::{Change, ChangePage, Reader, follow, kinds_named},
    },
    limits::{meter::Meter, rates::COSTS},
};

/// Reading the feed.
#[derive(Default)]
pub struct ChangesQuery;

#[Object]
impl ChangesQuery {
    /// What became of the records the caller sees, oldest change first, each as it is now.
    ///
    /// Applying every change gives what the lists give.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Cursor to go on after, or `now`; without it every record the caller sees is told."
        )]
        after: Option<String>,
        #[graphql(desc = "Kinds of records, such as `task`; all kinds without it.")] kinds: Option<
            Vec<String>,
        >,
        #[graphql(default = 20, desc = "How many changes, 1 to 200.")] first: i32,
    ) -> Result<ChangePage, Fault> {
        let limit = Page::check_limit("first", first.into())?;
        Ok(reader(ctx, after.as_deref(), kinds, limit)?.next().await?)
    }
}

/// The root of subscriptions.
pub struct Subscription;

/// What is told as it happens.
#[Subscribes]
impl Subscription {
    /// What becomes of the records the caller sees, as it happens.
    ///
    /// Goes on after the cursor `after`, without a gap; without it begins now. Ends with an error when the
    /// session is over or other records have become visible (`rights_changed`: read the lists anew).
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Cursor to go on after; without it the subscription begins now.")] after: Option<
            String,
        >,
        #[graphql(desc = "Kinds of records, such as `task`; all kinds without it.")] kinds: Option<
            Vec<String>,
        >,
    ) -> Result<impl Stream<Item = Result<Change, Fault>> + use<>, Fault> {
        let after = after.as_deref().unwrap_or("now");
        let mut reader = reader(ctx, Some(after), kinds, kernel::page::MAX_LIMIT)?;
        // Where it begins is settled before the subscription counts as begun.
        let begun = reader.next().await?;
        let meter = ctx.data_opt::<Meter>().cloned();
        let pay = move || meter.iter().try_for_each(|meter| meter.charge(COSTS.read));
        let pages = stream::iter([Ok(begun)]).chain(follow(reader, pay));
        Ok(pages.flat_map(|page| match page {
            Ok(page) => stream::iter(page.items.into_iter().map(Ok).collect::<Vec<_>>()),
            Err(error) => stream::iter(vec![Err(Fault(error))]),
        }))
    }
}

fn reader(
    ctx: &Context<'_>,
    after: Option<&str>,
    kinds: Option<Vec<String>>,
    limit: usize,
) -> Result<Reader, Fault> {
    let outside = |_| Error::Internal("a resolver ran outside a request".into());
    let identity = ctx.data::<Identity>().map_err(outside)?.clone();
    let kinds = kinds_named(&kinds.unwrap_or_default())?;
    Ok(Reader::new((call(ctx)?.clone(), identity), after, kinds, limit))
}
