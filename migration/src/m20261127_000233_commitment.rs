//! Obligations of countries, and who is responsible for them.

use crate::table::Create;

const APPLICABILITY: &[&str] = &["applies", "voluntary", "in_abeyance", "not_applicable", "unknown"];
const BINDING: &[&str] = &["legally_binding", "politically_binding", "encouraged"];
const CAUTION: &[&str] = &["entry_not_known_to_the_day", "prospective"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("commitment")
                .record()
                .national()
                .references("obligation_id", "obligation")
                .references("framework_id", "framework")
                .one_of("binding", BINDING)
                .references_or_null("lead_agency_id", "agency")
                .json("contributing_agencies")
                .one_of("applicability", APPLICABILITY)
                .text_or_null("applicability_reason")
                .text_or_null("notes")
                .one_of_or_null("caution", CAUTION)
                .boolean("is_compiled")
                .unique(&["owner", "obligation_id"]),
            make.links("commitment_contributor", "commitment", "agency"),
        ]
    },
};
