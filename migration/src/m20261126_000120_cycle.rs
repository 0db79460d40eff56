//! Cycles of planning.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("cycle")
                .record()
                .national()
                .texts()
                .orders()
                .integer("number")
                .text("title")
                .date_or_null("starts_on")
                .date_or_null("ends_on")
                .text_or_null("note")
                .range("number", 1, 10_000)
                .unique(&["owner", "number"]),
        ]
    },
};
