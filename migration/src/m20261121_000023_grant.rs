//! Roles given to users.

use crate::table::Create;

const ROLE: &[&str] = &[
    "focal_point",
    "secretariat",
    "approver",
    "agency_lead",
    "officer",
    "observer",
    "portal",
    "regional",
    "partner",
    "steward",
    "operator",
];
const READ_CEILING: &[&str] = &["public", "national"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("grant")
                .record()
                .references("user_id", "user")
                .one_of("role", ROLE)
                .references_or_null("agency_id", "agency")
                .references_or_null("within_plan_id", "plan")
                .one_of_or_null("read_ceiling", READ_CEILING)
                .json("write_kinds")
                .json("source_systems")
                .date_or_null("valid_from")
                .date_or_null("valid_until"),
        ]
    },
};
