//! API keys: what each may do, and apart from it the hash of its secret.

use crate::table::Create;

const KEY_STATUS: &[&str] = &["active", "revoked"];
const READ_CEILING: &[&str] = &["public", "national"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("api_key")
                .record()
                .references("user_id", "user")
                .text("name")
                .text("prefix")
                .json("roles")
                .boolean("is_read_only")
                .json("write_kinds")
                .json("source_systems")
                .one_of_or_null("read_ceiling", READ_CEILING)
                .json("read_kinds")
                .json("countries")
                .json("networks")
                .json("origins")
                .instant_or_null("expires_at")
                .instant_or_null("last_used_at")
                .one_of("status", KEY_STATUS)
                .text_or_null("status_reason"),
            make.table("api_key_secret")
                .uuid("api_key_id")
                .bare_foreign_key("api_key_id", "api_key", "id")
                .primary_key(&["api_key_id"])
                .text("hash")
                .unique(&["hash"]),
        ]
    },
};
