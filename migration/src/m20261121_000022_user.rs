//! Accounts.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("user")
                .record()
                .text("email")
                .text("name")
                .text_or_null("language")
                .big_integer("number")
                .instant_or_null("valid_until")
                .unique(&["email"])
                .unique(&["number"]),
        ]
    },
};
