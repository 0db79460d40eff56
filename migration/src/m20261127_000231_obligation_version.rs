//! Versions of the rules of obligations.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("obligation_version")
                .record()
                .references("obligation_id", "obligation")
                .date("valid_from")
                .date_or_null("valid_to")
                .text_or_null("rrule")
                .date_or_null("dtstart")
                .text_or_null("relative_due")
                .json("due_days")
                .text("reason")
                .text("source")
                .unique(&["obligation_id", "valid_from"]),
        ]
    },
};
