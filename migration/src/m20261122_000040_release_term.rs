//! Between which change sets a release was in force; the feed asks it of the past.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("release_term")
                .uuid("release_id")
                .bare_foreign_key("release_id", "release", "id")
                .uuid("began_in")
                .uuid_or_null("ended_in")
                .primary_key(&["release_id"]),
        ]
    },
};
