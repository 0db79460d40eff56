//! Tasks.

use crate::table::Create;

const TASK_FAMILY: &[&str] =
    &["threat_risk_assessment", "legal_framework", "projects_exercises", "cooperation"];
const TASK_STATUS: &[&str] =
    &["planned", "assigned", "in_progress", "in_review", "done", "blocked", "cancelled"];
const TASK_PRIORITY: &[&str] = &["low", "normal", "high", "urgent"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("task")
                .record()
                .national()
                .texts()
                .references_or_null("plan_id", "plan")
                .references_or_null("action_id", "action")
                .text("title")
                .text_or_null("description")
                .one_of_or_null("family", TASK_FAMILY)
                .one_of("status", TASK_STATUS)
                .one_of_or_null("status_before_block", TASK_STATUS)
                .text_or_null("status_reason")
                .one_of("priority", TASK_PRIORITY)
                .date_or_null("due_on")
                .integer_or_null("estimate_days")
                .references("lead_agency_id", "agency")
                .json("contributing_agencies")
                .json("depends_on")
                .integer("progress_percent")
                .text_or_null("progress_note")
                .text_or_null("origin_kind")
                .uuid_or_null("origin_id")
                .range("estimate_days", 0, 3650)
                .range("progress_percent", 0, 100)
                .check("origin", "(origin_kind IS NULL) = (origin_id IS NULL)")
                .index(&["owner", "status"])
                .index(&["due_on"])
                .index(&["lead_agency_id", "status"]),
            make.links("task_contributor", "task", "agency"),
            make.links("task_dependency", "task", "task"),
        ]
    },
};
