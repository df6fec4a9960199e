//! What chats beyond the console need: where a copy stands there, how often it was looked for in vain, and what
//! arrived that nobody could read.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

fn named(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

/// `sealed` holds the bytes as they came, under a key of their own, which the master key wraps.
fn unread() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("unread"))
        .col(named("id").uuid().not_null().primary_key())
        .col(named("platform").text().not_null())
        .col(named("at").timestamp_with_time_zone().not_null())
        .col(named("data_key").binary().not_null())
        .col(named("sealed").binary().not_null())
        .to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let looks = named("looks").integer().not_null().default(0).to_owned();
        let outbox = Table::alter().table(Alias::new("outbox")).add_column(looks).to_owned();
        manager.alter_table(outbox).await?;
        manager.create_table(unread()).await?;
        let index = |table: &str, name: &str, column: &str| {
            Index::create().name(name).table(Alias::new(table)).col(Alias::new(column)).to_owned()
        };
        manager.create_index(index("outbox", "outbox_remote", "remote_id")).await?;
        manager.create_index(index("unread", "unread_at", "at")).await
    }
}
