//! Evidence below coverage marks and actions.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("evidence_item")
                .record()
                .national()
                .texts()
                .orders()
                .references_or_null("plan_id", "plan")
                .references_or_null("coverage_mark_id", "coverage_mark")
                .references_or_null("action_id", "action")
                .references_or_null("lead_agency_id", "agency")
                .text("title")
                .references_or_null("legal_instrument_id", "legal_instrument")
                .text_or_null("articles")
                .text_or_null("file_sha256")
                .text_or_null("pointer")
                .text_or_null("note"),
        ]
    },
};
