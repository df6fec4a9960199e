//! Where messages stand that have no row of their own in the outbox: lines of threads, and answers in direct messages.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// `remote_id` is what the chat calls the message, with its channel; nothing of what it says is kept.
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (table, incident) = (Alias::new("said"), Alias::new("incident"));
        let text = |name: &str| ColumnDef::new(Alias::new(name)).text().not_null().to_owned();
        let said = Table::create()
            .table(table.clone())
            .col(text("platform"))
            .col(text("remote_id"))
            .col(ColumnDef::new(incident.clone()).uuid().not_null())
            .primary_key(Index::create().col(Alias::new("platform")).col(Alias::new("remote_id")))
            .to_owned();
        manager.create_table(said).await?;
        manager.create_index(Index::create().name("said_incident").table(table).col(incident).to_owned()).await
    }
}
