//! Drafts of returns: each is of an obligation that asks something, and for a deadline of it.

use std::collections::BTreeSet;

use entity::{
    Deadline, Obligation, ReportQuestion, deadline, obligation,
    report_draft::{DEADLINE, OBLIGATION},
    report_question,
};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, row::Row, store, unit::Item};
use uuid::Uuid;

use super::report_question::{asked, whole};
use crate::domain::Registered;

/// A new draft is of an obligation with questions; a deadline is of that obligation, or of the whole it is a part of.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let is_judged = |item: &Item| {
            let is_live = !item.is_rejected() && !item.is_deletion();
            is_live && (item.is_new() || item.changes(DEADLINE.column))
        };
        let judged = || items.iter().filter(|item| is_judged(item));
        let ids: BTreeSet<Uuid> = judged().filter_map(|item| item.after.read(OBLIGATION)).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let deadlines = judged().filter_map(|item| item.after.read(DEADLINE)).collect();
        let deadlines = unit.rows_of(Deadline::def(), &deadlines).await?;
        let obligations = store::all(unit.conn(), Obligation::def(), whole(&ids)).await?;
        let all = obligations.iter().map(Row::id).collect();
        let (def, column) = (ReportQuestion::def(), report_question::OBLIGATION.column);
        let questions = asked(unit.conn(), &all, unit.ctx.clock.today());
        let with_questions = store::distinct(unit.conn(), def, column, questions).await?;
        let whole_of = |id: Uuid| {
            let row = obligations.iter().find(|row| row.id() == id)?;
            row.read(obligation::PART_OF)
        };
        for item in items.iter_mut().filter(|item| is_judged(item)) {
            let Some(of) = item.after.read(OBLIGATION) else { continue };
            let mut parts = obligations.iter().filter(|row| row.id() == of || whole_of(row.id()) == Some(of));
            if item.is_new() && !parts.any(|row| with_questions.contains(&row.id())) {
                let text =
                    "this obligation has no questions: a draft is of a return whose questions are kept here";
                item.fault("/obligation", Code::RuleBroken, text);
            }
            let due = item.after.read(DEADLINE).and_then(|id| deadlines.get(&id));
            let due = due.and_then(|row| row.read(deadline::OBLIGATION));
            if due.is_some_and(|due| due != of && whole_of(of) != Some(due)) {
                let text = "the deadline is of another obligation than the draft";
                item.fault("/deadline", Code::RuleBroken, text);
            }
        }
        Ok(())
    })
}
