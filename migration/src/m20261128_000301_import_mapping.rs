//! How imports are read and written: mappings for files of one form, and whether a second person commits.

use crate::table::Create;

const DAY_ORDER: &[&str] = &["day_first", "month_first"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("import_mapping")
                .record()
                .national()
                .text("code")
                .text("title")
                .text("record_kind")
                .text_or_null("sheet")
                .integer("header_row")
                .boolean("ends_at_empty_row")
                .boolean("leaves_out_others")
                .one_of("day_order", DAY_ORDER)
                .text_or_null("keys_of")
                .json("columns")
                .text_or_null("note")
                .unique(&["owner", "code"]),
            make.table("import_rule").record().national().boolean("needs_second_person").text_or_null("note"),
        ]
    },
};
