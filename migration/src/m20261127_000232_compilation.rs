//! What countries asked to have worked out.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("compilation")
                .record()
                .national()
                .date_or_null("from_on")
                .integer("horizon_years")
                .boolean("is_active")
                .range("horizon_years", 1, 10),
        ]
    },
};
