//! Failed attempts to sign in, counted by account and by address; keys are keyed hashes.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("sign_in_attempt")
                .text("key")
                .integer("failures")
                .instant("last_at")
                .primary_key(&["key"])
                .check("failures", "failures >= 0")
                .index(&["last_at"]),
        ]
    },
};
