//! Who a trusted issuer means by a subject.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("identity")
                .id()
                .text("issuer")
                .text("subject")
                .references("user_id", "user")
                .json("given")
                .instant("created_at")
                .unique(&["issuer", "subject"]),
        ]
    },
};
