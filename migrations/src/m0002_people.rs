//! How people and programs come in, what the console tells them, and what ran when.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

fn text(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).text().not_null().to_owned()
}

fn moment(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).timestamp_with_time_zone().not_null().to_owned()
}

fn table(name: &str, columns: Vec<ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(Alias::new(name));
    for column in columns {
        table.col(column);
    }
    table
}

/// Only the SHA-256 of a link, a session id and a key is stored; who reads the table cannot come in.
fn tables() -> Vec<TableCreateStatement> {
    vec![
        table(
            "enter_link",
            vec![
                text("token_hash").primary_key().to_owned(),
                text("name"),
                moment("expires_at"),
                moment("spent_at").null().to_owned(),
            ],
        ),
        table("session", vec![text("id_hash").primary_key().to_owned(), text("data"), moment("expires_at")]),
        table(
            "api_key",
            vec![
                text("name").primary_key().to_owned(),
                text("key_hash").unique_key().to_owned(),
                text("role"),
                text("site").null().to_owned(),
                moment("made_at"),
                moment("revoked_at").null().to_owned(),
            ],
        ),
        table(
            "notice",
            vec![
                text("key").primary_key().to_owned(),
                text("member"),
                ColumnDef::new(Alias::new("incident")).uuid().not_null().to_owned(),
                text("word"),
                moment("at"),
            ],
        ),
        table("meta", vec![text("name").primary_key().to_owned(), text("value")]),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        let runs = Table::create()
            .table(Alias::new("job_run"))
            .col(text("job"))
            .col(moment("due_utc"))
            .col(moment("started_at"))
            .col(moment("finished_at").null())
            .primary_key(Index::create().col(Alias::new("job")).col(Alias::new("due_utc")))
            .to_owned();
        manager.create_table(runs).await?;
        let notices = Index::create()
            .name("notice_member")
            .table(Alias::new("notice"))
            .col(Alias::new("member"))
            .col(Alias::new("at"))
            .to_owned();
        manager.create_index(notices).await
    }
}
