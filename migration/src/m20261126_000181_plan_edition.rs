//! Adopted editions of plans, and the content each froze; without foreign keys, since it outlives the records.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("plan_edition")
                .record()
                .references("plan_id", "plan")
                .integer("number")
                .text_or_null("act_body")
                .text_or_null("act_number")
                .date_or_null("act_on")
                .text_or_null("act_source")
                .instant("adopted_at")
                .uuid("adopted_in")
                .text("root")
                .text("secret")
                .unique(&["plan_id", "number"]),
            make.table("edition_record")
                .uuid("edition_id")
                .text("kind")
                .uuid("record_id")
                .integer("slot")
                .text_or_null("content")
                .text_or_null("salts")
                .text("hash")
                .primary_key(&["edition_id", "record_id"])
                .index(&["record_id"]),
        ]
    },
};
