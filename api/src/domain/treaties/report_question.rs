//! Questions of returns: the framework they have from their return, and which of them a return asks now.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::{Obligation, ReportQuestion, obligation, report_question};
use futures_util::future::BoxFuture;
use kernel::{Ctx, Result, Unit, db::Conn, row::Row, unit::Item};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use super::recorded;
use crate::domain::Registered;

/// A question has the framework of its return.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let made = items.iter().filter(|item| item.is_new() && !item.is_rejected());
        let ids = made.filter_map(|item| item.after.read(report_question::OBLIGATION)).collect();
        let returns = unit.rows_of(Obligation::def(), &ids).await?;
        for item in items.iter_mut().filter(|item| item.is_new() && !item.is_rejected()) {
            let of = item.after.read(report_question::OBLIGATION).and_then(|id| returns.get(&id));
            if let Some(of) = of {
                let framework = of.get(obligation::FRAMEWORK.column).clone();
                item.after.set(report_question::FRAMEWORK.column, framework);
            }
        }
        Ok(())
    })
}

/// The obligations of a return: itself, and its parts.
pub(super) fn whole(ids: &BTreeSet<Uuid>) -> Cond {
    let def = Obligation::def();
    let among = |column: &str| def.col(column).is_in(ids.iter().copied());
    Cond::any().add(among("id")).add(among(obligation::PART_OF.column))
}

/// The questions of these obligations that are asked on a day.
pub(super) fn asked(conn: Conn<'_>, obligations: &BTreeSet<Uuid>, on: NaiveDate) -> Cond {
    let def = ReportQuestion::def();
    let until = || def.col(report_question::VALID_UNTIL.column);
    Cond::all()
        .add(conn.among(def.col(report_question::OBLIGATION.column), obligations))
        .add(until().is_null().or(until().gte(on)))
}

/// Whether a question is asked on a day.
pub(super) fn is_asked(question: &Row, on: NaiveDate) -> bool {
    question.read(report_question::VALID_UNTIL).is_none_or(|day| day >= on)
}

/// A return with its parts, and what it asks today, in order.
pub(super) async fn of_return(ctx: &Ctx, id: Uuid) -> Result<(Vec<Row>, Vec<Row>)> {
    let obligations = recorded::all(ctx, Obligation::def(), whole(&BTreeSet::from([id]))).await?;
    let ids = obligations.iter().map(Row::id).collect();
    let of_these = asked(ctx.db.reading(), &ids, ctx.clock.today());
    let mut questions = recorded::all(ctx, ReportQuestion::def(), of_these).await?;
    questions.sort_by_key(|row| (row.read(report_question::POSITION), row.read(report_question::CODE)));
    Ok((obligations, questions))
}
