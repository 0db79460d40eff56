//! Tokens with which somebody invited, or locked out, sets a password.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("password_token")
                .uuid("user_id")
                .bare_foreign_key("user_id", "user", "id")
                .text("token_hash")
                .references_or_null("issued_by", "user")
                .text_or_null("issued_for")
                .boolean("resets_second_factor")
                .instant("created_at")
                .instant("expires_at")
                .primary_key(&["user_id"])
                .unique(&["token_hash"])
                .index(&["expires_at"]),
        ]
    },
};
