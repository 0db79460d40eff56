//! Snapshots: files of many lists as at one instant, kept beside the log for a day.

use crate::table::Create;

const STATES: &[&str] = &["waiting", "running", "completed", "failed"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("export_job")
                .id()
                .text("owner")
                .uuid("user_id")
                .uuid_or_null("api_key_id")
                .text_or_null("bound")
                .json("options")
                .text("rights")
                .json("sets")
                .one_of("state", STATES)
                .integer("attempts")
                .integer("done")
                .json("files")
                .big_integer("bytes")
                .instant_or_null("as_of")
                .text_or_null("changes_after")
                .text_or_null("error")
                .instant("created_at")
                .instant_or_null("finished_at")
                .instant("expires_at")
                .index(&["user_id", "owner", "id"])
                .index(&["state"])
                .index(&["expires_at"]),
            make.table("export_part")
                .uuid("job_id")
                .bare_foreign_key("job_id", "export_job", "id")
                .integer("file")
                .integer("number")
                .bytes("content")
                .primary_key(&["job_id", "file", "number"]),
            make.table("export_list")
                .uuid("job_id")
                .bare_foreign_key("job_id", "export_job", "id")
                .integer("number")
                .bytes("ids")
                .primary_key(&["job_id", "number"]),
        ]
    },
};
