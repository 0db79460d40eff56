//! Counts of actions and tasks, and their shares.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::counting::Counted;
use crate::domain::small;

/// How far something is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Progress {
    /// Mean of the percents that the actions report, 0 to 100, done ones with 100; without cancelled ones. Null where
    /// there is no other action.
    pub percent: Option<i32>,
    /// Its actions.
    pub actions: ActionFigures,
    /// Its tasks.
    pub tasks: TaskFigures,
}

/// Counts of actions; shares are of all but the cancelled ones, in percent, and null where there are no others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ActionFigures {
    /// All of them.
    pub total: i32,
    /// Planned.
    pub planned: i32,
    /// In progress.
    pub in_progress: i32,
    /// Done.
    pub done: i32,
    /// Cancelled.
    pub cancelled: i32,
    /// Neither done nor cancelled though their period has ended; they are counted above too.
    pub late: i32,
    /// Share of those done.
    pub done_percent: Option<i32>,
    /// Share of those in progress.
    pub in_progress_percent: Option<i32>,
    /// Share of those late.
    pub late_percent: Option<i32>,
}

/// Counts of tasks; shares are of all but the cancelled ones, in percent, and null where there are no others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct TaskFigures {
    /// All of them.
    pub total: i32,
    /// Planned.
    pub planned: i32,
    /// Assigned, in progress or in review.
    pub running: i32,
    /// Done.
    pub done: i32,
    /// Blocked.
    pub blocked: i32,
    /// Cancelled.
    pub cancelled: i32,
    /// Neither done nor cancelled after the day they were due; they are counted above too.
    pub late: i32,
    /// Share of those done.
    pub done_percent: Option<i32>,
    /// Share of those running.
    pub running_percent: Option<i32>,
    /// Share of those blocked.
    pub blocked_percent: Option<i32>,
    /// Share of those late.
    pub late_percent: Option<i32>,
}

/// Counts that are being gathered.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    actions: Counts,
    tasks: Counts,
    /// Percents of the actions that are not cancelled.
    percents: i64,
}

#[derive(Clone, Debug, Default)]
struct Counts {
    planned: i64,
    running: i64,
    done: i64,
    blocked: i64,
    cancelled: i64,
    late: i64,
}

impl Counts {
    fn add(&mut self, counted: &Counted) {
        let of_state = match counted.status.as_str() {
            "planned" => &mut self.planned,
            "done" => &mut self.done,
            "blocked" => &mut self.blocked,
            "cancelled" => &mut self.cancelled,
            _ => &mut self.running,
        };
        *of_state += counted.count;
        self.late += counted.late;
    }

    fn join(&mut self, other: &Self) {
        self.planned += other.planned;
        self.running += other.running;
        self.done += other.done;
        self.blocked += other.blocked;
        self.cancelled += other.cancelled;
        self.late += other.late;
    }

    const fn counting(&self) -> i64 {
        self.planned + self.running + self.done + self.blocked
    }

    /// A share of all but the cancelled ones.
    fn share(&self, of: i64) -> Option<i32> {
        mean(of * 100, self.counting())
    }
}

/// A quotient to the nearest whole number; none of nothing.
fn mean(of: i64, count: i64) -> Option<i32> {
    (of * 2 + count).checked_div(count * 2).map(small)
}

impl Sum {
    pub(super) fn add_actions(&mut self, counted: &Counted) {
        self.actions.add(counted);
        if counted.status != "cancelled" {
            self.percents += counted.percents;
        }
    }

    pub(super) fn add_tasks(&mut self, counted: &Counted) {
        self.tasks.add(counted);
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.actions.join(&other.actions);
        self.tasks.join(&other.tasks);
        self.percents += other.percents;
    }

    /// Whether it counts nothing at all.
    pub(super) const fn is_empty(&self) -> bool {
        self.actions.counting() + self.actions.cancelled + self.tasks.counting() + self.tasks.cancelled == 0
    }

    pub(super) fn shown(&self) -> Progress {
        let (actions, tasks) = (&self.actions, &self.tasks);
        Progress {
            percent: mean(self.percents, actions.counting()),
            actions: ActionFigures {
                total: small(actions.counting() + actions.cancelled),
                planned: small(actions.planned),
                in_progress: small(actions.running),
                done: small(actions.done),
                cancelled: small(actions.cancelled),
                late: small(actions.late),
                done_percent: actions.share(actions.done),
                in_progress_percent: actions.share(actions.running),
                late_percent: actions.share(actions.late),
            },
            tasks: TaskFigures {
                total: small(tasks.counting() + tasks.cancelled),
                planned: small(tasks.planned),
                running: small(tasks.running),
                done: small(tasks.done),
                blocked: small(tasks.blocked),
                cancelled: small(tasks.cancelled),
                late: small(tasks.late),
                done_percent: tasks.share(tasks.done),
                running_percent: tasks.share(tasks.running),
                blocked_percent: tasks.share(tasks.blocked),
                late_percent: tasks.share(tasks.late),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::mean;

    #[test]
    fn shares_go_to_the_nearest_number_and_are_none_of_nothing() {
        assert_eq!(
            (mean(100, 3), mean(200, 3), mean(100, 1), mean(0, 7)),
            (Some(33), Some(67), Some(100), Some(0))
        );
        assert_eq!(mean(0, 0), None);
    }
}
