//! Organisations.

use crate::table::Create;

const ORGANISATION_KIND: &[&str] = &[
    "un_body",
    "eu_body",
    "eu_delegation",
    "treaty_secretariat",
    "international_organisation",
    "donor",
    "regional_secretariat",
    "implementer",
];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("organisation")
                .record()
                .texts()
                .text("code")
                .text("name")
                .one_of("kind", ORGANISATION_KIND)
                .references_or_null("parent_id", "organisation")
                .text_or_null("website")
                .closable()
                .unique(&["code"]),
        ]
    },
};
