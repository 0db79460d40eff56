//! What falls due under commitments.

use crate::table::Create;

const BASIS: &[&str] = &["calendar", "entry_into_force", "event", "set_by_body"];
const STATUS: &[&str] =
    &["upcoming", "in_preparation", "cleared", "submitted", "acknowledged", "waived", "not_applicable"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("deadline")
                .record()
                .national()
                .references("commitment_id", "commitment")
                .references("obligation_id", "obligation")
                .references("framework_id", "framework")
                .references_or_null("lead_agency_id", "agency")
                .text("origin")
                .date_or_null("period_from")
                .date_or_null("period_to")
                .date("due_on")
                .instant("due_at")
                .text_or_null("due_reason")
                .date_or_null("rule_due_on")
                .one_of("basis", BASIS)
                .text("rule")
                .references_or_null("rule_version_id", "obligation_version")
                .references_or_null("event_id", "treaty_event")
                .text_or_null("notes")
                .one_of("status", STATUS)
                .text_or_null("status_reason")
                .boolean("is_lapsed")
                .unique(&["commitment_id", "origin"])
                .index(&["owner", "status", "due_on"]),
        ]
    },
};
