//! What the priorities of a method come to, one beside the other, as far as a caller sees them.

use std::collections::HashMap;

use async_graphql::SimpleObject;
use entity::{Priority, PriorityMethod, priority};
use kernel::{
    Ctx, Result,
    policy::visible,
    render::{Detail, Renderer},
    row::Row,
    store,
};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::priority::SUBJECT_KIND;
use crate::domain::{Registered, small};

/// Rows of a ranking at most.
const MOST: u64 = 1_000;

/// What has a priority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct RankedSubject {
    /// Kind of the record, such as `risk`.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// Its title, in the caller's language.
    #[schema(required = true)]
    pub name: Option<String>,
}

/// One priority among those of its method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Ranked {
    /// Rank by the total, the greatest first, among what the caller sees; equal totals have one rank.
    pub rank: i32,
    /// Whether others that the caller sees have the same total.
    pub is_tied: bool,
    /// Sum of the scores, each times the weight of its criterion.
    pub total: i32,
    /// Rank that the country gives it in the place of the computed one.
    #[schema(required = true)]
    pub override_rank: Option<i32>,
    /// Why it has another rank, in the caller's language.
    #[schema(required = true)]
    pub override_reason: Option<String>,
    /// Id of the priority.
    pub priority: Uuid,
    /// What has the priority; null where the caller may not see it.
    #[schema(required = true)]
    pub subject: Option<RankedSubject>,
}

/// The priorities of a method in their order.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct Ranking {
    /// How many priorities of the method the caller sees.
    pub count: i32,
    /// The first 1000 of them, by the rank that holds: the one given where there is one, else the computed one.
    pub rows: Vec<Ranked>,
}

/// Ranks the priorities of a visible method that the caller sees.
///
/// # Errors
/// `NotFound` if the method is not visible.
pub async fn ranking(ctx: &Ctx, method: Uuid) -> Result<Ranking> {
    store::get(ctx, PriorityMethod::def(), method).await?;
    let def = Priority::def();
    let mut places = Vec::new();
    let mut count = 0_i64;
    for row in ctx.db.reading().all(&select(ctx, method)).await? {
        let place = Place {
            id: row.try_get_by_index(0)?,
            rank: row.try_get_by_index(1)?,
            ties: row.try_get_by_index(2)?,
        };
        count = row.try_get_by_index(3)?;
        places.push(place);
    }
    let found = store::by_ids(ctx, def, &places.iter().map(|place| place.id).collect()).await?;
    let rows: Vec<Row> = found.into_values().collect();
    let renderer = Renderer::on(ctx, def, &rows, Detail::List).await?;
    let by_id: HashMap<Uuid, &Row> = rows.iter().map(|row| (row.id(), row)).collect();
    let shown = places.into_iter().filter_map(|place| Some(shown(&renderer, by_id.get(&place.id)?, place)));
    Ok(Ranking { count: small(count), rows: shown.collect() })
}

/// Where a priority stands.
#[derive(Clone, Copy)]
struct Place {
    id: Uuid,
    rank: i64,
    ties: i64,
}

/// The visible priorities of a method with their ranks, in order.
fn select(ctx: &Ctx, method: Uuid) -> SelectStatement {
    let def = Priority::def();
    let name = |name: &'static str| Alias::new(name);
    let windows = [
        ("RANK() OVER (ORDER BY total DESC)", "place"),
        ("COUNT(*) OVER (PARTITION BY total)", "ties"),
        ("COUNT(*) OVER ()", "many"),
    ];
    let mut inner = Query::select();
    inner.expr_as(def.col("id"), name("id"));
    for (window, alias) in windows {
        inner.expr_as(Expr::cust(window), name(alias));
    }
    inner
        .expr_as(def.col(priority::OVERRIDE_RANK.column), name("given"))
        .from(def.iden())
        .cond_where(visible(&ctx.actor, def))
        .and_where(def.col(priority::METHOD.column).eq(method));
    let col = |of: &'static str| Expr::col(name(of));
    Query::select()
        .exprs(["id", "place", "ties", "many"].map(col))
        .from_subquery(inner, name("ranked"))
        .order_by_expr(Expr::cust("COALESCE(given, place)"), Order::Asc)
        // A rank that was given goes before the same one that was computed.
        .order_by_expr(Expr::cust("given IS NULL"), Order::Asc)
        .order_by(name("place"), Order::Asc)
        .order_by(name("id"), Order::Asc)
        .limit(MOST)
        .take()
}

fn shown(renderer: &Renderer, row: &Row, place: Place) -> Ranked {
    let named = renderer.reference(row.read(priority::SUBJECT));
    let kind = row.text(SUBJECT_KIND).unwrap_or_default();
    Ranked {
        rank: small(place.rank),
        is_tied: place.ties > 1,
        total: row.read(priority::TOTAL).unwrap_or_default(),
        override_rank: row.read(priority::OVERRIDE_RANK),
        override_reason: renderer.texts(row).get(priority::OVERRIDE_REASON.column).map(str::to_owned),
        priority: row.id(),
        subject: named.map(|of| RankedSubject { kind: kind.to_owned(), id: of.id, name: of.name }),
    }
}
