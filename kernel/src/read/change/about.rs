//! What the log knows of a person: records that were about it, and how much it wrote.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, Func, Query, extension::postgres::PgExpr, extension::sqlite::SqliteExpr,
};
use uuid::Uuid;

use crate::{db::Conn, error::Result, record::KindDef};

/// Records of a kind that were ever about a person, deleted ones too.
///
/// # Errors
/// What the database says.
pub async fn records_about(conn: Conn<'_>, def: &KindDef, person: Uuid) -> Result<BTreeSet<Uuid>> {
    let fact = |facts: &'static str| {
        let facts = Expr::col(Alias::new(facts));
        let found = if conn.is_postgres() {
            PgExpr::cast_json_field(facts, "person")
        } else {
            SqliteExpr::cast_json_field(facts, "person")
        };
        found.eq(person.to_string())
    };
    let select = Query::select()
        .distinct()
        .column(Alias::new("record_id"))
        .from(Alias::new("change"))
        .and_where(Expr::col(Alias::new("kind")).eq(def.name))
        .and_where(fact("facts_after").or(fact("facts_before")))
        .take();
    conn.all(&select).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// How many change sets somebody wrote, and when the first and the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// How many.
    pub sets: i64,
    /// Instant of the first.
    pub first_at: Option<DateTime<Utc>>,
    /// Instant of the last.
    pub last_at: Option<DateTime<Utc>>,
}

/// What somebody wrote, by the number that stands for the account in the log.
///
/// # Errors
/// What the database says.
pub async fn written_by(conn: Conn<'_>, number: i64) -> Result<Written> {
    let at = || Expr::col(Alias::new("at"));
    let select = Query::select()
        .expr(Func::count(Expr::val(1)))
        .exprs([at().min(), at().max()])
        .from(Alias::new("change_set"))
        .and_where(Expr::col(Alias::new("actor")).eq(number))
        .and_where(Expr::col(Alias::new("cause")).ne("read"))
        .take();
    let Some(row) = conn.one(&select).await? else { return Ok(Written::default()) };
    let (sets, first_at, last_at) =
        (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
    Ok(Written { sets, first_at, last_at })
}
