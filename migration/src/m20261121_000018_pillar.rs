//! Pillars of plans.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("pillar")
                .record()
                .national()
                .texts()
                .references("plan_id", "plan")
                .text_or_null("code")
                .text("title")
                .text_or_null("description")
                .integer("position"),
        ]
    },
};
