//! Standings of countries under frameworks.

use crate::table::Create;

const PARTICIPATION_STATUS: &[&str] = &[
    "signed",
    "ratified",
    "acceded",
    "accepted",
    "approved",
    "succeeded",
    "in_force",
    "binding_all_un_members",
    "withdrawn",
    "not_party",
    "unknown",
];
const DATE_PRECISION: &[&str] = &["day", "month", "quarter", "half", "year", "unknown"];
const CONFIDENCE: &[&str] = &["high", "medium", "low"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("participation")
                .record()
                .national()
                .references("country_id", "country")
                .references("framework_id", "framework")
                .one_of("status", PARTICIPATION_STATUS)
                .date_or_null("status_on")
                .one_of_or_null("status_precision", DATE_PRECISION)
                .date_or_null("in_force_on")
                .one_of_or_null("in_force_precision", DATE_PRECISION)
                .boolean("source_seen")
                .one_of("confidence", CONFIDENCE)
                .text("source")
                .text_or_null("note")
                .references_or_null("contests_id", "participation")
                .closable()
                .unique(&["owner", "country_id", "framework_id"]),
        ]
    },
};
