//! Seats in working groups.

use crate::table::Create;

const MEMBERSHIP_ROLE: &[&str] = &["chair", "deputy", "secretary", "member", "observer"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("membership")
                .record()
                .national()
                .references("working_group_id", "working_group")
                .references_or_null("agency_id", "agency")
                .text_or_null("person_name")
                .one_of("role", MEMBERSHIP_ROLE)
                .date_or_null("from_on")
                .date_or_null("until_on")
                .check("member", "(agency_id IS NULL) <> (person_name IS NULL)"),
        ]
    },
};
