//! Photos of incidents; their bytes are not in the database.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

fn named(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

/// `sealed` holds the hashes, the size and the kind, under the incident's key.
fn photo() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("photo"))
        .col(named("id").uuid().not_null().primary_key())
        .col(named("incident").uuid().not_null())
        .col(named("uploaded_by").text().not_null())
        .col(named("at").timestamp_with_time_zone().not_null())
        .col(named("state").text().not_null())
        .col(named("mask").text().not_null())
        .col(named("sealed").binary().not_null())
        .to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(photo()).await?;
        let index = |name: &str, columns: [&str; 2]| {
            let mut index = Index::create();
            index.name(name).table(Alias::new("photo"));
            for column in columns {
                index.col(Alias::new(column));
            }
            index
        };
        manager.create_index(index("photo_incident", ["incident", "id"])).await?;
        manager.create_index(index("photo_state", ["state", "id"])).await
    }
}
