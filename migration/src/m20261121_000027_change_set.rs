//! Sets of changes, chained by hash.

use crate::table::Create;

const CAUSE: &[&str] = &["request", "import", "job", "seed", "release", "cli", "read"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("change_set")
                .big_integer("seq")
                .uuid("id")
                .instant("at")
                .big_integer_or_null("actor")
                .text_or_null("owner")
                .text_or_null("request_id")
                .one_of("cause", CAUSE)
                .integer("row_count")
                .text("digest")
                .text("prev")
                .text("hash")
                .check("digest", "length(digest) = 64")
                .unique(&["id"])
                .unique(&["hash"])
                .primary_key(&["seq"]),
        ]
    },
};
