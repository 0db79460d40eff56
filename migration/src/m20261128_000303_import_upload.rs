//! Files that are sent in parts, until they are whole.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("import_upload")
                .id()
                .text("owner")
                .uuid("user_id")
                .uuid_or_null("api_key_id")
                .json("options")
                .instant("created_at")
                .instant("expires_at")
                .index(&["user_id", "owner"])
                .index(&["expires_at"]),
            make.table("import_upload_part")
                .uuid("upload_id")
                .bare_foreign_key("upload_id", "import_upload", "id")
                .integer("number")
                .text("sha256")
                .bytes("content")
                .integer("bytes")
                .primary_key(&["upload_id", "number"]),
        ]
    },
};
