//! What countries have recorded of measures for obligations.

use crate::table::Create;

const DOMAIN: &[&str] = &["C", "B", "R", "N"];
const MARK: &[&str] = &["found", "unclear", "not_applicable", "not_assessed"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("coverage_mark")
                .record()
                .national()
                .references("obligation_id", "obligation")
                .one_of("dimension", DOMAIN)
                .one_of("mark", MARK)
                .text_or_null("source")
                .date_or_null("assessed_on")
                .text_or_null("assessor")
                .text_or_null("note")
                .check("source", "mark = 'not_assessed' OR source IS NOT NULL")
                .unique(&["owner", "obligation_id", "dimension"]),
        ]
    },
};
