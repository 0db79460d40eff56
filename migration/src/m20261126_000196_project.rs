//! Projects.

use crate::table::Create;

const STATUS: &[&str] = &["planned", "running", "done", "cancelled"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("project")
                .record()
                .national()
                .texts()
                .orders()
                .text_or_null("number")
                .text("title")
                .text_or_null("topic")
                .text_or_null("summary")
                .text_or_null("funder")
                .text_or_null("funding_instrument")
                .json("implementers")
                .text_or_null("activity_identifier")
                .json("sectors")
                .date_or_null("starts_on")
                .date_or_null("ends_on")
                .big_integer_or_null("budget_minor")
                .currency_or_null("budget_currency")
                .json("actions")
                .one_of("status", STATUS)
                .text_or_null("status_reason")
                .unique(&["owner", "number"])
                .check("budget", "budget_minor >= 0 AND (budget_minor IS NULL) = (budget_currency IS NULL)"),
            make.loose_links("project_action", "project"),
        ]
    },
};
