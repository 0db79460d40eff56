//! Measurements of indicators.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("measurement")
                .record()
                .national()
                .references_or_null("plan_id", "plan")
                .references("indicator_id", "indicator")
                .references_or_null("lead_agency_id", "agency")
                .big_integer("value")
                .date("measured_on")
                .text_or_null("source")
                .integer("definition_edition")
                .text_or_null("note")
                .check("definition_edition", "definition_edition >= 1")
                .index(&["indicator_id", "measured_on"]),
        ]
    },
};
