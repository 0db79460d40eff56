//! Budget lines of actions.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("budget_line")
                .record()
                .national()
                .texts()
                .references("plan_id", "plan")
                .references("action_id", "action")
                .integer("year")
                .big_integer_or_null("planned_minor")
                .currency_or_null("planned_currency")
                .big_integer_or_null("committed_minor")
                .currency_or_null("committed_currency")
                .big_integer_or_null("spent_minor")
                .currency_or_null("spent_currency")
                .text_or_null("funding_source")
                .text_or_null("instrument")
                .text_or_null("note")
                .range("year", 2000, 2100)
                .check(
                    "planned",
                    "planned_minor >= 0 AND (planned_minor IS NULL) = (planned_currency IS NULL)",
                )
                .check(
                    "committed",
                    "committed_minor >= 0 AND (committed_minor IS NULL) = (committed_currency IS NULL)",
                )
                .check("spent", "spent_minor >= 0 AND (spent_minor IS NULL) = (spent_currency IS NULL)")
                .check(
                    "currency",
                    "COALESCE(planned_currency, committed_currency, spent_currency) = \
                     COALESCE(committed_currency, spent_currency, planned_currency) AND \
                     COALESCE(planned_currency, committed_currency, spent_currency) = \
                     COALESCE(spent_currency, committed_currency, planned_currency)",
                ),
        ]
    },
};
