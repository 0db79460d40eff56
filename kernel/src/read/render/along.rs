//! What rows refer to, selected along with them: a record and all that is shown of it in one statement.

use std::collections::HashMap;

use sea_orm::{
    JoinType, QueryResult,
    sea_query::{Alias, CaseStatement, Expr, ExprTrait, Query, SelectStatement},
};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    policy::visible,
    record::KindDef,
    row::Row,
    scalar::SharedWith,
    view::View,
};

/// Name of the record referred to, within the subselect of a column.
const OTHER: &str = "other";
/// Name of the table of an n-n relation there.
const BETWEEN: &str = "between_them";

/// The columns that were selected along with rows of a kind.
#[derive(Debug, Default)]
pub(crate) struct Along(Vec<Holds>);

/// What one of the columns holds.
#[derive(Clone, Copy, Debug)]
enum Holds {
    /// The visible record of one kind that a column refers to.
    One(&'static KindDef),
    /// The visible records of one kind that a relation leads to.
    Many(&'static KindDef),
    /// Ids of the visible agencies that the row is shared with.
    Agencies,
    /// Ids of the visible groups.
    Groups,
}

impl Along {
    /// Puts the columns for this caller into a select; each asks only where the row refers to anything.
    pub(crate) fn select(view: &View, def: &'static KindDef, select: &mut SelectStatement) -> Self {
        let own = |column: &str| (Alias::new(def.table), Alias::new(column));
        let target = |kind: Option<&'static str>| view.kinds.get(kind?);
        let mut all = Vec::new();
        let mut put = |holds, wherever: Expr, column: SelectStatement| {
            let column = Expr::SubQuery(None, Box::new(column.into()));
            select.expr(CaseStatement::new().case(wherever, column));
            all.push(holds);
        };
        for column in &def.columns {
            let Some(target) = target(column.target) else { continue };
            let mut other = others(view, target, &shown(target), false);
            other.and_where(of(OTHER, "id").equals(own(column.name)));
            put(Holds::One(target), def.col(column.name).is_not_null(), other);
        }
        for link in &def.links {
            let Some(target) = target(link.target) else { continue };
            let mut others = linked(view, target, &shown(target), link.table);
            others.and_where(of(BETWEEN, "from_id").equals(own("id")));
            let listed = def.col(link.column).cast_as(Alias::new("text"));
            put(Holds::Many(target), listed.ne("[]"), others);
        }
        let shared = [
            (Holds::Agencies, "agency", "shared_set_agency"),
            (Holds::Groups, "working_group", "shared_set_group"),
        ];
        for (holds, kind, table) in shared.into_iter().filter(|_| def.has("shared_set_id")) {
            let Some(target) = target(Some(kind)) else { continue };
            let mut others = linked(view, target, &[Some("id")], table);
            others.and_where(of(BETWEEN, "from_id").equals(own("shared_set_id")));
            put(holds, def.col("shared_set_id").is_not_null(), others);
        }
        Self(all)
    }

    /// How many columns there are.
    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Reads the columns, which stand from `at` on.
    pub(crate) fn read(&self, row: &Row, from: &QueryResult, at: usize, to: &mut Named) -> Result<()> {
        for (at, holds) in (at..).zip(&self.0) {
            let Some(held) = from.try_get_by_index::<Option<Json>>(at)? else { continue };
            let all = held.as_array().map_or(&[][..], Vec::as_slice);
            match holds {
                Holds::One(target) => to.put(target, all)?,
                Holds::Many(target) => {
                    let lists = all.iter().filter_map(Json::as_array);
                    lists.map(Vec::as_slice).try_for_each(|one| to.put(target, one))?;
                }
                Holds::Agencies => to.share(row, all, |set| &mut set.agencies),
                Holds::Groups => to.share(row, all, |set| &mut set.groups),
            }
        }
        Ok(())
    }
}

/// The records that rows refer to, as far as a reference shows them, and the sets they are shared with.
#[derive(Clone, Debug, Default)]
pub struct Named {
    rows: HashMap<Uuid, Row>,
    sets: HashMap<Uuid, SharedWith>,
}

impl Named {
    /// Reads a record from the values of [`shown`].
    fn put(&mut self, def: &'static KindDef, held: &[Json]) -> Result<()> {
        let text = |at| held.get(at).and_then(Json::as_str);
        let id = text(0).and_then(|id| id.parse().ok());
        let id: Uuid = id.ok_or_else(|| Error::Internal("a reference has no id".into()))?;
        self.rows.entry(id).or_insert_with(|| {
            let mut row = Row::empty(def);
            row.set("id", id);
            for (at, column) in shown(def).into_iter().enumerate().skip(1) {
                match (column, held.get(at)) {
                    (Some("translations"), Some(texts)) => row.set("translations", texts.clone()),
                    (Some(column), Some(Json::String(text))) => row.set(column, text.clone()),
                    _ => {}
                }
            }
            row
        });
        Ok(())
    }

    /// Reads the ids of a set's members.
    fn share(&mut self, row: &Row, held: &[Json], of: impl Fn(&mut SharedWith) -> &mut Vec<Uuid>) {
        let Some(set) = row.uuid("shared_set_id") else { return };
        let id = |one: &Json| one.get(0)?.as_str()?.parse().ok();
        let mut ids: Vec<Uuid> = held.iter().filter_map(id).collect();
        ids.sort_unstable();
        *of(self.sets.entry(set).or_default()) = ids;
    }

    /// The records.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    /// The sets.
    pub(super) const fn sets(&self) -> &HashMap<Uuid, SharedWith> {
        &self.sets
    }
}

/// The columns that a reference shows, or takes to choose a language.
pub(super) fn shown(target: &KindDef) -> [Option<&'static str>; 6] {
    let texts = |column| target.has_texts().then_some(column);
    [Some("id"), Some("owner"), target.code, target.label, texts("language"), texts("translations")]
}

/// The visible records of a kind, each as an array of columns, under the name [`OTHER`]: the row's own table,
/// which may be the same, can be named beside it. All of them are one array where there may be many.
fn others(view: &View, target: &KindDef, shown: &[Option<&'static str>], are_many: bool) -> SelectStatement {
    let mut inner = SelectStatement::new();
    let columns = shown.iter().flatten().copied();
    inner.columns(columns.map(|column| (target.iden(), Alias::new(column)))).from(target.iden());
    inner.cond_where(visible(&view.actor, target));
    let is_postgres = view.db.reading().is_postgres();
    let part = |column: Option<&'static str>| match column {
        None => "NULL".to_owned(),
        Some("id") if !is_postgres => format!("hex({OTHER}.id)"),
        Some("translations") if !is_postgres => format!("json({OTHER}.translations)"),
        Some(column) => format!("{OTHER}.{column}"),
    };
    let parts: Vec<String> = shown.iter().copied().map(part).collect();
    let (group, array) =
        if is_postgres { ("json_agg", "json_build_array") } else { ("json_group_array", "json_array") };
    let one = format!("{array}({})", parts.join(", "));
    let all = if are_many { format!("{group}({one})") } else { one };
    Query::select().expr(Expr::cust(all)).from_subquery(inner, Alias::new(OTHER)).take()
}

/// The visible records of a kind at the other end of a relation.
fn linked(
    view: &View,
    target: &KindDef,
    shown: &[Option<&'static str>],
    table: &'static str,
) -> SelectStatement {
    let mut select = others(view, target, shown, true);
    let on = of(BETWEEN, "to_id").equals((Alias::new(OTHER), Alias::new("id")));
    select.join_as(JoinType::InnerJoin, Alias::new(table), Alias::new(BETWEEN), on);
    select
}

fn of(table: &'static str, column: &'static str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(column)))
}
