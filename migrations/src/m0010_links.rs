//! A look by way of a link that works once says which link it was.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (table, column) = (Alias::new("photo_look"), Alias::new("link"));
        let mut link = ColumnDef::new(column.clone()).uuid().null().to_owned();
        manager.alter_table(Table::alter().table(table.clone()).add_column(&mut link).to_owned()).await?;
        let spent = Index::create().name("photo_look_link").table(table).col(column).unique().to_owned();
        manager.create_index(spent).await
    }
}
