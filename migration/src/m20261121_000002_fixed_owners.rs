//! The two owners that every installation has.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Expr, ExprTrait, MigrationTrait, Query, SchemaManager,
};
use sea_orm_migration::sea_orm::JsonValue;

const CODES: [&str; 2] = ["reference", "installation"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for code in CODES {
            let mut insert = Query::insert();
            insert.into_table("owner").columns(["code", "languages"]);
            insert.values_panic([code.into(), JsonValue::from(vec!["en"]).into()]);
            manager.execute(insert).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut delete = Query::delete();
        delete.from_table("owner").and_where(Expr::col("code").is_in(CODES));
        manager.execute(delete).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
