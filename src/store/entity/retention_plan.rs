//! What goes together and when; see `store/retention.rs`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "retention_plan")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub state: String,
    pub why: Option<String>,
    pub made_at: DateTimeUtc,
    pub due_at: DateTimeUtc,
    pub until: DateTimeUtc,
    pub incidents: i64,
    pub photos: i64,
    pub of_all: i64,
    pub confirmed_at: Option<DateTimeUtc>,
    pub done_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
