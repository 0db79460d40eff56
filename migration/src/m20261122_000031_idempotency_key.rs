//! Keys under which callers may repeat calls, with what was done.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("idempotency_key")
                .uuid("user_id")
                .bare_foreign_key("user_id", "user", "id")
                .text("key")
                .text("fingerprint")
                .json("outcome")
                .instant("created_at")
                .primary_key(&["user_id", "key"])
                .check("key", "length(key) >= 1")
                .index(&["created_at"]),
        ]
    },
};
