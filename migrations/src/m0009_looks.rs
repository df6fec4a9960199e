//! Who looked at which photo, and when.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

fn named(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

/// `sealed` holds the viewer's name, under the incident's key; `hash` is what the next line follows.
fn look() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("photo_look"))
        .col(named("photo").uuid().not_null())
        .col(named("seq").integer().not_null())
        .col(named("incident").uuid().not_null())
        .col(named("at").timestamp_with_time_zone().not_null())
        .col(named("member").text().not_null())
        .col(named("platform").text().not_null())
        .col(named("version").integer().not_null())
        .col(named("content").binary().not_null())
        .col(named("prev").binary().not_null())
        .col(named("hash").binary().not_null())
        .col(named("sealed").binary().not_null())
        .primary_key(Index::create().col(Alias::new("photo")).col(Alias::new("seq")))
        .to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(look()).await?;
        let mut index = Index::create();
        index.name("photo_look_incident").table(Alias::new("photo_look"));
        for column in ["incident", "photo", "seq"] {
            index.col(Alias::new(column));
        }
        manager.create_index(index.clone()).await
    }
}
