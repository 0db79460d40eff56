//! What was sent to treaty bodies and other States.

use crate::table::Create;

const AUDIENCE: &[&str] = &["public", "states_parties", "restricted"];
const STATUS: &[&str] = &["sent", "received"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("submission")
                .record()
                .national()
                .texts()
                .orders()
                .references_or_null("deadline_id", "deadline")
                .references_or_null("commitment_id", "commitment")
                .text("title")
                .text_or_null("reference")
                .date_or_null("period_from")
                .date_or_null("period_to")
                .date("sent_on")
                .text("recipient")
                .one_of("audience", AUDIENCE)
                .text_or_null("sha256")
                .text_or_null("pointer")
                .references("lead_agency_id", "agency")
                .text_or_null("receipt")
                .date_or_null("received_on")
                .one_of("status", STATUS)
                .text_or_null("status_reason"),
        ]
    },
};
