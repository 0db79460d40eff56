//! Obligations under frameworks.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager};

use crate::table::{drop_table, table};

const OBLIGATION_CATEGORY: &[&str] = &[
    "legislation",
    "control",
    "security",
    "verification",
    "declaration",
    "reporting",
    "notification",
    "institution",
    "assistance",
    "cooperation",
];
const PERIODICITY: &[&str] =
    &["continuous", "event", "once", "annual", "biennial", "triennial", "quadrennial"];
const BINDING_FORCE: &[&str] = &["legally_binding", "politically_binding", "encouraged"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table(manager, "obligation")
            .record()
            .texts()
            .text("code")
            .references("framework_id", "framework")
            .text("provision")
            .text("title")
            .text("summary")
            .one_of("category", OBLIGATION_CATEGORY)
            .domains()
            .one_of("periodicity", PERIODICITY)
            .text_or_null("rrule")
            .date_or_null("dtstart")
            .text_or_null("relative_due")
            .text_or_null("trigger")
            .references_or_null("part_of_id", "obligation")
            .references_or_null("superseded_in_period_by_id", "obligation")
            .json("lead_functions")
            .one_of("binding", BINDING_FORCE)
            .text("source")
            .closable()
            .unique(&["code"])
            .create()
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, "obligation").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
