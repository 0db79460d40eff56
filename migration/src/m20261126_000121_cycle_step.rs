//! Steps of cycles, with links to the records of each.

use crate::table::Create;

const CYCLE_STAGE: &[&str] = &[
    "joined",
    "focal_point",
    "assessment",
    "prioritisation",
    "roadmap",
    "drafting",
    "consultation",
    "adoption",
    "implementation",
    "review",
];
const STEP_STATUS: &[&str] = &["planned", "running", "done", "skipped"];
const DATE_PRECISION: &[&str] = &["day", "month", "quarter", "half", "year", "unknown"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("cycle_step")
                .record()
                .national()
                .references("cycle_id", "cycle")
                .one_of("step", CYCLE_STAGE)
                .one_of("status", STEP_STATUS)
                .text_or_null("status_reason")
                .date_or_null("from_on")
                .one_of_or_null("from_precision", DATE_PRECISION)
                .date_or_null("until_on")
                .one_of_or_null("until_precision", DATE_PRECISION)
                .text_or_null("note")
                .json("plans")
                .json("working_groups")
                .json("tasks")
                .unique(&["cycle_id", "step"]),
            make.links("cycle_step_plan", "cycle_step", "plan"),
            make.links("cycle_step_group", "cycle_step", "working_group"),
            make.links("cycle_step_task", "cycle_step", "task"),
        ]
    },
};
