//! Obligations under frameworks.

use crate::table::Create;

const OBLIGATION_CATEGORY: &[&str] = &[
    "legislation",
    "control",
    "security",
    "verification",
    "declaration",
    "reporting",
    "notification",
    "institution",
    "assistance",
    "cooperation",
];
const PERIODICITY: &[&str] =
    &["continuous", "event", "once", "annual", "biennial", "triennial", "quadrennial"];
const BINDING_FORCE: &[&str] = &["legally_binding", "politically_binding", "encouraged"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("obligation")
                .record()
                .texts()
                .text("code")
                .references("framework_id", "framework")
                .text("provision")
                .text("title")
                .text("summary")
                .one_of("category", OBLIGATION_CATEGORY)
                .domains()
                .one_of("periodicity", PERIODICITY)
                .text_or_null("rrule")
                .date_or_null("dtstart")
                .text_or_null("relative_due")
                .text_or_null("trigger")
                .references_or_null("part_of_id", "obligation")
                .references_or_null("superseded_in_period_by_id", "obligation")
                .json("lead_functions")
                .one_of("binding", BINDING_FORCE)
                .text("source")
                .closable()
                .unique(&["code"]),
        ]
    },
};
