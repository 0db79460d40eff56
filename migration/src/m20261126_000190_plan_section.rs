//! Sections of plans.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("plan_section")
                .record()
                .national()
                .texts()
                .orders()
                .references("plan_id", "plan")
                .text_or_null("code")
                .text("title")
                .text_or_null("text")
                .integer("position")
                .json_or_null("schema")
                .json_or_null("content")
                .json_or_null("pending")
                .integer_or_null("drafted_in"),
        ]
    },
};
