//! What is open in plans: actions that nobody leads or that no gap or risk names, and comments.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use entity::{Action, Comment, Gap, Risk, action, comment, gap, risk, vocab::CommentStatus};
use kernel::{
    Actor, KindDef, Result,
    db::Conn,
    editions::unfolded,
    policy::visible,
    record::Columns,
    row::Row,
    store::{self, Wanted},
};
use model::{Field, FieldType, access::Visibility, declaration::standard};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Query};
use uuid::Uuid;

use super::plan::has_next;
use crate::domain::Registered;

/// Which of these actions a record of a kind names: a visible one, where a caller is given.
pub(super) async fn linked<T: FieldType>(
    (conn, caller): (Conn<'_>, Option<&Actor>),
    (def, field): (&'static KindDef, Field<T>),
    actions: &BTreeSet<Uuid>,
) -> Result<HashSet<Uuid>> {
    let Some(link) = def.link(field.column).filter(|_| !actions.is_empty()) else {
        return Ok(HashSet::new());
    };
    let of = |column: &'static str| Expr::col((Alias::new(link.table), Alias::new(column)));
    let mut select = Query::select();
    select
        .distinct()
        .expr(of("to_id"))
        .from(Alias::new(link.table))
        .and_where(conn.among(of("to_id"), actions));
    if let Some(caller) = caller {
        select.inner_join(def.iden(), def.col("id").eq(of("from_id"))).cond_where(visible(caller, def));
    }
    let rows = conn.all(&select).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// The actions of some plans, and what is open about them; hidden ones count too.
#[derive(Debug, Default)]
pub struct Open {
    actions: BTreeMap<Uuid, Vec<Uuid>>,
    unled: HashSet<Uuid>,
    commented: BTreeSet<Uuid>,
    with_gap: HashSet<Uuid>,
    with_risk: HashSet<Uuid>,
}

impl Open {
    /// Looks for what is open in plans, in the edition that is worked on where there is one: four statements.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(conn: Conn<'_>, plans: &[&Row]) -> Result<Self> {
        let ids: BTreeSet<Uuid> = plans.iter().map(|row| row.id()).collect();
        let next: HashSet<Uuid> = plans.iter().filter(|row| has_next(row)).map(|row| row.id()).collect();
        let mut open = Self::default();
        let def = Action::def();
        // What the next edition changes may be in any column.
        let few = || def.named(&["id", action::PLAN.column, action::LEAD_AGENCY.column]);
        let columns = if next.is_empty() { few() } else { Columns::ALL };
        let of = Cond::all().add(def.col(action::PLAN.column).is_in(ids.iter().copied()));
        for row in store::all(conn, Wanted { def, columns }, of).await? {
            let Some(plan) = row.read(action::PLAN) else { continue };
            let row = if next.contains(&plan) { unfolded(&row) } else { Some(row) };
            let Some(row) = row else { continue };
            open.actions.entry(plan).or_default().push(row.id());
            if row.read(action::LEAD_AGENCY).is_none() {
                open.unled.insert(plan);
            }
        }
        let actions = open.actions.values().flatten().copied().collect();
        open.with_gap = linked((conn, None), (Gap::def(), gap::ACTIONS), &actions).await?;
        open.with_risk = linked((conn, None), (Risk::def(), risk::ACTIONS), &actions).await?;
        let def = Comment::def();
        let is_open = Cond::all()
            .add(def.col(comment::PLAN.column).is_in(ids))
            .add(def.col(comment::STATUS.column).eq(CommentStatus::Open.code()))
            // What agencies keep among themselves holds nobody up: who submits the plan does not see it.
            .add(def.col(standard::VISIBILITY.column).ne(Visibility::Agency.code()));
        open.commented = store::distinct(conn, def, comment::PLAN.column, is_open).await?;
        Ok(open)
    }

    /// Whether a plan has actions.
    #[must_use]
    pub fn has_actions(&self, plan: Uuid) -> bool {
        self.actions.contains_key(&plan)
    }

    /// Whether nobody leads one of a plan's actions.
    #[must_use]
    pub fn has_unled(&self, plan: Uuid) -> bool {
        self.unled.contains(&plan)
    }

    /// Whether a comment on a plan or its content is open.
    #[must_use]
    pub fn has_comments(&self, plan: Uuid) -> bool {
        self.commented.contains(&plan)
    }

    /// Whether one of a plan's actions closes no gap.
    #[must_use]
    pub fn lacks_gap(&self, plan: Uuid) -> bool {
        self.lacks(plan, &self.with_gap)
    }

    /// Whether one of a plan's actions reduces no risk.
    #[must_use]
    pub fn lacks_risk(&self, plan: Uuid) -> bool {
        self.lacks(plan, &self.with_risk)
    }

    fn lacks(&self, plan: Uuid, named: &HashSet<Uuid>) -> bool {
        self.actions.get(&plan).into_iter().flatten().any(|id| !named.contains(id))
    }
}
