//! Edges to lists: one statement for all parents of a level.

use std::{collections::BTreeSet, sync::Arc};

use kernel::{KindDef, Result, filter::Narrowing, record::Many, store};
use uuid::Uuid;

use super::{
    Found, Run, Source,
    page::{Paged, filter, page},
    rows,
};
use crate::graphql::selection::Item;

impl Run {
    /// A page of what hangs on each record.
    pub(super) async fn many(
        &self,
        item: &Item,
        (def, many): (&'static KindDef, &'static Many),
        sources: &[Source],
    ) -> Result<Vec<Found>> {
        let page = page(def, item, &self.ctx.locale.chain)?;
        let filters = Narrowing::from_json(def, &filter(item))?;
        let ids: Vec<Uuid> = rows(sources).map(|row| row.id()).collect();
        let parents: BTreeSet<Uuid> = ids.iter().copied().collect();
        let slices =
            store::by_parent(&self.ctx, item.wanted(def), (many.via, &parents), &filters, &page).await?;
        let mut pages: foldhash::HashMap<Uuid, Arc<Paged>> =
            slices.into_iter().map(|(id, slice)| (id, Arc::new(Paged::of_rows(slice, &page)))).collect();
        let mut of = |id| {
            let empty = || Arc::new(Paged::of_rows(kernel::page::Slice::default(), &page));
            Found::One(Source::Page(pages.entry(id).or_insert_with(empty).clone()))
        };
        Ok(ids.into_iter().map(&mut of).collect())
    }

    /// A page of the list of a kind.
    pub(super) async fn list(&self, def: &'static KindDef, item: &Item) -> Result<Found> {
        let page = page(def, item, &self.ctx.locale.chain)?;
        let filters = Narrowing::from_json(def, &filter(item))?;
        let slice = store::list(&self.ctx, item.wanted(def), &filters, &page).await?;
        Ok(Found::One(Source::Page(Arc::new(Paged::of_rows(slice, &page)))))
    }
}
