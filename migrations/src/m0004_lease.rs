//! Who leads: one process at a time does what only one may do, such as holding Discord's gateway.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

fn named(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

/// `term` grows whenever the lease changes hands: who writes with an old one is too late.
fn lease() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("lease"))
        .col(named("name").text().not_null().primary_key())
        .col(named("holder").uuid().not_null())
        .col(named("term").big_integer().not_null())
        .col(named("until").timestamp_with_time_zone().not_null())
        .to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(lease()).await
    }
}
