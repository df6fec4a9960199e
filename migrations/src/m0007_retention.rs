//! What goes and when: holds, plans of erasures, and that an incident is gone.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

fn named(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

/// What goes together: made a day before, carried out from `due_at` until `until`. `why` says what it waits for.
fn retention_plan() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("retention_plan"))
        .col(named("id").uuid().not_null().primary_key())
        .col(named("state").text().not_null())
        .col(named("why").text().null())
        .col(named("made_at").timestamp_with_time_zone().not_null())
        .col(named("due_at").timestamp_with_time_zone().not_null())
        .col(named("until").timestamp_with_time_zone().not_null())
        .col(named("incidents").big_integer().not_null())
        .col(named("photos").big_integer().not_null())
        .col(named("of_all").big_integer().not_null())
        .col(named("confirmed_at").timestamp_with_time_zone().null())
        .col(named("done_at").timestamp_with_time_zone().null())
        .to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            named("held").boolean().not_null().default(false).to_owned(),
            named("plan").uuid().null().to_owned(),
            named("erased_at").timestamp_with_time_zone().null().to_owned(),
        ];
        for mut column in columns {
            // SQLite adds one column at a time.
            let mut alter = Table::alter();
            manager.alter_table(alter.table(Alias::new("incident")).add_column(&mut column).to_owned()).await?;
        }
        manager.create_table(retention_plan()).await?;
        let index = |name: &str, table: &str, column: &str| {
            Index::create().name(name).table(Alias::new(table)).col(Alias::new(column)).to_owned()
        };
        manager.create_index(index("incident_retain", "incident", "retain_until")).await?;
        manager.create_index(index("incident_plan", "incident", "plan")).await?;
        manager.create_index(index("retention_plan_state", "retention_plan", "state")).await
    }
}
