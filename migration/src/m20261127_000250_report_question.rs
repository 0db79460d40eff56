//! What returns ask.

use crate::table::Create;

const KIND: &[&str] = &["law", "contact", "count", "measure", "text"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("report_question")
                .record()
                .texts()
                .orders()
                .text("code")
                .references("obligation_id", "obligation")
                .references("framework_id", "framework")
                .text("provision")
                .text("title")
                .text("text")
                .one_of("answer_kind", KIND)
                .integer("position")
                .text("source")
                .closable()
                .unique(&["code"]),
        ]
    },
};
