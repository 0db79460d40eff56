//! The feed of changes, for both faces: what became of the records a caller sees.

mod cursor;
mod follow;
mod told;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use async_graphql::SimpleObject;
use kernel::{
    Code, Ctx, Error, KindDef, Result, Violation,
    change::feed::{self, Bulletin, ChangeEvent, News, Position, Proof, Stretch},
    db::Look,
    input::{cut, hint},
    render::{Detail, Renderer},
    row::Row,
    scalar::Object,
};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    domain::KINDS,
    signin::identity::{Identity, rights},
};
use cursor::Mark;
pub use follow::{follow, wait};
pub(super) use told::{Part, Told, cursor_stands, told};

/// What became of one record, as it is now.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct Change {
    /// What became of it.
    pub event: ChangeEvent,
    /// Kind of the record (`task`).
    pub kind: String,
    /// Id of the record.
    pub id: Uuid,
    /// Goes on after this change, as `after`.
    pub cursor: String,
    /// The record as its own address answers it, without `can`; null once it has disappeared.
    #[schema(required = true, value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub record: Option<Object>,
}

/// A part of the feed, oldest change first.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(name = "ChangePage")]
pub struct ChangePage {
    /// What became of records.
    pub items: Vec<Change>,
    /// Where to go on; given on the last page too, to come back with.
    pub next: String,
    /// Whether more can be read at once.
    pub has_more: bool,
}

/// Where a caller goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum After {
    /// At the beginning: every record the caller sees is told.
    #[default]
    Beginning,
    /// At the end: what happens from now on.
    Now,
    /// Where a cursor points.
    Cursor(String),
}

/// What is asked of the feed.
#[derive(Clone, Debug)]
pub struct Reader {
    base: Ctx,
    identity: Identity,
    kinds: Vec<&'static KindDef>,
    limit: usize,
    after: After,
    /// End of the log up to which the last page was read.
    end: Position,
    /// What was found out of the caller's rights, and of whom as it was remembered.
    rights: Option<(u64, [u8; 16])>,
}

impl Reader {
    /// Takes what is asked for; nothing is looked up yet.
    #[must_use]
    pub fn new(
        call: (Ctx, Identity),
        after: Option<&str>,
        kinds: Vec<&'static KindDef>,
        limit: usize,
    ) -> Self {
        let (base, identity) = call;
        let after = match after {
            None => After::Beginning,
            Some("now") => After::Now,
            Some(cursor) => After::Cursor(cursor.to_owned()),
        };
        Self { base, identity, kinds, limit, after, end: Position::default(), rights: None }
    }

    /// Reads the next page, with the rights the caller has now.
    ///
    /// # Errors
    /// `Unauthenticated` once the session is over; `Gone(RightsChanged)` once other records are visible,
    /// `Gone(LogReplaced)` where the log is another one;
    /// `BadRequest` for a cursor that does not fit; `Unavailable` if what is read cannot be written down.
    pub async fn next(&mut self) -> Result<ChangePage> {
        // First the end of the log, then the caller's rights: nothing may become visible in between.
        let end = feed::end(&self.base).await?;
        self.until(end).await
    }

    /// Whether the log goes on after the last page, or the caller has to be looked up anew.
    fn is_behind(&self, look: &Look) -> bool {
        Position::after_set(look.seq) > self.end || !self.identity.stands(&self.base, look.epoch)
    }

    /// Reads the next page up to an end of the log that was looked for before.
    async fn until(&mut self, end: Position) -> Result<ChangePage> {
        let mut ctx = self.identity.look_up(&self.base).await?;
        ctx.reads = Some(Arc::default());
        let rights = self.rights(&ctx).await?;
        self.end = end;
        let (page, mark) = page(&ctx, (&self.after, end), rights, (&self.kinds, self.limit)).await?;
        let next = Mark { position: page.position, ..mark }.seal(&ctx)?;
        self.after = After::Cursor(next.clone());
        let has_more = page.has_more;
        page.news.iter().filter_map(|news| news.row.as_ref()).for_each(|row| ctx.note(row));
        let items = shown(&ctx, page, mark).await?;
        ctx.settle_reads().await?;
        Ok(ChangePage { items, next, has_more })
    }
}

impl Reader {
    /// A digest of what the caller may see, found out once for each standing.
    async fn rights(&mut self, ctx: &Ctx) -> Result<[u8; 16]> {
        let caller = ctx.watch.as_ref().map(|watch| watch.caller());
        if let Some((_, known)) = self.rights.filter(|(of, _)| Some(*of) == caller) {
            return Ok(known);
        }
        let found = rights(ctx).await?;
        self.rights = caller.map(|caller| (caller, found));
        Ok(found)
    }
}

/// A page of the feed up to an end of the log that was looked for before the caller was looked up.
async fn page(
    ctx: &Ctx,
    (after, end): (&After, Position),
    rights: [u8; 16],
    (kinds, limit): (&[&'static KindDef], usize),
) -> Result<(Bulletin, Mark)> {
    let none = Proof::default();
    let mark = match after {
        After::Beginning => Mark { position: Position::default(), begun: end.seq, proof: none, rights },
        After::Now => Mark { position: end, begun: 0, proof: none, rights },
        After::Cursor(text) => Mark::open(ctx, text)?.under(rights)?,
    };
    let proof = feed::prove(ctx, end.seq, mark.proof).await?.ok_or_else(replaced)?;
    let mark = Mark { proof, ..mark };
    let stretch = Stretch { after: mark.position, until: end, begun: mark.begun };
    Ok((feed::since(ctx, stretch, kinds, limit).await?, mark))
}

/// A cursor at the end of the log, for a caller whose rights were looked up as they were then: in a snapshot of the database
/// both are of one instant.
///
/// # Errors
/// What the database says.
pub async fn cursor_at_end(ctx: &Ctx) -> Result<String> {
    let position = feed::end(ctx).await?;
    let proof = feed::prove(ctx, position.seq, Proof::default()).await?.ok_or_else(replaced)?;
    Mark { position, begun: 0, proof, rights: rights(ctx).await? }.seal(ctx)
}

/// The refusal of a cursor that was reached in another log.
fn replaced() -> Error {
    let why = "the database was restored since, and what happened after its backup is gone; read the lists anew, go on from `after=now`";
    Error::Gone(Code::LogReplaced, why.into())
}

/// The kinds that have a feed: all that can be read.
fn kinds_there_are() -> impl Iterator<Item = &'static KindDef> {
    KINDS.all().iter().copied().filter(|def| def.is_served())
}

/// The kinds with these names, each a kind's or its collection's, or several with commas; all where there is none.
///
/// # Errors
/// `BadRequest` naming all that are no kinds.
pub fn kinds_named(names: &[String]) -> Result<Vec<&'static KindDef>> {
    let names: Vec<&str> = names.iter().flat_map(|name| name.split(',')).map(str::trim).collect();
    if names.is_empty() {
        return Ok(kinds_there_are().collect());
    }
    let known = |name: &&str| {
        kinds_there_are()
            .find(|def| def.name.eq_ignore_ascii_case(name) || def.collection.eq_ignore_ascii_case(name))
    };
    let all: Vec<&str> = kinds_there_are().map(|def| def.name).collect();
    let fault = |unknown: &&str| {
        let (given, near) = (cut(&Json::from(*unknown)), hint(unknown, all.iter().copied()));
        let text = format!("{given} is no kind; kinds are {}{near}", all.join(", "));
        Violation::new("?kinds", Code::NotInList, text)
    };
    let faults: Vec<Violation> = names.iter().filter(|name| known(name).is_none()).map(fault).collect();
    if faults.is_empty() {
        Ok(names.iter().filter_map(known).collect())
    } else {
        Err(Error::BadRequest(faults))
    }
}

/// The changes as the caller sees the records.
async fn shown(ctx: &Ctx, page: Bulletin, mark: Mark) -> Result<Vec<Change>> {
    let mut rows: BTreeMap<&str, (&'static KindDef, Vec<Row>)> = BTreeMap::new();
    for news in &page.news {
        rows.entry(news.def.name).or_insert_with(|| (news.def, Vec::new())).1.extend(news.row.clone());
    }
    let mut records: HashMap<Uuid, Json> = HashMap::new();
    for (def, rows) in rows.into_values().filter(|(_, rows)| !rows.is_empty()) {
        let renderer = Renderer::on(ctx, def, &rows, Detail::List).await?;
        for row in rows {
            records.insert(row.id(), renderer.json(&row)?);
        }
    }
    let change = |news: News| -> Result<Change> {
        Ok(Change {
            event: news.event,
            kind: news.def.name.into(),
            id: news.id,
            cursor: Mark { position: news.position, ..mark }.seal(ctx)?,
            record: news.row.and_then(|_| records.get(&news.id).cloned()).map(Object),
        })
    };
    page.news.into_iter().map(change).collect()
}
