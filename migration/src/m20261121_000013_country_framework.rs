//! Frameworks that countries work under.

use crate::table::Create;

const FRAMEWORK_BASIS: &[&str] = &["self_stated"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("country_framework")
                .record()
                .national()
                .references("framework_id", "framework")
                .one_of("basis", FRAMEWORK_BASIS)
                .text("source")
                .unique(&["owner", "framework_id"]),
        ]
    },
};
