//! Indexes hold what is looked for. Nearly every row has nothing in these columns, and a report wrote that into each of them.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Looked up where something stands in them alone.
const SELDOM: [(&str, &str, &str); 3] = [
    ("incident", "incident_plan", "plan"),
    ("outbox", "outbox_remote", "remote_id"),
    ("outbox", "outbox_settled", "settled_at"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = |name: &str| Index::drop().name(name).to_owned();
        // Nobody looks for what was merged into an incident: its lines say so.
        manager.drop_index(drop("incident_merged")).await?;
        for (table, name, column) in SELDOM {
            manager.drop_index(drop(name)).await?;
            let mut index = Index::create();
            index.name(name).table(Alias::new(table)).col(Alias::new(column));
            index.and_where(Expr::col(Alias::new(column)).is_not_null());
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
