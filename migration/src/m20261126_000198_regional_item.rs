//! Items of regional plans.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("regional_item")
                .record()
                .national()
                .texts()
                .orders()
                .references("plan_id", "plan")
                .text("title")
                .text_or_null("text")
                .integer("position")
                .integer("domains")
                .json("actions")
                .json("gaps")
                .json("indicators")
                .text_or_null("copied_text")
                .text_or_null("copied_from_kind")
                .uuid_or_null("copied_from_id")
                .range("domains", 0, 15)
                .check("copied_from", "(copied_from_kind IS NULL) = (copied_from_id IS NULL)")
                .check("copied_text", "copied_text IS NULL OR copied_from_id IS NOT NULL")
                .index(&["copied_from_id"]),
            make.loose_links("regional_item_action", "regional_item"),
            make.loose_links("regional_item_gap", "regional_item"),
            make.loose_links("regional_item_indicator", "regional_item"),
        ]
    },
};
