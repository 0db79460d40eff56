//! Organisations.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

const ORGANISATION_KIND: &[&str] = &[
    "un_body",
    "eu_body",
    "eu_delegation",
    "treaty_secretariat",
    "international_organisation",
    "donor",
    "regional_secretariat",
    "implementer",
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "organisation")
            .record()
            .texts()
            .text("code")
            .text("name")
            .one_of("kind", ORGANISATION_KIND)
            .references_or_null("parent_id", "organisation")
            .text_or_null("website")
            .closable()
            .unique(&["code"])
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "organisation").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
