//! Changes of records; without foreign keys, since they outlive the records.

use crate::table::Create;

const OP: &[&str] = &["create", "update", "delete"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("change")
                .uuid("set_id")
                .integer("ordinal")
                .text("kind")
                .uuid("record_id")
                .integer("version")
                .one_of("op", OP)
                .text("owner")
                .uuid_or_null("plan_id")
                .json_or_null("facts_before")
                .json_or_null("facts_after")
                .text("payload_hash")
                .primary_key(&["set_id", "ordinal"])
                .index(&["record_id", "version"])
                .index(&["owner", "set_id"])
                .index(&["plan_id", "set_id"]),
        ]
    },
};
