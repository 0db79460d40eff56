//! Regions.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("region")
                .record()
                .texts()
                .text("code")
                .text("name")
                .text_or_null("secretariat_city")
                .closable()
                .unique(&["code"]),
        ]
    },
};
