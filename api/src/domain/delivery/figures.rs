//! What the figures of a plan stand on: the plan, its pillars and objectives, names, the day it is there.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use chrono_tz::Tz;
use entity::{Agency, Country, Objective, Pillar, Plan, country, objective};
use kernel::{Ctx, Error, KindDef, Result, render::Renderer, row::Row, scalar::Ref, store};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait};
use uuid::Uuid;

use crate::domain::Registered;

/// A plan with the parts of it that the caller may see.
pub(super) struct Frame {
    /// Its id.
    pub id: Uuid,
    /// Today, in the time zone of the plan's country.
    pub today: NaiveDate,
    /// Its pillars, in order.
    pub pillars: Vec<Row>,
    /// Its objectives, in order.
    pub objectives: Vec<Row>,
    renderer: Renderer,
}

impl Frame {
    /// Reads a visible plan.
    ///
    /// # Errors
    /// `NotFound` if it is not visible.
    pub async fn of(ctx: &Ctx, id: Uuid) -> Result<Self> {
        let plan = store::get(ctx, Plan::def(), id).await?;
        let of_plan = |def: &'static KindDef| Cond::all().add(def.col("plan_id").eq(id));
        Ok(Self {
            id,
            today: today(ctx, plan.owner()).await?,
            pillars: store::seen(ctx, Pillar::def(), of_plan(Pillar::def()), 10_000).await?,
            objectives: store::seen(ctx, Objective::def(), of_plan(Objective::def()), 10_000).await?,
            renderer: Renderer::for_edges(ctx, Renderer::owners(ctx).await?),
        })
    }

    /// How a record is named, in the caller's language.
    pub fn name(&self, row: &Row) -> Ref {
        self.renderer.named(row)
    }

    /// The pillar of each objective.
    pub fn pillar_of(&self) -> HashMap<Uuid, Uuid> {
        self.objectives.iter().filter_map(|row| Some((row.id(), row.read(objective::PILLAR)?))).collect()
    }

    /// The agencies that the caller may see, of these.
    ///
    /// # Errors
    /// What the database says.
    pub async fn agencies(&self, ctx: &Ctx, ids: BTreeSet<Uuid>) -> Result<HashMap<Uuid, Ref>> {
        let def = Agency::def();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = store::seen(ctx, def, Cond::all().add(def.col("id").is_in(ids)), 10_000).await?;
        Ok(rows.iter().map(|row| (row.id(), self.name(row))).collect())
    }
}

/// A column of a table or of a part of a statement.
pub(super) fn column(table: &str, column: &str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(column)))
}

/// Today where the owner is; elsewhere than in countries, and where the time zone is not known, in UTC.
async fn today(ctx: &Ctx, owner: &str) -> Result<NaiveDate> {
    let zone = if owner.contains(':') {
        None
    } else {
        match store::by_code(ctx, Country::def(), owner).await {
            Ok(row) => row.read(country::TIME_ZONE),
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        }
    };
    let zone: Tz = zone.and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC);
    Ok(ctx.clock.now().with_timezone(&zone).date_naive())
}
