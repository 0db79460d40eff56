//! Milestones of roadmaps.

use crate::table::Create;

const STEP_STATUS: &[&str] = &["planned", "running", "done", "skipped"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("milestone")
                .record()
                .national()
                .texts()
                .orders()
                .references("cycle_id", "cycle")
                .text("title")
                .text_or_null("description")
                .one_of("status", STEP_STATUS)
                .text_or_null("status_reason")
                .date_or_null("due_on")
                .date_or_null("completed_on")
                .references("agency_id", "agency")
                .json("contributing_agencies")
                .json("depends_on")
                .index(&["due_on"]),
            make.links("milestone_contributor", "milestone", "agency"),
            make.links("milestone_dependency", "milestone", "milestone"),
        ]
    },
};
