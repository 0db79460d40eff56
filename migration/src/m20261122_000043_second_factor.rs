//! Second factors of users, and the codes that stand in for a lost one.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("second_factor")
                .uuid("user_id")
                .bare_foreign_key("user_id", "user", "id")
                .text("sealed_secret")
                .instant("created_at")
                .instant_or_null("confirmed_at")
                .big_integer("last_step")
                .primary_key(&["user_id"]),
            make.table("recovery_code")
                .uuid("user_id")
                .bare_foreign_key("user_id", "user", "id")
                .text("code_hash")
                .primary_key(&["user_id", "code_hash"]),
        ]
    },
};
