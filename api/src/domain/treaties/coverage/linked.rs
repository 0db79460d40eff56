//! Which actions and legal instruments of a country serve each obligation.

use std::collections::HashMap;

use entity::{
    Action, LegalInstrument, action, legal_instrument,
    vocab::{ActionStatus, LegalInstrumentStatus},
};
use kernel::{Ctx, KindDef, Result, policy::visible};
use sea_orm::sea_query::{Alias, ExprTrait, Order, Query};
use uuid::Uuid;

use crate::domain::Registered;

/// The visible records that serve an obligation, by its id.
pub struct Linked {
    /// Actions that are not cancelled.
    pub actions: HashMap<Uuid, Vec<Uuid>>,
    /// Legal instruments that are not repealed.
    pub legal_instruments: HashMap<Uuid, Vec<Uuid>>,
}

impl Linked {
    /// Finds what serves obligations, of an owner.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(ctx: &Ctx, owner: &str) -> Result<Self> {
        let cancelled = (action::STATUS.column, ActionStatus::Cancelled.code());
        let repealed = (legal_instrument::STATUS.column, LegalInstrumentStatus::Repealed.code());
        let instruments = "legal_instrument_obligation";
        Ok(Self {
            actions: serving(ctx, owner, (Action::def(), "action_obligation", cancelled)).await?,
            legal_instruments: serving(ctx, owner, (LegalInstrument::def(), instruments, repealed)).await?,
        })
    }
}

/// The visible records of an owner by the obligations that they serve, but for those in a state.
async fn serving(
    ctx: &Ctx,
    owner: &str,
    (def, links, (status, over)): (&'static KindDef, &'static str, (&str, &str)),
) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let link = |column: &'static str| (Alias::new(links), Alias::new(column));
    let select = Query::select()
        .columns([link("to_id"), link("from_id")])
        .from(Alias::new(links))
        .inner_join(def.iden(), def.col("id").equals(link("from_id")))
        .cond_where(visible(&ctx.actor, def))
        .and_where(def.col("owner").eq(owner))
        .and_where(def.col(status).ne(over))
        .order_by(link("from_id"), Order::Asc)
        .take();
    let mut found: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in ctx.db.reading().all(&select).await? {
        found.entry(row.try_get_by_index(0)?).or_default().push(row.try_get_by_index(1)?);
    }
    Ok(found)
}
