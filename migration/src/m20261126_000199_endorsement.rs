//! What member countries say of items of regional plans.

use crate::table::Create;

const STATUS: &[&str] = &["proposed", "endorsed", "with_reservation", "not_endorsed"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("endorsement")
                .record()
                .national()
                .texts()
                .text_or_null("named")
                .references("plan_id", "plan")
                .references("item_id", "regional_item")
                .references("country_id", "country")
                .text_or_null("note")
                .one_of("status", STATUS)
                .text_or_null("status_reason")
                .text_or_null("reservation")
                .text_or_null("act")
                .date_or_null("decided_on")
                .integer("revision")
                .unique(&["item_id", "country_id"])
                .index(&["named"]),
        ]
    },
};
