//! Incidents, their record, what arrived, and what has to be shown.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

fn text(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).text().not_null().to_owned()
}

fn moment(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).timestamp_with_time_zone().not_null().to_owned()
}

fn number(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).integer().not_null().to_owned()
}

fn bytes(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).binary().not_null().to_owned()
}

fn id(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).uuid().not_null().to_owned()
}

fn flag(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).boolean().not_null().to_owned()
}

fn index(table: &str, name: &str, columns: &[&str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    index
}

/// `sealed` holds the whole incident as JSON under `data_key`, which the master key wraps; the plain columns are
/// what lists and timers need.
fn incident() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("incident"))
        .col(id("id").primary_key())
        .col(text("reference").unique_key())
        .col(number("version"))
        .col(text("site"))
        .col(text("category"))
        .col(text("state"))
        .col(flag("open"))
        .col(text("reporter"))
        .col(moment("reported_at"))
        .col(moment("retain_until"))
        .col(moment("wake_at").null())
        .col(id("merged_into").null())
        .col(flag("drill"))
        .col(bytes("head"))
        .col(bytes("data_key"))
        .col(bytes("sealed"))
        .to_owned()
}

/// `sealed` holds who did it by name and what they wrote, under the incident's key.
fn entry() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("entry"))
        .col(id("incident"))
        .col(number("seq"))
        .col(moment("at"))
        .col(text("actor"))
        .col(text("platform"))
        .col(text("word"))
        .col(text("detail"))
        .col(bytes("content"))
        .col(bytes("prev"))
        .col(bytes("hash"))
        .col(bytes("sealed"))
        .primary_key(Index::create().col(Alias::new("incident")).col(Alias::new("seq")))
        .to_owned()
}

/// What has arrived, under its natural key, so that it arrives once.
fn delivery() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("delivery"))
        .col(text("key").primary_key())
        .col(moment("at"))
        .col(id("incident"))
        .col(bytes("fingerprint"))
        .to_owned()
}

/// What has to be shown somewhere. A card's row stays as its copy at that place: `wanted` is the version it has to
/// show, `shown` the one it shows.
fn outbox() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("outbox"))
        .col(text("key").primary_key())
        .col(text("task"))
        .col(text("platform"))
        .col(id("incident"))
        .col(text("state"))
        .col(moment("due_at"))
        .col(number("attempts"))
        .col(number("wanted"))
        .col(number("sending").null())
        .col(number("shown").null())
        .col(text("remote_id").null())
        .col(id("lease").null())
        .col(moment("leased_until").null())
        .col(moment("settled_at").null())
        .to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [incident(), entry(), delivery(), outbox()] {
            manager.create_table(table).await?;
        }
        let indexes = [
            index("incident", "incident_site", &["site", "id"]),
            index("incident", "incident_waiting", &["site", "state", "category", "id"]),
            index("incident", "incident_state", &["site", "state", "id"]),
            index("incident", "incident_reporter", &["reporter", "id"]),
            index("incident", "incident_wake", &["wake_at"]),
            index("incident", "incident_merged", &["merged_into"]),
            index("delivery", "delivery_at", &["at"]),
            index("outbox", "outbox_due", &["platform", "state", "due_at"]),
            index("outbox", "outbox_incident", &["incident"]),
            index("outbox", "outbox_settled", &["settled_at"]),
        ];
        for index in indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
