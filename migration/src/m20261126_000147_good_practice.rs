//! Good practices and lessons.

use crate::table::Create;

const KIND: &[&str] = &["practice", "lesson"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("good_practice")
                .record()
                .national()
                .texts()
                .orders()
                .one_of("kind", KIND)
                .text("title")
                .text("text")
                .integer("domains")
                .references_or_null("exercise_id", "exercise")
                .range("domains", 0, 15),
        ]
    },
};
