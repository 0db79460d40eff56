//! Change sets of imports of which webhooks tell in a summary.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("summarised_set")
                .uuid("set_id")
                .uuid("job_id")
                .primary_key(&["set_id"])
                .index(&["job_id"]),
        ]
    },
};
