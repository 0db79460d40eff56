//! Exercises.

use crate::table::Create;

const EXERCISE_KIND: &[&str] =
    &["table_top", "functional", "drill", "field", "full_scale", "cross_border", "other"];
const STATUS: &[&str] = &["planned", "running", "done", "cancelled"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("exercise")
                .record()
                .national()
                .texts()
                .orders()
                .text("title")
                .one_of("kind", EXERCISE_KIND)
                .boolean("is_cross_border")
                .text_or_null("scenario")
                .date_or_null("held_on")
                .json("countries")
                .text_or_null("place")
                .references("lead_agency_id", "agency")
                .json("contributing_agencies")
                .one_of("status", STATUS)
                .text_or_null("status_reason")
                .index(&["owner", "status"])
                .index(&["held_on"]),
            make.links("exercise_country", "exercise", "country"),
            make.links("exercise_contributor", "exercise", "agency"),
        ]
    },
};
