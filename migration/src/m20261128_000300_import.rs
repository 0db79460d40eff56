//! Imports: what was sent, and what became of it. Kept beside the log for as long as reports are kept.

use crate::table::Create;

const MODES: &[&str] = &["create", "update", "upsert", "delete", "sync"];
const ATOMIC: &[&str] = &["all", "group", "row"];
const STATES: &[&str] = &[
    "uploaded",
    "validating",
    "awaiting_approval",
    "running",
    "completed",
    "completed_with_errors",
    "failed",
    "cancelled",
];
const RESULTS: &[&str] = &["created", "updated", "unchanged", "deleted", "rejected"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("import_job")
                .id()
                .text("owner")
                .uuid("user_id")
                .uuid_or_null("api_key_id")
                .text_or_null("kind")
                .one_of("mode", MODES)
                .one_of("atomic", ATOMIC)
                .boolean("dry_run")
                .json("options")
                .one_of("state", STATES)
                .text_or_null("file_name")
                .text("sha256")
                .big_integer("bytes")
                .text("asked")
                .json_or_null("found")
                .integer_or_null("row_count")
                .integer("done")
                .integer("created")
                .integer("updated")
                .integer("unchanged")
                .integer("deleted")
                .integer("rejected")
                .json("warnings")
                .json("errors")
                .json("sets")
                .text_or_null("import_plan")
                .uuid_or_null("reverts")
                .instant("created_at")
                .instant_or_null("started_at")
                .instant_or_null("finished_at")
                .instant("expires_at")
                .index(&["user_id", "owner", "id"])
                .index(&["state"])
                .index(&["expires_at"]),
            make.table("import_part")
                .uuid("job_id")
                .bare_foreign_key("job_id", "import_job", "id")
                .integer("number")
                .bytes("content")
                .primary_key(&["job_id", "number"]),
            make.table("import_row")
                .uuid("job_id")
                .bare_foreign_key("job_id", "import_job", "id")
                .integer("seq")
                .integer_or_null("row")
                .big_integer_or_null("line")
                .text_or_null("sheet")
                .text("kind")
                .one_of("result", RESULTS)
                .uuid_or_null("record_id")
                .integer_or_null("base")
                .integer_or_null("version")
                .json_or_null("changes")
                .json_or_null("errors")
                .primary_key(&["job_id", "seq"])
                .index(&["job_id", "result", "seq"]),
        ]
    },
};
