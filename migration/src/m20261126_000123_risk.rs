//! Risks.

use crate::table::Create;

const HAZARD_ORIGIN: &[&str] = &["natural", "accidental", "deliberate"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("risk")
                .record()
                .national()
                .texts()
                .orders()
                .text("title")
                .text_or_null("scenario")
                .one_of("hazard_origin", HAZARD_ORIGIN)
                .domains()
                .integer("likelihood")
                .integer("impact")
                .integer("score")
                .text_or_null("existing_controls")
                .references("responsible_agency_id", "agency")
                .date_or_null("review_on")
                .json("actions")
                .text_or_null("note")
                .range("likelihood", 1, 5)
                .range("impact", 1, 5)
                .check("score", "score = likelihood * impact")
                .index(&["review_on"]),
            make.links("risk_action", "risk", "action"),
        ]
    },
};
