//! Indicators.

use crate::table::Create;

const DIRECTION: &[&str] = &["increase", "decrease", "maintain"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("indicator")
                .record()
                .national()
                .texts()
                .orders()
                .references_or_null("plan_id", "plan")
                .references_or_null("objective_id", "objective")
                .references_or_null("action_id", "action")
                .references_or_null("lead_agency_id", "agency")
                .text("title")
                .text_or_null("definition")
                .text("unit")
                .one_of("direction", DIRECTION)
                .integer("definition_edition")
                .big_integer_or_null("baseline")
                .date_or_null("baseline_on")
                .big_integer_or_null("target")
                .date_or_null("target_on")
                .json_or_null("pending")
                .integer_or_null("drafted_in")
                .check("definition_edition", "definition_edition >= 1")
                .check("baseline", "(baseline IS NULL) = (baseline_on IS NULL)")
                .check("target", "(target IS NULL) = (target_on IS NULL)"),
        ]
    },
};
