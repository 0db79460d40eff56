//! Actions that serve objectives.

use crate::table::Create;

const ACTION_STATUS: &[&str] = &["planned", "in_progress", "done", "cancelled"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("action")
                .record()
                .national()
                .texts()
                .references("plan_id", "plan")
                .references("objective_id", "objective")
                .text_or_null("code")
                .text("title")
                .text_or_null("description")
                .integer("position")
                .references_or_null("lead_agency_id", "agency")
                .json("contributing_agencies")
                .json("obligations")
                .date_or_null("starts_on")
                .date_or_null("ends_on")
                .big_integer_or_null("cost_minor")
                .currency_or_null("cost_currency")
                .text_or_null("funding_source")
                .one_of("status", ACTION_STATUS)
                .integer("progress_percent")
                .text_or_null("progress_note")
                .check("cost_minor", "cost_minor >= 0")
                .check("cost", "(cost_minor IS NULL) = (cost_currency IS NULL)")
                .range("progress_percent", 0, 100),
            make.links("action_contributor", "action", "agency"),
            make.links("action_obligation", "action", "obligation"),
        ]
    },
};
