//! Seats in working groups.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

const MEMBERSHIP_ROLE: &[&str] = &["chair", "deputy", "secretary", "member", "observer"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "membership")
            .record()
            .national()
            .references("working_group_id", "working_group")
            .references_or_null("agency_id", "agency")
            .text_or_null("person_name")
            .one_of("role", MEMBERSHIP_ROLE)
            .date_or_null("from_on")
            .date_or_null("until_on")
            .check("member", "(agency_id IS NULL) <> (person_name IS NULL)")
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "membership").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
