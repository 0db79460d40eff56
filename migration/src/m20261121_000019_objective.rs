//! Objectives under pillars.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("objective")
                .record()
                .national()
                .texts()
                .references("plan_id", "plan")
                .references("pillar_id", "pillar")
                .text_or_null("code")
                .text("title")
                .text_or_null("description")
                .integer("position"),
        ]
    },
};
