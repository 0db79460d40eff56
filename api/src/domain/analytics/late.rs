//! When records are late: kinds with a day by which something is due, and the states in which it is over.

use entity::{
    action, cycle_step, deadline, milestone, task,
    vocab::{ActionStatus, DeadlineStatus, StepStatus, TaskStatus},
};
use kernel::{KindDef, figures::Late};
use model::Vocabulary;

/// When records of a kind are late; none where they never are.
pub fn of(def: &KindDef) -> Option<Late> {
    let over = StepStatus::Done.code();
    let (due, state, over) = match def.name {
        "task" => (
            task::DUE_ON.column,
            task::STATUS.column,
            [TaskStatus::Done.code(), TaskStatus::Cancelled.code()].to_vec(),
        ),
        "action" => (
            action::ENDS_ON.column,
            action::STATUS.column,
            [ActionStatus::Done.code(), ActionStatus::Cancelled.code()].to_vec(),
        ),
        "milestone" => {
            (milestone::DUE_ON.column, milestone::STATUS.column, [over, StepStatus::Skipped.code()].to_vec())
        }
        "cycle_step" => (
            cycle_step::UNTIL_ON.column,
            cycle_step::STATUS.column,
            [over, StepStatus::Skipped.code()].to_vec(),
        ),
        "deadline" => {
            let over = [
                DeadlineStatus::Submitted,
                DeadlineStatus::Acknowledged,
                DeadlineStatus::Waived,
                DeadlineStatus::NotApplicable,
            ];
            (deadline::DUE_ON.column, deadline::STATUS.column, over.map(Vocabulary::code).to_vec())
        }
        _ => return None,
    };
    Some(Late { due, state, over })
}
