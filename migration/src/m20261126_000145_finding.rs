//! Findings of exercises.

use crate::table::Create;

const STATUS: &[&str] = &["open", "closed"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("finding")
                .record()
                .national()
                .texts()
                .orders()
                .references("exercise_id", "exercise")
                .text("title")
                .text_or_null("description")
                .references("lead_agency_id", "agency")
                .references_or_null("action_id", "action")
                .references_or_null("task_id", "task")
                .text_or_null("closing_reason")
                .one_of("status", STATUS)
                .text_or_null("status_reason")
                .index(&["owner", "status"]),
        ]
    },
};
