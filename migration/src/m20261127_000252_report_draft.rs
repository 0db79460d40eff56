//! Drafts of returns.

use crate::table::Create;

const STATUS: &[&str] = &["drafting", "finished"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("report_draft")
                .record()
                .national()
                .texts()
                .orders()
                .references("obligation_id", "obligation")
                .text("title")
                .date_or_null("period_from")
                .date_or_null("period_to")
                .references_or_null("deadline_id", "deadline")
                .references("lead_agency_id", "agency")
                .text_or_null("notes")
                .one_of("status", STATUS)
                .text_or_null("status_reason")
                .check("period_to", "period_from IS NULL OR period_to IS NULL OR period_to >= period_from")
                .index(&["owner", "status"]),
        ]
    },
};
