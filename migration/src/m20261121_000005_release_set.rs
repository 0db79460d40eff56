//! Sets of releases that records point to.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("release_set").record().json("releases"),
            make.links("release_set_member", "release_set", "release"),
        ]
    },
};
