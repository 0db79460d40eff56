//! How a record kind describes itself: typed at the edge, erased inside.

mod column;
mod def;
mod outcome;

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::OnceLock,
};

use async_graphql::{InputType, OutputType};
use futures_util::future::BoxFuture;
use sea_orm::{
    ActiveModelTrait, EntityTrait, IntoActiveModel, TryIntoModel,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

pub use column::{Column, Link, Parent};
pub use def::KindDef;
pub use outcome::{Op, Outcome, OutcomeKind};

use crate::{
    ctx::Ctx,
    error::{Error, Result},
    filter::Filter,
    lens::{Lens, Meta, Seen},
    row::Row,
    unit::{Item, Unit},
};

/// A stored row of the kind `R`, typed.
pub type ModelOf<R> = <<R as Record>::Entity as EntityTrait>::Model;

/// A record kind: its view, its inputs and its description.
///
/// The implementing type is the view, what callers read.
pub trait Record: Serialize + ToSchema + OutputType + Sized + Send + Sync + 'static {
    /// Table of the kind.
    type Entity: EntityTrait<Model: IntoActiveModel<Self::Active>>;
    /// Active model of the table.
    type Active: ActiveModelTrait<Entity = Self::Entity> + TryIntoModel<ModelOf<Self>> + Send;
    /// What creates a record.
    type New: Serialize + ToSchema + InputType;
    /// What edits a record.
    type Patch: Serialize + ToSchema + InputType;
    /// What narrows a list.
    type Filter: Filter + DeserializeOwned + InputType;

    /// The kind's description.
    fn def() -> &'static KindDef;

    /// What the record tells of itself.
    fn meta(&self) -> &Meta;

    /// Renders a row for a caller; `seen` holds the parts every view has.
    fn view(seen: Seen, model: ModelOf<Self>, lens: &Lens) -> Self;

    /// Renders a row that came from the store.
    ///
    /// # Errors
    /// `Internal` if the row does not fit the table.
    fn from_row(mut row: Row, lens: &Lens) -> Result<Self> {
        let texts = lens.localise(Self::def(), &mut row);
        let model = row.model::<Self>()?;
        Ok(Self::view(lens.seen(&row, texts), model, lens))
    }
}

/// The kinds of records, found through the log in one statement; ids that never were are left out.
///
/// # Errors
/// What the database says.
pub async fn kinds_of(ctx: &Ctx, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, &'static KindDef>> {
    let select = Query::select()
        .distinct()
        .columns(["record_id", "kind"].map(Alias::new))
        .from(Alias::new("change"))
        .and_where(Expr::col(Alias::new("record_id")).is_in(ids.iter().copied()))
        .take();
    let mut found = HashMap::new();
    for row in ctx.db.reading().all(&select).await? {
        let kind: String = row.try_get_by_index(1)?;
        found.extend(
            ctx.kinds.get(&kind).map(|def| Ok::<_, Error>((row.try_get_by_index(0)?, def))).transpose()?,
        );
    }
    Ok(found)
}

/// Renders a row for a caller.
pub type Show = fn(&Lens, Row) -> Result<Json>;

/// A row as the caller of the lens sees it, in the form of the REST face.
///
/// # Errors
/// `Internal` if the row does not fit its table.
pub fn shown<R: Record>(lens: &Lens, row: Row) -> Result<Json> {
    Ok(serde_json::to_value(R::from_row(row, lens)?)?)
}

/// A stage of the write path that a kind adds: it may look things up, change `after` and reject items.
pub type Hook = for<'a> fn(&'a mut Unit, &'a mut [Item]) -> BoxFuture<'a, Result<()>>;

/// All record kinds of an installation, by name.
pub struct Registry {
    kinds: Vec<fn() -> &'static KindDef>,
    loaded: OnceLock<Vec<&'static KindDef>>,
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("kinds", &self.kinds.len()).finish_non_exhaustive()
    }
}

impl Registry {
    /// Makes a registry of these kinds.
    #[must_use]
    pub const fn new(kinds: Vec<fn() -> &'static KindDef>) -> Self {
        Self { kinds, loaded: OnceLock::new() }
    }

    /// Every kind, in the order they were given.
    pub fn all(&self) -> &[&'static KindDef] {
        self.loaded.get_or_init(|| self.kinds.iter().map(|kind| kind()).collect())
    }

    /// The kind with this name (`task`) or collection name (`tasks`).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'static KindDef> {
        self.all().iter().find(|def| def.name == name || def.collection == name).copied()
    }
}
