//! What happened between countries and frameworks.

use crate::table::Create;

const EVENT_TYPE: &[&str] = &[
    "signature",
    "ratification",
    "accession",
    "acceptance",
    "approval",
    "succession",
    "domestic_approval",
    "deposit",
    "entry_into_force",
    "reservation",
    "declaration",
    "withdrawal",
];
const DATE_PRECISION: &[&str] = &["day", "month", "quarter", "half", "year", "unknown"];
const CONFIDENCE: &[&str] = &["high", "medium", "low"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("participation_event")
                .record()
                .national()
                .references("participation_id", "participation")
                .references("country_id", "country")
                .references("framework_id", "framework")
                .one_of("event_type", EVENT_TYPE)
                .date_or_null("happened_on")
                .one_of("happened_precision", DATE_PRECISION)
                .text_or_null("depositary")
                .text_or_null("text")
                .date_or_null("known_on")
                .date_or_null("taken_back_on")
                .one_of("confidence", CONFIDENCE)
                .text("source")
                .text_or_null("note"),
        ]
    },
};
