//! State agencies, their successors, and the agencies of a shared set.

use crate::table::Create;

const AGENCY_KIND: &[&str] = &["ministry", "committee", "service", "academy"];
const DATE_PRECISION: &[&str] = &["day", "month", "quarter", "half", "year", "unknown"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("agency")
                .record()
                .national()
                .texts()
                .text("code")
                .text("name")
                .one_of("kind", AGENCY_KIND)
                .text_or_null("mandate")
                .json("functions")
                .references_or_null("parent_id", "agency")
                .date_or_null("valid_from")
                .one_of_or_null("valid_from_precision", DATE_PRECISION)
                .date_or_null("valid_until")
                .one_of_or_null("valid_until_precision", DATE_PRECISION)
                .json("successors")
                .text_or_null("note")
                .unique(&["owner", "code"]),
            make.links("agency_successor", "agency", "agency"),
            make.links("shared_set_agency", "shared_set", "agency"),
        ]
    },
};
