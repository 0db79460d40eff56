//! What was published on each day: counted by whoever asks first, and the same for everybody until the day is over.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use entity::cube_day::{Column, Entity};
use kernel::{Ctx, Error, Result};
use sea_orm::{
    Order, QueryResult,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement},
};
use serde_json::{Value as Json, json};
use tokio::task::spawn_blocking;

use super::{
    counting,
    guard::{self, Key, Shown, Table, Tables},
};

/// Countries that the figures of each cube are said to tell of.
type Coverage = Vec<BTreeSet<String>>;

/// What is published on a day.
#[derive(Clone, Debug)]
pub(super) struct Day {
    told_on: NaiveDate,
    /// When it was counted.
    pub(super) made_at: DateTime<Utc>,
    /// Countries that the figures of each cube are said to tell of.
    pub(super) coverage: Coverage,
    /// The cells that are shown, by cube.
    pub(super) tables: Tables,
}

/// What is published today.
///
/// # Errors
/// What the database says.
pub(super) async fn today(ctx: &Ctx) -> Result<Day> {
    let today = ctx.clock.today();
    // Where the clock of another process has gone on already, the day has begun.
    if let Some(day) = last(ctx).await?.filter(|day| day.told_on >= today) {
        return Ok(day);
    }
    let counted = counting::count(ctx).await?;
    let past = all(ctx).await?;
    let mut tables: Vec<Tables> = past.iter().map(|day| day.tables.clone()).collect();
    tables.dedup();
    // It looks at all that was published before, for which others shall not wait.
    let judged = spawn_blocking(move || guard::publish(today, &counted, &tables)).await;
    let published = judged.map_err(|error| Error::Internal(format!("cubes were not judged: {error}")))?;
    let coverage: Coverage = published
        .iter()
        .enumerate()
        .map(|(at, table)| {
            let past: Vec<_> = past.iter().filter_map(|day| day.coverage.get(at)).collect();
            guard::covered(table, &past)
        })
        .collect();
    let is_same = past.last().is_some_and(|day| day.tables == published);
    keep(ctx, (today, ctx.clock.now()), &coverage, (!is_same).then_some(&published)).await?;
    // Of those that count at the same time the first one has published.
    last(ctx).await?.ok_or_else(|| Error::Internal("what was counted was not kept".into()))
}

async fn keep(
    ctx: &Ctx,
    (day, now): (NaiveDate, DateTime<Utc>),
    coverage: &Coverage,
    tables: Option<&Tables>,
) -> Result<()> {
    // Keys of several codes are no names of members.
    let listed = |table: &Table| table.iter().map(|(key, shown)| json!([key, shown])).collect::<Vec<_>>();
    let tables = tables.map(|tables| tables.iter().map(listed).collect::<Json>());
    let insert = Query::insert()
        .into_table(Entity)
        .columns([Column::ToldOn, Column::MadeAt, Column::Coverage, Column::Cubes])
        .values_panic([day.into(), now.into(), json!(coverage).into(), tables.into()])
        .on_conflict(OnConflict::column(Column::ToldOn).do_nothing().to_owned())
        .take();
    ctx.db.writing().run(&insert).await?;
    Ok(())
}

fn days() -> SelectStatement {
    let columns = [Column::ToldOn, Column::MadeAt, Column::Coverage, Column::Cubes];
    Query::select().columns(columns).from(Entity).take()
}

/// The last day of publication.
async fn last(ctx: &Ctx) -> Result<Option<Day>> {
    let mut last = days();
    last.order_by(Column::ToldOn, Order::Desc).limit(1);
    let mut shown = last.clone();
    shown.and_where(Expr::col(Column::Cubes).is_not_null());
    let conn = ctx.db.reading();
    let Some(row) = conn.one(&last).await? else { return Ok(None) };
    let shown = conn.one(&shown).await?.map(|row| read(&row, None)).transpose()?;
    read(&row, shown.as_ref()).map(Some)
}

/// Every day of publication, the last one last.
async fn all(ctx: &Ctx) -> Result<Vec<Day>> {
    let mut select = days();
    select.order_by(Column::ToldOn, Order::Asc);
    let mut all: Vec<Day> = Vec::new();
    for row in ctx.db.reading().all(&select).await? {
        let day = read(&row, all.last())?;
        all.push(day);
    }
    Ok(all)
}

fn read(row: &QueryResult, before: Option<&Day>) -> Result<Day> {
    let coverage: Json = row.try_get_by_index(2)?;
    let tables = match row.try_get_by_index::<Option<Json>>(3)? {
        Some(stored) => {
            let listed: Vec<Vec<(Key, Shown)>> = serde_json::from_value(stored)?;
            listed.into_iter().map(Table::from_iter).collect()
        }
        None => before.map(|day| day.tables.clone()).unwrap_or_default(),
    };
    Ok(Day {
        told_on: row.try_get_by_index(0)?,
        made_at: row.try_get_by_index(1)?,
        coverage: serde_json::from_value(coverage)?,
        tables,
    })
}
