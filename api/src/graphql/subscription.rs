//! The feed of changes as a subscription: the one part of the schema that the library runs.

use async_graphql::{Context, Subscription as Subscribes};
use futures_util::{Stream, StreamExt, stream};
use kernel::{Ctx, Error};

use super::fault::Fault;
use crate::{
    domain::exchange::changes::{Change, Reader, follow, kinds_named},
    limits::{meter::Meter, rates::COSTS},
    signin::identity::Identity,
};

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
        let outside = |_| Error::Internal("a subscription ran outside a request".into());
        let call = ctx.data::<Ctx>().map_err(outside)?.clone();
        let identity = ctx.data::<Identity>().map_err(outside)?.clone();
        let kinds = kinds_named(&kinds.unwrap_or_default())?;
        let mut reader = Reader::new((call, identity), Some(after), kinds, kernel::page::MAX_LIMIT);
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
