//! Contents of changes, apart so that they can be erased.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("change_payload")
                .uuid("set_id")
                .integer("ordinal")
                .text_or_null("salt")
                .text_or_null("before")
                .text_or_null("after")
                .primary_key(&["set_id", "ordinal"]),
        ]
    },
};
