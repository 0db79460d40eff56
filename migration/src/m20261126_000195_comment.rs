//! Comments on records of any kind.

use crate::table::Create;

const STATUS: &[&str] = &["open", "resolved", "carried"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("comment")
                .record()
                .national()
                .texts()
                .integer_or_null("drafted_in")
                .text("subject_kind")
                .uuid("subject_id")
                .references_or_null("plan_id", "plan")
                // No key: comments on one record go with it together.
                .uuid_or_null("parent_id")
                .text("text")
                .references_or_null("agency_id", "agency")
                .references_or_null("lead_agency_id", "agency")
                .json("contributing_agencies")
                .one_of("status", STATUS)
                .text_or_null("status_reason")
                .index(&["subject_id"])
                .index(&["parent_id"]),
            make.links("comment_contributor", "comment", "agency"),
        ]
    },
};
