//! Countries of projects, each with its consent.

use crate::table::Create;

const CONSENT: &[&str] = &["proposed", "accepted", "declined"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("project_country")
                .record()
                .national()
                .texts()
                .text_or_null("named")
                .references("project_id", "project")
                .references("country_id", "country")
                .text_or_null("role")
                .text_or_null("sites")
                .big_integer_or_null("budget_minor")
                .currency_or_null("budget_currency")
                .one_of("consent", CONSENT)
                .text_or_null("consent_reason")
                .date_or_null("decided_on")
                .integer("revision")
                .unique(&["project_id", "country_id"])
                .check("budget", "budget_minor >= 0 AND (budget_minor IS NULL) = (budget_currency IS NULL)")
                .index(&["named"]),
        ]
    },
};
