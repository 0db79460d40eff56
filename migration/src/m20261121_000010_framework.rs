//! International frameworks.

use crate::table::Create;

const FRAMEWORK_KIND: &[&str] = &["treaty", "amendment", "agreement", "resolution", "regulation"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("framework")
                .record()
                .texts()
                .text("code")
                .text("name")
                .text("short_name")
                .one_of("kind", FRAMEWORK_KIND)
                .domains()
                .date_or_null("adopted_on")
                .date_or_null("in_force_on")
                .text_or_null("depositary")
                .text_or_null("secretariat_body")
                .references_or_null("parent_id", "framework")
                .text_or_null("website")
                .json("aliases")
                .text_or_null("alias_note")
                .text_or_null("note")
                .closable()
                .unique(&["code"]),
        ]
    },
};
