//! What a vault with versions and locks said of a photo's sealed bytes; nothing where it has none.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let named = |name: &str| ColumnDef::new(Alias::new(name));
        // One at a time: SQLite adds no two columns at once.
        for mut column in [named("original_version"), named("review_version")] {
            let column = column.text().null().to_owned();
            manager.alter_table(Table::alter().table(Alias::new("photo")).add_column(column).to_owned()).await?;
        }
        let column = named("locked_until").timestamp_with_time_zone().null().to_owned();
        manager.alter_table(Table::alter().table(Alias::new("photo")).add_column(column).to_owned()).await
    }
}
