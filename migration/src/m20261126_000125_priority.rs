//! Priorities set by a method.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("priority")
                .record()
                .national()
                .texts()
                .references("method_id", "priority_method")
                .text("subject_kind")
                .uuid("subject_id")
                .json("scores")
                .text("rationale")
                .integer("total")
                .integer_or_null("override_rank")
                .text_or_null("override_reason")
                .check("override", "(override_rank IS NULL) = (override_reason IS NULL)")
                .unique(&["method_id", "subject_id"])
                .index(&["method_id", "total"]),
        ]
    },
};
