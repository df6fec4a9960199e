//! Lists of incidents hold none that is erased. Their indexes hold none either, and say so of each, so that which ones are on a
//! page is read from an index alone.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const LISTS: [(&str, &[&str]); 3] = [
    ("incident_site", &["site", "id", "erased_at"]),
    ("incident_state", &["site", "state", "id", "erased_at"]),
    ("incident_waiting", &["site", "state", "category", "id", "erased_at"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in LISTS {
            manager.drop_index(Index::drop().name(name).to_owned()).await?;
            let mut index = Index::create();
            index.name(name).table(Alias::new("incident"));
            for column in columns {
                index.col(Alias::new(*column));
            }
            index.and_where(Expr::col(Alias::new("erased_at")).is_null());
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
