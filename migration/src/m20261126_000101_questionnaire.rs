//! Editions of questionnaires.

use crate::table::Create;

const QUESTIONNAIRE_STATUS: &[&str] = &["draft", "published"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("questionnaire")
                .record()
                .national()
                .texts()
                .orders()
                .text("code")
                .integer("edition")
                .text("title")
                .text_or_null("description")
                .one_of("status", QUESTIONNAIRE_STATUS)
                .text_or_null("status_reason")
                .check("edition", "edition >= 1")
                .unique(&["owner", "code", "edition"]),
        ]
    },
};
