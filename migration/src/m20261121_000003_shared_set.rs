//! Sets of agencies and groups that share records; their links follow later.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| vec![make.table("shared_set").id().json("agencies").json("groups")],
};
