//! Tasks that deadlines make, and evidence of submissions.

use sea_orm_migration::{
    async_trait::async_trait,
    prelude::{ColumnDef, DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table},
};

const DAYS: &str = "task_days_before";
const TABLES: [&str; 2] = ["compilation", "commitment"];
/// Tables, their new columns, and the tables these lead to.
const REFERENCES: [(&str, &str, &str); 2] =
    [("task", "deadline_id", "deadline"), ("evidence_item", "submission_id", "submission")];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let mut column = ColumnDef::new(DAYS).integer().null().take();
            manager.alter_table(Table::alter().table(table).add_column(&mut column).take()).await?;
        }
        let mut made = ColumnDef::new("is_tasked").boolean().not_null().default(false).take();
        manager.alter_table(Table::alter().table("deadline").add_column(&mut made).take()).await?;
        for (table, name, to) in REFERENCES {
            let key =
                format!("CONSTRAINT \"fk_{table}_{name}\" REFERENCES \"{to}\" (\"id\") ON DELETE RESTRICT");
            let mut column = ColumnDef::new(name).uuid().null().extra(key).take();
            manager.alter_table(Table::alter().table(table).add_column(&mut column).take()).await?;
            let index = Index::create().name(format!("ix_{table}_{name}")).table(table).col(name).take();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name, _) in REFERENCES {
            let index = Index::drop().name(format!("ix_{table}_{name}")).table(table).to_owned();
            manager.drop_index(index).await?;
            manager.alter_table(Table::alter().table(table).drop_column(name).take()).await?;
        }
        manager.alter_table(Table::alter().table("deadline").drop_column("is_tasked").take()).await?;
        for table in TABLES {
            manager.alter_table(Table::alter().table(table).drop_column(DAYS).take()).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
