//! Signed-in sessions.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("session")
                .id()
                .references("user_id", "user")
                .instant("created_at")
                .instant("refreshed_at")
                .instant("expires_at")
                .instant_or_null("revoked_at")
                .text("refresh_hash"),
        ]
    },
};
