//! Something that has to be shown somewhere; see `store/outbox.rs`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub task: String,
    pub platform: String,
    pub incident: Uuid,
    pub state: String,
    pub due_at: DateTimeUtc,
    pub attempts: i32,
    pub wanted: i32,
    pub sending: Option<i32>,
    pub shown: Option<i32>,
    pub remote_id: Option<String>,
    pub lease: Option<Uuid>,
    pub leased_until: Option<DateTimeUtc>,
    pub settled_at: Option<DateTimeUtc>,
    pub looks: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
