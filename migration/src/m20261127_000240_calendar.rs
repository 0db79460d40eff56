//! Calendars: what each shows, and apart from it the hash of the token in its address.

use crate::table::Create;

const CALENDAR_STATUS: &[&str] = &["active", "revoked"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("calendar")
                .record()
                .references("user_id", "user")
                .text("name")
                .json("contents")
                .json("countries")
                .json("frameworks")
                .json("agencies")
                .boolean("is_mine")
                .integer_or_null("alarm_days")
                .instant_or_null("expires_at")
                .instant_or_null("last_used_at")
                .one_of("status", CALENDAR_STATUS)
                .text_or_null("status_reason"),
            make.table("calendar_token")
                .uuid("calendar_id")
                .bare_foreign_key("calendar_id", "calendar", "id")
                .primary_key(&["calendar_id"])
                .text("hash")
                .unique(&["hash"]),
        ]
    },
};
