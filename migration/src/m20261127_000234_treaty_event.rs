//! Events that duties count from.

use crate::table::Create;

const KIND: &[&str] = &[
    "accident",
    "detection",
    "theft_or_loss",
    "import_ban",
    "transfer",
    "facility",
    "legal_change",
    "request",
    "other",
];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("treaty_event")
                .record()
                .national()
                .texts()
                .orders()
                .text("title")
                .text_or_null("description")
                .one_of("kind", KIND)
                .instant("happened_at")
                .json("obligations")
                .references("lead_agency_id", "agency"),
            make.links("treaty_event_obligation", "treaty_event", "obligation"),
        ]
    },
};
