//! How many looks at a photo there were, with a keyed hash of that: who deletes the newest looks is found.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// `looks_head` is the hash of the last look, `looks_anchor` the keyed hash of photo, number and head.
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let named = |name: &str| ColumnDef::new(Alias::new(name));
        let columns = [
            named("looks").integer().not_null().default(0).to_owned(),
            named("looks_head").binary().null().to_owned(),
            named("looks_anchor").binary().null().to_owned(),
        ];
        for column in columns {
            // SQLite adds one column at a time.
            manager.alter_table(Table::alter().table(Alias::new("photo")).add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
