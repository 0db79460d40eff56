//! Questions of questionnaires.

use crate::table::Create;

const ANSWER_TYPE: &[&str] = &["scale", "yes_no", "number", "text", "choice"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("question")
                .record()
                .national()
                .texts()
                .references("questionnaire_id", "questionnaire")
                .text("code")
                .references("area_id", "capability_area")
                .text("text")
                .text_or_null("help")
                .one_of("answer_type", ANSWER_TYPE)
                .integer_or_null("scale_min")
                .integer_or_null("scale_max")
                .json("scale_labels")
                .json("choices")
                .references_or_null("replaces_id", "question")
                .integer("position")
                .check("scale", "scale_min < scale_max")
                .unique(&["questionnaire_id", "code"]),
        ]
    },
};
