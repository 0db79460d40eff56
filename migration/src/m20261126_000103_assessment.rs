//! Needs assessments.

use crate::table::Create;

const ASSESSMENT_STATUS: &[&str] = &["open", "answering", "validated", "closed"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("assessment")
                .record()
                .national()
                .texts()
                .orders()
                .references_or_null("cycle_id", "cycle")
                .references("questionnaire_id", "questionnaire")
                .text("title")
                .text_or_null("summary")
                .date_or_null("starts_on")
                .date_or_null("ends_on")
                .one_of("status", ASSESSMENT_STATUS)
                .text_or_null("status_reason")
                .references_or_null("renews_id", "assessment")
                .check("period", "ends_on >= starts_on"),
        ]
    },
};
