//! Links that were left out: the gap and the project of a proposal, the area of a good practice, the assessments of a step.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table,
};

use crate::table::Create;

/// Tables, their new columns, and the tables these lead to.
const REFERENCES: [(&str, &str, &str); 3] = [
    ("proposal", "gap_id", "gap"),
    ("proposal", "project_id", "project"),
    ("good_practice", "area_id", "capability_area"),
];
const LINKS: Create = Create {
    module: module_path!(),
    tables: |make| vec![make.links("cycle_step_assessment", "cycle_step", "assessment")],
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name, to) in REFERENCES {
            let key =
                format!("CONSTRAINT \"fk_{table}_{name}\" REFERENCES \"{to}\" (\"id\") ON DELETE RESTRICT");
            let mut column = ColumnDef::new(name);
            column.uuid().null().extra(key);
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
            let index = Index::create().name(format!("ix_{table}_{name}")).table(table).col(name).take();
            manager.create_index(index).await?;
        }
        let mut list = ColumnDef::new("assessments");
        list.json_binary().not_null().default("[]");
        manager.alter_table(Table::alter().table("cycle_step").add_column(list).take()).await?;
        LINKS.up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        LINKS.down(manager).await?;
        manager.alter_table(Table::alter().table("cycle_step").drop_column("assessments").take()).await?;
        for (table, name, _) in REFERENCES {
            manager
                .drop_index(Index::drop().name(format!("ix_{table}_{name}")).table(table).to_owned())
                .await?;
            manager.alter_table(Table::alter().table(table).drop_column(name).take()).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
