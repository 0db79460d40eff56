//! Bundles that were made here or received, and the keys that they are signed with.

use crate::table::Create;

const STATES: &[&str] = &["made", "current", "superseded", "withdrawn", "ended"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("bundle_key")
                .id()
                .text("owner")
                .text("public_key")
                .boolean("is_own")
                .instant("created_at")
                .instant_or_null("revoked_at")
                .unique(&["owner", "public_key"]),
            make.table("bundle")
                .id()
                .text("owner")
                .json("audiences")
                .uuid_or_null("plan_id")
                .text("public_key")
                .instant("made_at")
                .instant("valid_until")
                .text("sha256")
                .integer("records")
                .one_of("state", STATES)
                .uuid_or_null("user_id")
                .instant("noted_at")
                .index(&["owner", "state"]),
            make.table("bundle_record").text("owner").uuid("stream").uuid("record_id").primary_key(&[
                "owner",
                "stream",
                "record_id",
            ]),
        ]
    },
};
