//! Editions of plans: what the next one changes, those that were adopted, and what they froze.

use sea_orm_migration::{
    async_trait::async_trait,
    prelude::{ColumnDef, DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table},
};

const KINDS: [&str; 4] = ["plan", "pillar", "objective", "action"];
const PLAN: [&str; 3] = ["vision", "working_status", "working_reason"];
const PAST: &str = "ix_change_plan_id_kind_record_id";
const TIME: &str = "ix_change_set_at";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for kind in KINDS {
            let columns = [
                ColumnDef::new("pending").json_binary().null().take(),
                ColumnDef::new("drafted_in").integer().null().take(),
            ];
            for mut column in columns {
                manager.alter_table(Table::alter().table(kind).add_column(&mut column).take()).await?;
            }
        }
        for name in PLAN {
            let mut text = ColumnDef::new(name);
            let column = crate::table::collated(manager.get_database_backend(), text.text().null().take());
            manager.alter_table(Table::alter().table("plan").add_column(column).take()).await?;
        }
        let past =
            Index::create().name(PAST).table("change").col("plan_id").col("kind").col("record_id").take();
        manager.create_index(past).await?;
        manager.create_index(Index::create().name(TIME).table("change_set").col("at").take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(TIME).table("change_set").to_owned()).await?;
        manager.drop_index(Index::drop().name(PAST).table("change").to_owned()).await?;
        let drop = |kind: &'static str, name: &'static str| {
            manager.alter_table(Table::alter().table(kind).drop_column(name).take())
        };
        for name in PLAN {
            drop("plan", name).await?;
        }
        for kind in KINDS {
            drop(kind, "pending").await?;
            drop(kind, "drafted_in").await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
