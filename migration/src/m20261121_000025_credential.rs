//! Passwords of users.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("credential")
                .uuid("user_id")
                .bare_foreign_key("user_id", "user", "id")
                .text("password_hash")
                .instant("changed_at")
                .primary_key(&["user_id"]),
        ]
    },
};
