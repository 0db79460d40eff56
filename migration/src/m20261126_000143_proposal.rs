//! Proposals.

use crate::table::Create;

const STATUS: &[&str] = &["idea", "endorsed", "sent", "accepted", "declined"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("proposal")
                .record()
                .national()
                .texts()
                .orders()
                .text("title")
                .text_or_null("text")
                .text_or_null("origin_kind")
                .uuid_or_null("origin_id")
                .integer("domains")
                .big_integer_or_null("estimated_cost_minor")
                .currency_or_null("estimated_cost_currency")
                .references("lead_agency_id", "agency")
                .one_of("status", STATUS)
                .text_or_null("status_reason")
                .range("domains", 0, 15)
                .check("origin", "(origin_kind IS NULL) = (origin_id IS NULL)")
                .check(
                    "estimated_cost",
                    "estimated_cost_minor >= 0 AND (estimated_cost_minor IS NULL) = (estimated_cost_currency IS NULL)",
                ),
        ]
    },
};
