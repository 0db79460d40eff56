//! Owners of records.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| vec![make.table("owner").text("code").json("languages").primary_key(&["code"])],
};
