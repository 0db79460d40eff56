//! A whole list, batch by batch: every record that the caller may see and the filters let pass, as all of it was at one
//! instant, in memory for one batch.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use chrono::{DateTime, Utc};
use kernel::{
    Ctx, KindDef, Result,
    filter::Narrowing,
    page::{Page, SortKey},
    record::Columns,
    render::{Known, Renderer},
    row::Row,
    store,
    view::Locale,
};
use uuid::Uuid;

use super::columns::{Columns as Tabled, Kept, Labels, Texts, look_along};
use crate::domain::plans::document::words::Speech;

/// Records of the first batch, so that its first byte comes soon.
const FIRST: usize = 200;
/// Records of a batch at most.
const MOST: usize = 2_000;
/// Bytes that a batch comes to, about.
const BYTES: usize = 1 << 20;

/// Which list is wanted.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The kind.
    pub def: &'static KindDef,
    /// What narrows it.
    pub filters: Narrowing,
    /// Its order; the id follows always.
    pub sort: Vec<SortKey>,
}

/// A part of a list, with how its caller sees it.
pub struct Batch {
    /// The rows, in the order of the list.
    pub rows: Vec<Row>,
    /// How the caller sees them.
    pub renderer: Renderer,
}

/// How many bytes a record comes to: told by who writes batches, asked before the next one is read.
#[derive(Clone, Debug, Default)]
pub struct Pace(Arc<AtomicUsize>);

impl Pace {
    /// Notes what a batch came to.
    pub fn note(&self, rows: usize, bytes: usize) {
        if let Some(each) = bytes.checked_div(rows) {
            self.0.store(each.max(1), Ordering::Relaxed);
        }
    }

    /// How many records the next batch has.
    fn next(&self) -> usize {
        BYTES.checked_div(self.0.load(Ordering::Relaxed)).map_or(FIRST, |rows| rows.clamp(10, MOST))
    }
}

/// Where a list goes on.
enum Place {
    /// After a record, in the order of ids.
    After(Option<String>),
    /// With these ids, in any other order: they were sorted once.
    With(std::vec::IntoIter<Uuid>),
    /// Nowhere.
    End,
}

impl Place {
    /// Where a list begins.
    async fn of(ctx: &Ctx, listed: &Listed) -> Result<Self> {
        if listed.sort.is_empty() {
            return Ok(Self::After(None));
        }
        let page = Page { sort: listed.sort.clone(), ..Page::default() };
        Ok(Self::With(store::ids(ctx, listed.def, &listed.filters, &page).await?.into_iter()))
    }
}

/// A list that is being read, in one snapshot of the database.
pub struct Export {
    /// The context of the snapshot.
    ctx: Ctx,
    listed: Listed,
    columns: Columns,
    names: Arc<Locale>,
    place: Place,
    known: Known,
    pace: Pace,
    /// Lists that follow, with what is read of them.
    then: VecDeque<(Listed, Columns)>,
    /// The columns that lead to other records, and what of these is known.
    along: (Vec<Tabled>, Kept),
}

/// The context of one snapshot: what is read in it was so at one instant. It holds a connection.
///
/// # Errors
/// `Unavailable` when no connection comes free in time.
pub async fn snapshot(ctx: &Ctx) -> Result<Ctx> {
    let mut ctx = ctx.clone();
    ctx.view.db = ctx.db.snapshot().await?;
    Ok(ctx)
}

/// The columns of a table of a list: of texts those of the languages that they are written in or expected in. Labels are in
/// the language of `names`.
///
/// # Errors
/// As those of the list.
pub async fn columns(
    ctx: &Ctx,
    listed: &Listed,
    (texts, labels): (&Texts, Labels),
    names: &Locale,
) -> Result<Tabled> {
    let def = listed.def;
    let speech = Speech::of(names, &[]);
    Ok(match texts {
        Texts::Translated(_) if def.has_texts() => {
            Tabled::of(def, &Texts::Translated(languages(ctx, listed).await?), labels, &speech)
        }
        others => Tabled::of(def, others, labels, &speech),
    })
}

/// The languages that the texts of a list are written in or expected in: those of any translation, and the official ones
/// of the owners.
async fn languages(ctx: &Ctx, listed: &Listed) -> Result<BTreeSet<String>> {
    let (owners, mut tags) = store::tongues(ctx, listed.def, &listed.filters).await?;
    let known = Renderer::owners(ctx).await?;
    tags.extend(owners.iter().flat_map(|owner| known.languages(owner)).cloned());
    Ok(tags)
}

impl Export {
    /// Begins a list in the context of a [`snapshot`], of which these columns are read. Records that are referred to are
    /// named in the languages of `names`.
    ///
    /// # Errors
    /// As those of the list.
    pub async fn begin(ctx: Ctx, listed: Listed, columns: Columns, names: Arc<Locale>) -> Result<Self> {
        Ok(Self {
            place: Place::of(&ctx, &listed).await?,
            ctx,
            listed,
            columns,
            names,
            known: Known::default(),
            pace: Pace::default(),
            then: VecDeque::new(),
            along: (Vec::new(), Kept::new()),
        })
    }

    /// Begins several lists, one after the other, of which these columns are told.
    ///
    /// # Errors
    /// As [`Export::begin`].
    pub async fn of_all(ctx: Ctx, all: &[(Listed, Tabled)]) -> Result<Option<Self>> {
        let mut then: VecDeque<_> =
            all.iter().map(|(listed, columns)| (listed.clone(), columns.read())).collect();
        let Some((listed, read)) = then.pop_front() else { return Ok(None) };
        let names = ctx.locale.clone();
        let along = (all.iter().map(|(_, columns)| columns.clone()).collect(), Kept::new());
        Ok(Some(Self { then, along, ..Self::begin(ctx, listed, read, names).await? }))
    }

    /// Where it is told what batches come to.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.pace.clone()
    }

    /// The instant that the list tells of.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        self.ctx.clock.now()
    }

    /// The next batch; none at the end. That it was read is written down where that leaves a trace.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next(&mut self) -> Result<Option<Batch>> {
        let mut rows = self.rows().await?;
        while rows.is_empty() {
            let Some((listed, columns)) = self.then.pop_front() else { break };
            self.place = Place::of(&self.ctx, &listed).await?;
            (self.listed, self.columns) = (listed, columns);
            rows = self.rows().await?;
        }
        let of = (self.listed.def, rows.as_slice());
        let mut renderer = Renderer::onward(&self.ctx, of, &self.names, &mut self.known).await?;
        let (columns, kept) = &mut self.along;
        if let Some(columns) = rows.first().and_then(|row| Tabled::of_row(columns, row)) {
            look_along(&self.ctx, columns, &rows, (&mut renderer, kept)).await?;
        }
        self.ctx.settle_reads().await?;
        Ok(Some(Batch { rows, renderer }).filter(|batch| !batch.rows.is_empty()))
    }

    async fn rows(&mut self) -> Result<Vec<Row>> {
        let (def, limit) = (self.listed.def, self.pace.next());
        let wanted = store::Wanted { def, columns: self.columns };
        match std::mem::replace(&mut self.place, Place::End) {
            Place::End => Ok(Vec::new()),
            Place::After(cursor) => {
                let page = Page { limit, cursor, ..Page::default() };
                let slice = store::list(&self.ctx, wanted, &self.listed.filters, &page).await?;
                if let Some(last) = slice.rows.last().filter(|_| slice.has_more) {
                    self.place = Place::After(Some(page.cursor_at(&self.ctx, last)));
                }
                Ok(slice.rows)
            }
            Place::With(mut ids) => {
                let some: Vec<Uuid> = ids.by_ref().take(limit).collect();
                let mut found = store::by_ids(&self.ctx, wanted, &some.iter().copied().collect()).await?;
                self.place = if ids.len() > 0 { Place::With(ids) } else { Place::End };
                Ok(some.iter().filter_map(|id| found.remove(id)).collect())
            }
        }
    }
}
