//! Reviews of national law.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("legal_review")
                .record()
                .national()
                .texts()
                .orders()
                .references("legal_instrument_id", "legal_instrument")
                .text("title")
                .date("reviewed_on")
                .text_or_null("findings")
                .text_or_null("recommendations")
                .references("lead_agency_id", "agency")
                .date_or_null("next_review_on")
                .index(&["owner", "next_review_on"]),
        ]
    },
};
