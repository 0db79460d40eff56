//! Views on many batches of rows, one after the other: what one batch looked up is not asked for again.

use std::{collections::BTreeSet, sync::Arc};

use foldhash::HashMap;
use uuid::Uuid;

use super::{References, Renderer, wanted};
use crate::{
    error::Result,
    record::KindDef,
    row::Row,
    scalar::{Ref, SharedWith},
    sets,
    view::{Locale, View},
};

/// Records that are kept between batches at most: beyond them they are asked for anew.
const MOST: usize = 20_000;

/// What earlier batches of a long read have looked up.
#[derive(Debug, Default)]
pub struct Known {
    /// Records that rows referred to; none where the caller sees none.
    refs: HashMap<Uuid, Option<Arc<Ref>>>,
    sets: HashMap<Uuid, SharedWith>,
}

impl Renderer {
    /// A view on a batch of rows, in which records that are referred to are named in the languages of `names`: at most one
    /// statement for each kind referred to, and one for whom rows are shared with. It asks for what is not known yet.
    ///
    /// # Errors
    /// What the database says.
    pub async fn onward(
        view: &View,
        (def, rows): (&'static KindDef, &[Row]),
        names: &Arc<Locale>,
        known: &mut Known,
    ) -> Result<Self> {
        if known.refs.len() > MOST || known.sets.len() > MOST {
            *known = Known::default();
        }
        let mut renderer = Self { names: names.clone(), ..Self::for_edges(view, Self::owners(view).await?) };
        renderer.shows_can = false;
        renderer.share(view, rows, known).await?;
        let mut wanted = wanted(view, def, rows);
        let (agencies, groups): (Vec<_>, Vec<_>) =
            renderer.sets.values().map(|set| (&set.agencies, &set.groups)).unzip();
        for (kind, ids) in [("agency", agencies), ("working_group", groups)] {
            wanted.entry(kind).or_default().extend(ids.into_iter().flatten());
        }
        let all: Vec<Uuid> = wanted.values().flatten().copied().collect();
        for ids in wanted.values_mut() {
            ids.retain(|id| !known.refs.contains_key(id));
        }
        wanted.retain(|_, ids| !ids.is_empty());
        let asked: Vec<Uuid> = wanted.values().flatten().copied().collect();
        let mut found = renderer.found(view, wanted).await?;
        known.refs.extend(asked.into_iter().map(|id| (id, found.remove(&id))));
        let seen = all.into_iter().filter_map(|id| Some((id, known.refs.get(&id)?.clone()?)));
        renderer.refs = Some(seen.collect::<References>());
        Ok(renderer)
    }

    /// Finds out whom rows are shared with.
    async fn share(&mut self, view: &View, rows: &[Row], known: &mut Known) -> Result<()> {
        if !rows.first().is_some_and(|row| row.holds("shared_set_id")) {
            return Ok(());
        }
        let inside = rows.iter().filter(|row| view.actor.is_inside(row.owner()));
        let all: BTreeSet<Uuid> = inside.filter_map(|row| row.uuid("shared_set_id")).collect();
        let new = all.iter().filter(|id| !known.sets.contains_key(id)).copied().collect();
        known.sets.extend(sets::seen(view, &new).await?);
        self.sets = all.iter().filter_map(|id| Some((*id, known.sets.get(id)?.clone()))).collect();
        Ok(())
    }
}
