//! Records that have translations are found without reading those that have none.
//!
//! Tables of later steps are not among these.

use sea_orm_migration::sea_orm::DbBackend;

use crate::table::IndexEvery;

pub(crate) const MIGRATION: IndexEvery = IndexEvery {
    module: module_path!(),
    having: "translations",
    end: "translated",
    on: "owner",
    only: |backend| {
        if backend == DbBackend::Sqlite { "translations <> '{}'" } else { "translations <> '{}'::jsonb" }
    },
};
