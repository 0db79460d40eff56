//! Areas of capability.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("capability_area")
                .record()
                .texts()
                .orders()
                .text("code")
                .text("title")
                .text_or_null("part")
                .text_or_null("question_example")
                .domains()
                .closable()
                .unique(&["code"]),
        ]
    },
};
