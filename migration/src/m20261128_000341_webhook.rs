//! Webhooks: who is sent what becomes of records, to which address, and how far it has come.

use crate::table::Create;

const SIGNATURES: &[&str] = &["hmac", "ed25519"];
const STATES: &[&str] = &["active", "paused", "ended"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("webhook")
                .id()
                .text("owner")
                .uuid("user_id")
                .uuid_or_null("api_key_id")
                .text("url")
                .json("kinds")
                .json("countries")
                .json("events")
                .one_of("signature", SIGNATURES)
                .integer("key_number")
                .instant_or_null("previous_until")
                .one_of("state", STATES)
                .text_or_null("reason")
                .text("cursor")
                .big_integer("seen")
                .integer("failures")
                .instant("due_at")
                .json("attempts")
                .uuid_or_null("ping_id")
                .instant("created_at")
                .index(&["user_id", "owner", "id"])
                .index(&["state", "due_at"]),
        ]
    },
};
