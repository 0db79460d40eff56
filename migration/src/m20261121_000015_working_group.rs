//! Working groups, and the groups of a shared set.

use crate::table::Create;

const WORKING_GROUP_KIND: &[&str] = &["national_team", "interagency_group", "subgroup", "steering"];

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| {
        vec![
            make.table("working_group")
                .record()
                .national()
                .texts()
                .text("name")
                .one_of("kind", WORKING_GROUP_KIND)
                .text_or_null("mandate_act")
                .references_or_null("parent_id", "working_group")
                .closable(),
            make.links("shared_set_group", "shared_set", "working_group"),
        ]
    },
};
