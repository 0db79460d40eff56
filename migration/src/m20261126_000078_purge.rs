//! Records that were destroyed with their past: which, and why.

use crate::table::Create;

pub(crate) const MIGRATION: Create = Create {
    module: module_path!(),
    tables: |make| vec![make.table("purge").record().text("kind").uuid("record").text("reason")],
};
