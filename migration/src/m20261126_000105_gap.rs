//! Gaps that assessments find.

use crate::table::Create;

const GAP_STATUS: &[&str] = &["open", "planned", "closed", "accepted"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("gap")
                .record()
                .national()
                .texts()
                .orders()
                .references_or_null("assessment_id", "assessment")
                .references("area_id", "capability_area")
                .text("title")
                .text_or_null("description")
                .domains()
                .integer_or_null("severity")
                .text_or_null("severity_rationale")
                .json("obligations")
                .json("actions")
                .one_of("status", GAP_STATUS)
                .text_or_null("status_reason")
                .range("severity", 1, 5),
            make.links("gap_obligation", "gap", "obligation"),
            make.links("gap_action", "gap", "action"),
        ]
    },
};
