//! Capacity measures.

use crate::table::Create;

const KIND: &[&str] = &["training", "equipment", "procedure"];
const COMMUNITY: &[&str] =
    &["law_enforcement", "first_response", "border", "health", "crisis_management", "science", "other"];
const STATUS: &[&str] = &["planned", "running", "done", "cancelled"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("capacity_measure")
                .record()
                .national()
                .texts()
                .orders()
                .text("title")
                .text_or_null("description")
                .one_of("kind", KIND)
                .one_of_or_null("community", COMMUNITY)
                .integer("domains")
                .integer_or_null("quantity")
                .text_or_null("sustained_by")
                .date_or_null("sustained_until")
                .references("lead_agency_id", "agency")
                .references_or_null("action_id", "action")
                .one_of("status", STATUS)
                .text_or_null("status_reason")
                .range("domains", 0, 15)
                .range("quantity", 0, 10_000_000),
        ]
    },
};
