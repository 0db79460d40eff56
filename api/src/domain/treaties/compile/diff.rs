//! What is to be written so that the deadlines of commitments are those that the rules lead to.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use entity::{Deadline, commitment, deadline, vocab::DeadlineStatus};
use kernel::{Unit, record::Op, row::Row};

use super::super::{changed::changed, rules::Due};
use crate::domain::Registered;

/// The days for which it is worked out what is due: those asked for, and a year around all that is stored, which follows its
/// rule wherever it lies.
pub(super) fn span<'a>(
    (from, until): (NaiveDate, NaiveDate),
    stored: impl Iterator<Item = &'a Row>,
) -> (NaiveDate, NaiveDate) {
    let year = Months::new(12);
    stored.filter_map(|row| row.read(deadline::DUE_ON)).fold((from, until), |(from, until), day| {
        let first = day.checked_sub_months(year).unwrap_or(day);
        let last = day.checked_add_months(year).unwrap_or(day);
        (from.min(first), until.max(last))
    })
}

/// Why a deadline does not apply any more.
const LAPSED: &str = "the rule and the participation lead to it no more";

/// Deadlines to be made and changed.
#[derive(Debug, Default)]
pub(super) struct Diff(Vec<Op>);

impl Diff {
    /// What was found.
    pub(super) fn ops(self) -> Vec<Op> {
        self.0
    }

    /// Compares the deadlines of a commitment with what is due by it.
    pub(super) fn add(
        &mut self,
        unit: &Unit,
        commitment: &Row,
        window: (NaiveDate, NaiveDate),
        (dues, stored): (Vec<Due>, Vec<Row>),
    ) {
        let mut stored: BTreeMap<String, Row> =
            stored.into_iter().filter_map(|row| Some((row.read(deadline::ORIGIN)?, row))).collect();
        for due in dues {
            match stored.remove(&due.origin) {
                Some(row) => self.keep(&row, &due),
                None if due.event.is_some() || (window.0..=window.1).contains(&due.on) => {
                    self.0.push(Op::Make(Box::new(made(unit, commitment, &due))));
                }
                None => {}
            }
        }
        for row in stored.into_values() {
            self.lapse(&row);
        }
    }

    fn put(&mut self, before: &Row, after: Row) {
        self.0.extend(changed(before, after));
    }

    /// Brings a deadline in line with its rule, as far as nobody works on it.
    fn keep(&mut self, row: &Row, due: &Due) {
        let mut after = row.clone();
        let status = row.read(deadline::STATUS);
        let is_lapsed = row.read(deadline::IS_LAPSED) == Some(true);
        let is_by_hand = row.read(deadline::DUE_REASON).is_some();
        let is_other = row.read(deadline::DUE_ON) != Some(due.on);
        if is_lapsed {
            after.write(deadline::STATUS, DeadlineStatus::Upcoming);
            after.write(deadline::IS_LAPSED, false);
            after.clear(deadline::STATUS_REASON.column);
        }
        match status {
            Some(DeadlineStatus::Upcoming) if !is_by_hand => write(&mut after, due),
            Some(DeadlineStatus::NotApplicable) if is_lapsed => write(&mut after, due),
            Some(DeadlineStatus::Upcoming | DeadlineStatus::InPreparation | DeadlineStatus::Cleared) => {
                after.put(deadline::RULE_DUE_ON, is_other.then_some(due.on));
            }
            _ => {}
        }
        self.put(row, after);
    }

    /// Takes back a deadline to which nothing leads any more and on which nobody works.
    fn lapse(&mut self, row: &Row) {
        if row.read(deadline::STATUS) == Some(DeadlineStatus::Upcoming) {
            let mut after = row.clone();
            after.write(deadline::STATUS, DeadlineStatus::NotApplicable);
            after.write(deadline::STATUS_REASON, LAPSED.to_owned());
            after.write(deadline::IS_LAPSED, true);
            self.put(row, after);
        }
    }
}

fn made(unit: &Unit, commitment: &Row, due: &Due) -> Row {
    let mut row = Row::empty(Deadline::def());
    row.set("id", unit.ctx.clock.id());
    row.write(deadline::COMMITMENT, commitment.id());
    for (column, theirs) in [
        ("owner", "owner"),
        ("handling", "handling"),
        (deadline::OBLIGATION.column, commitment::OBLIGATION.column),
        (deadline::FRAMEWORK.column, commitment::FRAMEWORK.column),
        (deadline::LEAD_AGENCY.column, commitment::LEAD_AGENCY.column),
    ] {
        row.set(column, commitment.get(theirs).clone());
    }
    row.write(deadline::ORIGIN, due.origin.clone());
    row.write(deadline::STATUS, DeadlineStatus::Upcoming);
    row.write(deadline::IS_LAPSED, false);
    row.write(deadline::IS_TASKED, false);
    write(&mut row, due);
    row
}

/// What a rule says of a deadline.
fn write(row: &mut Row, due: &Due) {
    row.write(deadline::DUE_ON, due.on);
    row.write(deadline::DUE_AT, due.at);
    row.write(deadline::BASIS, due.basis);
    row.write(deadline::RULE, due.rule.clone());
    row.clear(deadline::RULE_DUE_ON.column);
    row.put(deadline::PERIOD_FROM, due.period.map(|(first, _)| first));
    row.put(deadline::PERIOD_TO, due.period.map(|(_, last)| last));
    row.put(deadline::RULE_VERSION, due.version);
    row.put(deadline::EVENT, due.event);
}
