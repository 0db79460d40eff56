//! Memberships of countries in regions.

use crate::table::Create;

const DATE_PRECISION: &[&str] = &["day", "month", "quarter", "half", "year", "unknown"];
const MEMBERSHIP_STANDING: &[&str] = &["member", "suspended", "unclear"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("region_membership")
                .record()
                .references("country_id", "country")
                .references("region_id", "region")
                .date_or_null("from_on")
                .one_of_or_null("from_precision", DATE_PRECISION)
                .date_or_null("until_on")
                .one_of_or_null("until_precision", DATE_PRECISION)
                .one_of("standing", MEMBERSHIP_STANDING)
                .boolean("is_primary")
                .text("source")
                .text_or_null("note")
                .closable(),
        ]
    },
};
