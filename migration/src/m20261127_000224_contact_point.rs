//! Whom countries have named for frameworks.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("contact_point")
                .record()
                .national()
                .texts()
                .references("framework_id", "framework")
                .references_or_null("agency_id", "agency")
                .text_or_null("body")
                .text_or_null("purpose")
                .boolean("is_around_the_clock")
                .text_or_null("phone")
                .text_or_null("email")
                .date_or_null("notified_on")
                .text_or_null("note"),
        ]
    },
};
