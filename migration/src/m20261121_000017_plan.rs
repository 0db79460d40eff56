//! Plans.

use crate::table::Create;

const PLAN_KIND: &[&str] = &["cbrn_nap", "unscr1540_nap", "regional", "operational", "sectoral", "other"];
const PLAN_STATUS: &[&str] = &[
    "draft",
    "in_consultation",
    "submitted",
    "adopted",
    "in_implementation",
    "under_review",
    "closed",
    "superseded",
];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("plan")
                .record()
                .national()
                .texts()
                .one_of("kind", PLAN_KIND)
                .text("title")
                .text_or_null("summary")
                .domains()
                .integer("edition")
                .date_or_null("starts_on")
                .date_or_null("ends_on")
                .one_of("status", PLAN_STATUS)
                .text_or_null("act_body")
                .text_or_null("act_number")
                .date_or_null("act_on")
                .text_or_null("act_source")
                .text_or_null("status_reason")
                .check("edition", "edition >= 1"),
        ]
    },
};
