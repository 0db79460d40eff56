//! Changes of facts alone, as releases make them, have no image: figures of the past look for these few, and not through all images.

use sea_orm_migration::{
    async_trait::async_trait,
    prelude::{
        ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait,
        SchemaManager,
    },
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const NAME: &str = "ix_change_payload_bare";

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index =
            Index::create().name(NAME).table("change_payload").col("set_id").col("ordinal").take();
        index.and_where(Expr::col("after").is_null()).and_where(Expr::col("salt").is_not_null());
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(NAME).table("change_payload").to_owned()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
