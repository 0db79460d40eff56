//! Releases of records to audiences.

use crate::table::Create;

const RELEASE_MODE: &[&str] = &["read", "count"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("release")
                .record()
                .json("audiences")
                .one_of("mode", RELEASE_MODE)
                .text_or_null("basis")
                .text_or_null("purpose")
                .instant("from_at")
                .instant_or_null("until_at")
                .boolean("may_comment")
                .boolean("may_draft")
                .instant_or_null("revoked_at")
                .uuid_or_null("revoked_by"),
            make.link_codes("release_audience", "release"),
        ]
    },
};
