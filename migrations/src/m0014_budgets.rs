//! How fast chats are spoken to, for all processes of a database and over restarts.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

fn named(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

/// Both times are microseconds since 1970, so that one statement can reckon with them on either database. `name` is a keyed
/// hash: some budgets are those of one person's direct messages.
fn budget() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("budget"))
        .col(named("name").text().not_null().primary_key())
        .col(named("full_at").big_integer().not_null())
        .col(named("held_until").big_integer().not_null())
        .to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(budget()).await
    }
}
