//! The gaps that countries of a region have released, by area of capability.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::SimpleObject;
use entity::{CapabilityArea, Gap, Region, gap, region, vocab::GapStatus};
use kernel::{Ctx, Result, policy::visible, render::Renderer, scalar::Ref, store};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::members;
use crate::{
    domain::{Registered, small},
    signin::circles::sets_for_region,
};

/// The gaps in one area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AreaGaps {
    /// The area of capability.
    pub area: Ref,
    /// Countries with a gap in it.
    pub countries: i32,
    /// Gaps in it.
    pub gaps: i32,
    /// Those of them that are open.
    pub gaps_open: i32,
}

/// Gaps by area across a region: those that member countries have released to it and that the caller sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct RegionGaps {
    /// Code of the region.
    pub region: String,
    /// Countries of which a gap counts here.
    pub countries: i32,
    /// Member countries of the region now.
    pub member_countries: i32,
    /// The areas with gaps, by code.
    pub areas: Vec<AreaGaps>,
}

/// Counts the released gaps of a region's countries by area.
///
/// # Errors
/// `NotFound` if there is no such region.
pub async fn gaps(ctx: &Ctx, code: &str) -> Result<RegionGaps> {
    let found = store::at(ctx, Region::def(), code).await?;
    let code = found.read(region::CODE).unwrap_or_default();
    let owner = format!("region:{code}");
    let sets = sets_for_region(ctx, &owner).await?;
    let members = members::codes(ctx, &owner).await?;
    let counted = ctx.db.reading().all(&select(ctx, &sets, &members)).await?;
    let mut areas = BTreeMap::<Uuid, (BTreeSet<String>, i64, i64)>::new();
    for row in counted {
        let of = areas.entry(row.try_get_by_index(0)?).or_default();
        let (count, status): (i64, String) = (row.try_get_by_index(3)?, row.try_get_by_index(2)?);
        of.0.insert(row.try_get_by_index(1)?);
        of.1 += count;
        if status == GapStatus::Open.code() {
            of.2 += count;
        }
    }
    let named = store::by_ids(ctx, CapabilityArea::def(), &areas.keys().copied().collect()).await?;
    let renderer = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
    let owners: BTreeSet<&String> = areas.values().flat_map(|(owners, ..)| owners).collect();
    let countries = small(owners.len());
    let mut shown: Vec<AreaGaps> = areas
        .iter()
        .filter_map(|(id, (owners, all, open))| {
            Some(AreaGaps {
                area: renderer.named(named.get(id)?),
                countries: small(owners.len()),
                gaps: small(*all),
                gaps_open: small(*open),
            })
        })
        .collect();
    shown.sort_by(|a, b| a.area.code.cmp(&b.area.code));
    Ok(RegionGaps { region: code, countries, member_countries: small(members.len()), areas: shown })
}

/// The counts of visible released gaps of these countries, by area, owner and state.
fn select(ctx: &Ctx, sets: &BTreeSet<Uuid>, members: &BTreeSet<String>) -> SelectStatement {
    let def = Gap::def();
    let columns = [gap::AREA.column, "owner", gap::STATUS.column];
    let mut select = Query::select();
    select
        .exprs(columns.map(|column| def.col(column)))
        .expr(Expr::cust("COUNT(*)"))
        .from(def.iden())
        .cond_where(visible(&ctx.actor, def))
        .and_where(ctx.db.reading().among(def.col("release_set_id"), sets))
        .and_where(def.col("owner").is_in(members.iter().map(String::as_str)));
    for column in columns {
        select.group_by_col((def.iden(), Alias::new(column)));
    }
    select
}
