//! Edges through dataloaders made for one request: statements grow with the edges selected, never with rows.

use std::{
    collections::{BTreeSet, HashMap},
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
};
use kernel::{
    Ctx, KindDef, Record,
    filter::{Cond, Filter, Where},
    lens::{Lens, Owners},
    page::{Page, Slice},
    row::Row,
    sets::{self, SharedWith},
    store::{self, Via},
};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{
    connection::{Connection, Slicing},
    fault::Fault,
};

/// What the loaders of one request share.
pub struct Edges {
    ctx: Ctx,
    owners: OnceCell<Arc<Owners>>,
}

impl Edges {
    /// The loaders of one request.
    #[must_use]
    pub fn loader(ctx: &Ctx) -> DataLoader<Self> {
        let edges = Self { ctx: ctx.clone(), owners: OnceCell::new() };
        DataLoader::new(edges, tokio::spawn)
    }

    /// The caller's context.
    #[must_use]
    pub fn call(&self) -> &Ctx {
        &self.ctx
    }

    /// The caller's view for records of GraphQL: looked up once for each request.
    ///
    /// # Errors
    /// What the database says.
    pub async fn lens(&self) -> kernel::Result<Lens> {
        let owners =
            self.owners.get_or_try_init(async || Lens::owners(&self.ctx).await.map(Arc::new)).await?;
        Ok(Lens::for_edges(&self.ctx, owners.clone()))
    }
}

/// A record looked for by id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct One {
    kind: &'static str,
    id: Uuid,
}

impl Loader<One> for Edges {
    type Value = Row;
    type Error = Fault;

    async fn load(&self, keys: &[One]) -> Result<HashMap<One, Row>, Fault> {
        let mut kinds: HashMap<&'static str, BTreeSet<Uuid>> = HashMap::new();
        for key in keys {
            kinds.entry(key.kind).or_default().insert(key.id);
        }
        let mut found = HashMap::new();
        for (kind, ids) in kinds {
            let Some(def) = self.ctx.kinds.get(kind) else { continue };
            for (id, row) in store::by_ids(&self.ctx, def, &ids).await? {
                found.insert(One { kind, id }, row);
            }
        }
        Ok(found)
    }
}

/// What is asked of every parent of an edge.
struct Ask {
    def: &'static KindDef,
    via: Via,
    cond: Cond,
    page: Page,
    /// Text that is equal for equal questions.
    print: String,
}

/// The children of one parent.
#[derive(Clone)]
struct Many {
    parent: Uuid,
    ask: Arc<Ask>,
}

impl PartialEq for Many {
    fn eq(&self, other: &Self) -> bool {
        self.parent == other.parent && self.ask.print == other.ask.print
    }
}

impl Eq for Many {}

impl Hash for Many {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parent.hash(state);
        self.ask.print.hash(state);
    }
}

#[expect(clippy::mutable_key_type, reason = "a key is equal by its text, which never changes")]
impl Loader<Many> for Edges {
    type Value = Arc<Slice>;
    type Error = Fault;

    async fn load(&self, keys: &[Many]) -> Result<HashMap<Many, Arc<Slice>>, Fault> {
        let mut asks: HashMap<&str, (&Arc<Ask>, BTreeSet<Uuid>)> = HashMap::new();
        for key in keys {
            asks.entry(&key.ask.print).or_insert_with(|| (&key.ask, BTreeSet::new())).1.insert(key.parent);
        }
        let mut found = HashMap::new();
        for (ask, parents) in asks.into_values() {
            let slices =
                store::by_parent(&self.ctx, ask.def, ask.via, &parents, ask.cond.clone(), &ask.page).await?;
            for (parent, slice) in slices {
                found.insert(Many { parent, ask: ask.clone() }, Arc::new(slice));
            }
        }
        Ok(found)
    }
}

/// The members of a shared set.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Shared(Uuid);

impl Loader<Shared> for Edges {
    type Value = SharedWith;
    type Error = Fault;

    async fn load(&self, keys: &[Shared]) -> Result<HashMap<Shared, SharedWith>, Fault> {
        let ids = keys.iter().map(|key| key.0).collect();
        let found = sets::seen(&self.ctx, &ids).await?;
        Ok(found.into_iter().map(|(id, members)| (Shared(id), members)).collect())
    }
}

/// The record an edge leads to; none if the caller may not see it.
///
/// # Errors
/// What the database says.
pub async fn one<R: Record>(ctx: &Context<'_>, id: Option<Uuid>) -> Result<Option<R>, Fault> {
    let Some(id) = id else { return Ok(None) };
    let loader = loader(ctx)?;
    let Some(row) = loader.load_one(One { kind: R::def().name, id }).await? else { return Ok(None) };
    Ok(Some(R::from_row(row, &loader.loader().lens().await?)?))
}

/// Tells whether the caller sees a record of any kind; one of a kind that is not kept here is told inside
/// the owner of what refers to it only.
///
/// # Errors
/// What the database says.
pub async fn sees_any(ctx: &Context<'_>, owner: &str, kind: &str, id: Uuid) -> Result<bool, Fault> {
    let loader = loader(ctx)?;
    let call = &loader.loader().ctx;
    let Some(def) = call.kinds.get(kind) else { return Ok(call.actor.is_inside(owner)) };
    Ok(loader.load_one(One { kind: def.name, id }).await?.is_some())
}

/// A part of the records an edge leads to.
///
/// # Errors
/// `BadRequest` for arguments that do not fit; what the database says.
pub async fn many<R: Record>(
    ctx: &Context<'_>,
    parent: Uuid,
    via: Via,
    asked: (Option<R::Filter>, Slicing<R>),
) -> Result<Connection<R>, Fault>
where
    R::Filter: std::fmt::Debug,
{
    let loader = loader(ctx)?;
    let call = &loader.loader().ctx;
    let page = asked.1.page(ctx)?;
    let filter = asked.0.unwrap_or_default();
    let print = format!("{} {via:?} {page:?} {filter:?}", R::def().name);
    let ask =
        Arc::new(Ask { def: R::def(), via, cond: narrowed::<R>(call, &filter)?, page: page.clone(), print });
    let slice = loader.load_one(Many { parent, ask }).await?;
    let slice = slice.map(|slice| Slice::clone(&slice)).unwrap_or_default();
    connection(call, &loader.loader().lens().await?, slice, &page)
}

/// A part of the list of a kind.
///
/// # Errors
/// `BadRequest` for arguments that do not fit; what the database says.
pub async fn list<R: Record>(
    ctx: &Context<'_>,
    filter: Option<R::Filter>,
    slicing: Slicing<R>,
) -> Result<Connection<R>, Fault> {
    let loader = loader(ctx)?;
    let call = &loader.loader().ctx;
    let page = slicing.page(ctx)?;
    let cond = narrowed::<R>(call, &filter.unwrap_or_default())?;
    let slice = store::list(call, R::def(), cond, &page).await?;
    connection(call, &loader.loader().lens().await?, slice, &page)
}

/// The condition of a filter, each part of which says something about the kind.
fn narrowed<R: Record>(call: &Ctx, filter: &R::Filter) -> Result<Cond, Fault> {
    filter.common().check(R::def())?;
    Ok(Where::of(R::def(), call, filter)?)
}

fn connection<R: Record>(call: &Ctx, lens: &Lens, slice: Slice, page: &Page) -> Result<Connection<R>, Fault> {
    let mut records = Vec::with_capacity(slice.rows.len());
    for row in slice.rows {
        records.push((page.cursor_at(call, &row), R::from_row(row, lens)?));
    }
    Ok(Connection::new(records, page, slice.has_more, slice.total))
}

/// The agencies and groups a record is shared with.
///
/// # Errors
/// What the database says.
pub async fn shared(ctx: &Context<'_>, set: Option<Uuid>) -> Result<Option<SharedWith>, Fault> {
    match set {
        Some(set) => loader(ctx)?.load_one(Shared(set)).await,
        None => Ok(None),
    }
}

/// The caller's context.
///
/// # Errors
/// `Internal` outside a request.
pub fn call<'a>(ctx: &Context<'a>) -> Result<&'a Ctx, Fault> {
    ctx.data::<Ctx>().map_err(|_| outside())
}

/// The loaders of the request.
///
/// # Errors
/// `Internal` outside a request.
pub fn loader<'a>(ctx: &Context<'a>) -> Result<&'a DataLoader<Edges>, Fault> {
    ctx.data::<DataLoader<Edges>>().map_err(|_| outside())
}

fn outside() -> Fault {
    Fault(kernel::Error::Internal("a resolver ran outside a request".into()))
}
