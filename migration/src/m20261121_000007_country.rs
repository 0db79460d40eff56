//! Countries.

use crate::table::Create;

const CONFIDENCE: &[&str] = &["high", "medium", "low"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("country")
                .record()
                .texts()
                .text("code")
                .text("iso2")
                .text("name")
                .text("name_long")
                .text_or_null("name_local")
                .text_or_null("local_language")
                .json("official_languages")
                .text_or_null("time_zone")
                .text_or_null("currency")
                .boolean("is_partner")
                .one_of("confidence", CONFIDENCE)
                .text_or_null("note")
                .boolean("is_demo")
                .closable()
                .unique(&["code"])
                .unique(&["iso2"]),
        ]
    },
};
