//! Facts that answer questions of returns.

use crate::table::Create;

const KIND: &[&str] = &["law", "contact", "count", "measure", "text"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("fact")
                .record()
                .national()
                .texts()
                .orders()
                .one_of("kind", KIND)
                .text("title")
                .text_or_null("text")
                .big_integer_or_null("number")
                .text_or_null("unit")
                .date("as_on")
                .text("source")
                .integer_or_null("valid_for_months")
                .date_or_null("stale_on")
                .json("questions")
                .references_or_null("legal_instrument_id", "legal_instrument")
                .references_or_null("contact_point_id", "contact_point")
                .references("lead_agency_id", "agency")
                .check("unit", "(number IS NULL) = (unit IS NULL)")
                .check("limit", "(valid_for_months IS NULL) = (stale_on IS NULL)")
                .index(&["owner", "stale_on"]),
            make.links("fact_question", "fact", "report_question"),
        ]
    },
};
