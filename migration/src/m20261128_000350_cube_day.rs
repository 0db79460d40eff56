//! What was published in cubes, day by day.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("cube_day")
                .date("told_on")
                .instant("made_at")
                .json("coverage")
                .json_or_null("cubes")
                .primary_key(&["told_on"]),
        ]
    },
};
