//! Methods of setting priorities.

use crate::table::Create;

const STATUS: &[&str] = &["draft", "published"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("priority_method")
                .record()
                .national()
                .texts()
                .orders()
                .text("code")
                .integer("edition")
                .text("title")
                .integer("scale_min")
                .integer("scale_max")
                .json("criteria")
                .one_of("status", STATUS)
                .text_or_null("status_reason")
                .text_or_null("note")
                .check("scale", "scale_min < scale_max")
                .unique(&["owner", "edition", "code"]),
        ]
    },
};
