//! Answers of agencies to the questions of an assessment.

use crate::table::Create;

const CONFIDENCE: &[&str] = &["high", "medium", "low"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("answer")
                .record()
                .national()
                .texts()
                .references("assessment_id", "assessment")
                .references("question_id", "question")
                .references("agency_id", "agency")
                .integer_or_null("score")
                .big_integer_or_null("number")
                .text_or_null("text")
                .boolean_or_null("is_yes")
                .text_or_null("choice")
                .one_of_or_null("confidence", CONFIDENCE)
                .text_or_null("source")
                .date_or_null("answered_on")
                .text_or_null("note")
                .unique(&["assessment_id", "question_id", "agency_id"]),
        ]
    },
};
