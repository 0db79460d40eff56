//! The two statements that count actions and tasks.

use chrono::NaiveDate;
use entity::{
    Action, Task, action, task,
    vocab::{ActionStatus, TaskStatus},
};
use kernel::{Ctx, Result, policy::visible, row::Row};
use sea_orm::{
    JoinType, QueryResult,
    sea_query::{Alias, Cond, Expr, ExprTrait, Func, Query, SelectStatement},
};
use uuid::Uuid;

use super::super::figures::{Frame, column};
use crate::domain::Registered;

/// Records of one state that have everything else in common too.
pub(super) struct Counted {
    /// Objective of the action; none for tasks without one.
    pub objective: Option<Uuid>,
    /// Agency that leads.
    pub agency: Option<Uuid>,
    /// Code of the state.
    pub status: String,
    /// Hazard domains, as bits.
    pub domains: i64,
    /// How many there are.
    pub count: i64,
    /// How many of them are late.
    pub late: i64,
    /// The percents of their progress together.
    pub percents: i64,
}

impl Counted {
    /// One action by itself.
    pub fn of_action(row: &Row, today: NaiveDate) -> Self {
        let status = row.read(action::STATUS).unwrap_or(ActionStatus::Planned);
        let is_over = [ActionStatus::Done, ActionStatus::Cancelled].contains(&status);
        let is_late = !is_over && row.read(action::ENDS_ON).is_some_and(|day| day < today);
        let reported = row.read(action::PROGRESS_PERCENT).unwrap_or_default();
        Self {
            objective: None,
            agency: None,
            status: status.code().to_owned(),
            domains: 0,
            count: 1,
            late: i64::from(is_late),
            percents: if status == ActionStatus::Done { 100 } else { reported.into() },
        }
    }

    fn read(row: &QueryResult) -> Result<Self> {
        Ok(Self {
            objective: row.try_get_by_index(0)?,
            agency: row.try_get_by_index(1)?,
            status: row.try_get_by_index(2)?,
            domains: row.try_get_by_index(3)?,
            count: row.try_get_by_index(4)?,
            late: row.try_get_by_index(5)?,
            percents: row.try_get_by_index(6)?,
        })
    }
}

/// Counts the actions of a plan that the caller may see.
///
/// # Errors
/// What the database says.
pub(super) async fn actions(ctx: &Ctx, frame: &Frame) -> Result<Vec<Counted>> {
    let def = Action::def();
    let over = [ActionStatus::Done, ActionStatus::Cancelled].map(ActionStatus::code);
    let late = def.col(action::ENDS_ON.column).lt(frame.today);
    let late = late.and(def.col(action::STATUS.column).is_not_in(over));
    let done = def.col(action::STATUS.column).eq(ActionStatus::Done.code());
    let percent = Expr::case(done, Expr::cust("100")).finally(def.col(action::PROGRESS_PERCENT.column));
    let mut select = counting(
        (def.col(action::OBJECTIVE.column), def.col(action::LEAD_AGENCY.column)),
        def.col(action::STATUS.column),
        late,
    );
    select
        .expr(Func::sum(percent))
        .from(def.iden())
        .join_subquery(JoinType::LeftJoin, served(ctx, frame), Alias::new(SERVED), is_served())
        .cond_where(visible(&ctx.actor, def))
        .and_where(def.col(action::PLAN.column).eq(frame.id));
    let rows = ctx.db.reading().all(&select).await?;
    rows.iter().map(Counted::read).collect()
}

/// Counts the tasks of a plan that the caller may see, with the objectives of those of their actions that it sees.
///
/// # Errors
/// What the database says.
pub(super) async fn tasks(ctx: &Ctx, frame: &Frame) -> Result<Vec<Counted>> {
    let (def, above) = (Task::def(), Action::def());
    let over = [TaskStatus::Done, TaskStatus::Cancelled].map(TaskStatus::code);
    let late = def.col(task::DUE_ON.column).lt(frame.today);
    let late = late.and(def.col(task::STATUS.column).is_not_in(over));
    let mut select = counting(
        (above.col(action::OBJECTIVE.column), def.col(task::LEAD_AGENCY.column)),
        def.col(task::STATUS.column),
        late,
    );
    let of_action = Cond::all()
        .add(above.col("id").equals((def.iden(), Alias::new(task::ACTION.column))))
        .add(visible(&ctx.actor, above));
    select
        .expr(Func::sum(def.col(task::PROGRESS_PERCENT.column)))
        .from(def.iden())
        .left_join(above.iden(), of_action)
        .join_subquery(JoinType::LeftJoin, served(ctx, frame), Alias::new(SERVED), is_served())
        .cond_where(visible(&ctx.actor, def))
        .and_where(def.col(task::PLAN.column).eq(frame.id));
    let rows = ctx.db.reading().all(&select).await?;
    rows.iter().map(Counted::read).collect()
}

const SERVED: &str = "served";
const LINK: &str = "action_obligation";

/// What both statements count by, in the order of [`Counted::read`], but for the percents.
fn counting((objective, agency): (Expr, Expr), status: Expr, late: Expr) -> SelectStatement {
    let domains = Expr::cust("CAST(COALESCE(\"served\".\"domains\", 0) AS bigint)");
    let late = Expr::case(late, Expr::cust("1")).finally(Expr::cust("0"));
    let mut select = Query::select();
    select
        .expr(objective.clone())
        .expr(agency.clone())
        .expr(status.clone())
        .expr(domains)
        .expr(Expr::cust("COUNT(*)"))
        .expr(Func::sum(late))
        .add_group_by([objective, agency, status, column(SERVED, "domains")]);
    select
}

fn is_served() -> Expr {
    column(SERVED, "from_id").equals((Alias::new("action"), Alias::new("id")))
}

/// The actions of a plan that serve obligations, each with the domains of these as bits.
fn served(ctx: &Ctx, frame: &Frame) -> SelectStatement {
    let def = Action::def();
    let of_plan = Query::select()
        .expr(def.col("id"))
        .from(def.iden())
        .cond_where(visible(&ctx.actor, def))
        .and_where(def.col(action::PLAN.column).eq(frame.id))
        .take();
    let bit = |bit: u8| format!("MAX(\"obligation\".\"domains\" & {bit})");
    let bits = [1, 2, 4, 8].map(bit).join(" + ");
    Query::select()
        .expr(column(LINK, "from_id"))
        .expr_as(Expr::cust(bits), Alias::new("domains"))
        .from(Alias::new(LINK))
        .inner_join(
            Alias::new("obligation"),
            column("obligation", "id").equals((Alias::new(LINK), Alias::new("to_id"))),
        )
        .and_where(column(LINK, "from_id").in_subquery(of_plan))
        .add_group_by([column(LINK, "from_id")])
        .take()
}
