//! National law.

use crate::table::Create;

const KIND: &[&str] = &["law", "decree", "regulation", "procedure", "institution"];
const STATUS: &[&str] = &["idea", "drafting", "consultation", "adopted", "in_force", "repealed"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("legal_instrument")
                .record()
                .national()
                .texts()
                .orders()
                .one_of("kind", KIND)
                .text("title")
                .text_or_null("summary")
                .text_or_null("number")
                .text_or_null("issuing_body")
                .date_or_null("adopted_on")
                .date_or_null("in_force_on")
                .date_or_null("repealed_on")
                .text_or_null("repealing_act")
                .references_or_null("successor_id", "legal_instrument")
                .json("obligations")
                .text_or_null("articles")
                .text_or_null("url")
                .text_or_null("pointer")
                .references("lead_agency_id", "agency")
                .json("contributing_agencies")
                .one_of("status", STATUS)
                .text_or_null("status_reason")
                .check(
                    "in_force_on",
                    "in_force_on IS NULL OR adopted_on IS NULL OR in_force_on >= adopted_on",
                )
                .index(&["owner", "status"]),
            make.links("legal_instrument_obligation", "legal_instrument", "obligation"),
            make.links("legal_instrument_contributor", "legal_instrument", "agency"),
        ]
    },
};
