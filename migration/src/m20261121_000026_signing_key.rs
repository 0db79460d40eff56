//! Keys that sign tokens.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("signing_key")
                .text("kid")
                .text("algorithm")
                .text("public_key")
                .text("sealed_private_key")
                .instant("created_at")
                .instant_or_null("retired_at")
                .primary_key(&["kid"]),
        ]
    },
};
